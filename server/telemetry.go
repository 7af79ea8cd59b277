package server

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/http/pprof"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/valyala/fasthttp"

	"github.com/scalebook/scalebook/tracing"
)

// telemetry is about this process, for Prometheus. Labels are route patterns, never addresses, so their number is bounded.
type telemetry struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	cache    *prometheus.CounterVec
	hits     prometheus.Counter // of cache
}

// ownRequest marks what the server asks itself, which nobody is waiting for: it is neither counted nor traced.
type ownRequest struct{}

// routeKey is where a handler leaves the route that it answers for, when it is not the one that was found.
const routeKey = "route"

// observed counts the answers of one route. Looking up a label costs more than the rest of a kept answer, so it keeps what
// it has found.
type observed struct {
	route               string
	complete, unchanged prometheus.Counter // 200, 304
	seconds             prometheus.Observer
}

func (t *telemetry) observed(route string) observed {
	route = strings.Clone(route)
	return observed{route, t.requests.WithLabelValues(route, "200"), t.requests.WithLabelValues(route, "304"), t.seconds.WithLabelValues(route)}
}

func (o observed) count(status int, took time.Duration) {
	if status == fiber.StatusNotModified {
		o.unchanged.Inc()
	} else {
		o.complete.Inc()
	}
	o.seconds.Observe(took.Seconds())
}

func newTelemetry() *telemetry {
	t := &telemetry{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "scalebook_http_requests_total", Help: "Answered requests."}, []string{"route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "scalebook_http_request_seconds", Help: "Time from request to answer.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10}}, []string{"route"}),
		cache: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "scalebook_response_cache_total", Help: "Lookups of rendered answers."}, []string{"result"}),
	}
	t.hits = t.cache.WithLabelValues("hit")
	t.registry.MustRegister(t.requests, t.seconds, t.cache, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return t
}

// observe counts and times every request, the refused ones too, but for the server's own.
func (s *Server) observe(c *fiber.Ctx) error {
	if c.Context().UserValue(ownRequest{}) != nil {
		if err := c.Next(); err != nil {
			return s.fail(c, err)
		}
		return nil
	}
	start := time.Now()
	ctx, span := s.cfg.Tracer.Request(c.UserContext(), traceHeaders{&c.Request().Header}, start)
	c.SetUserContext(ctx)
	err := c.Next()
	if err != nil {
		if failed := s.fail(c, err); failed != nil {
			span.End(failed)
			return failed
		}
	}
	route := c.Route().Path
	if kept, ok := c.Locals(routeKey).(string); ok {
		route = kept
	}
	if c.Response().StatusCode() == fiber.StatusNotFound {
		route = "none"
	}
	tellRequest(span, c.Method(), route, c.Response().StatusCode())
	if c.Response().StatusCode() < fiber.StatusInternalServerError {
		err = nil // a client's mistakes are not this program's
	}
	span.End(err)
	s.telemetry.requests.WithLabelValues(route, strconv.Itoa(c.Response().StatusCode())).Inc()
	s.telemetry.seconds.WithLabelValues(route).Observe(time.Since(start).Seconds())
	return nil
}

// tellRequest names a request by its route, as OpenTelemetry's conventions for HTTP have it. No parameter is told: what people
// look for is in the span of the search.
func tellRequest(span *tracing.Span, method, route string, status int) {
	span.Name(method + " " + route)
	span.Say("http.request.method", method)
	span.Say("http.route", route)
	span.Count("http.response.status_code", status)
}

// traceHeaders are where a request says which trace it belongs to.
type traceHeaders struct{ h *fasthttp.RequestHeader }

func (t traceHeaders) Get(key string) string { return string(t.h.Peek(key)) }
func (t traceHeaders) Set(key, value string) { t.h.Set(key, value) }
func (t traceHeaders) Keys() []string        { return nil } // nobody asks for all of them

// requestID names a request that failed, in the log and to whoever asked: by the id that a proxy gave it, else by one of its own.
func requestID(c *fiber.Ctx) string {
	if id := c.GetRespHeader(fiber.HeaderXRequestID); id != "" {
		return id
	}
	id := c.Get(fiber.HeaderXRequestID)
	if len(id) > 64 || strings.Trim(id, idCharacters) != "" || id == "" {
		id = rand.Text()
	}
	c.Set(fiber.HeaderXRequestID, id)
	return id
}

// idCharacters are those of the ids that proxies give: hexadecimal, UUIDs, base64.
const idCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.=+/"

// Ops is what an operator's listener serves: a page of the server's health, telemetry, whether the process lives and is
// ready, and profiles. It belongs on an address that the world can't reach.
func (s *Server) Ops() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(s.telemetry.registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) { respond(w, http.StatusOK, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		status, text := s.ready(r.Context())
		respond(w, status, text)
	})
	s.healthRoutes(mux)
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	return mux
}

// ready says whether requests can be answered, and what an operator should look at though they can.
func (s *Server) ready(ctx context.Context) (status int, text string) {
	h := Health{Status: healthWell}
	s.dataHealth(ctx, &h, time.Now())
	s.upkeepHealth(ctx, &h)
	said := []string{"ok"}
	if h.Status == healthFailing {
		said = nil
	}
	for _, f := range h.Findings {
		if f.Level == h.Status { // where it can't serve, that alone
			said = append(said, f.En)
		}
	}
	if h.Status == healthFailing {
		return http.StatusServiceUnavailable, strings.Join(said, "\n")
	}
	return http.StatusOK, strings.Join(said, "\n")
}

func respond(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text + "\n")) // the client may be gone
}
