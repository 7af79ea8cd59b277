package server

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"math"
	"net/http"
	"strconv"
	"time"

	dto "github.com/prometheus/client_model/go"

	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/query"
	"github.com/scalebook/scalebook/templates"
)

// Upkeep is how the work beside answering goes: writing to the metrics store and publishing to a bucket.
type Upkeep struct {
	Spool      *SpoolHealth   `json:"spool,omitempty"`      // nil where writes are never kept waiting
	Publishing *PublishHealth `json:"publishing,omitempty"` // nil where nothing is published
}

// SpoolHealth is of the writes that the metrics store could not take.
type SpoolHealth struct {
	Waiting  int    `json:"waiting"`
	Bytes    int64  `json:"bytes"`
	Limit    int64  `json:"limit_bytes"`
	Rejected int    `json:"rejected_rows"` // set aside: the store will never take them
	Denied   bool   `json:"denied"`        // the store refuses the credentials
	Fault    string `json:"fault,omitempty"`
}

// PublishHealth is of the generations that this process publishes.
type PublishHealth struct {
	Generation int64     `json:"generation"`            // that was published last; 0 for none by this process
	At         time.Time `json:"published_at,omitzero"` // or found to be current
	Failures   int       `json:"failures"`              // in a row
	Fault      string    `json:"fault,omitempty"`
	Next       time.Time `json:"next_try,omitzero"`
}

// Health is what an operator sees of a server at a glance. It has no secret in it, and nothing that a client sent.
type Health struct {
	Status   string          `json:"status"` // well, degraded or failing
	Findings []HealthFinding `json:"findings"`
	At       time.Time       `json:"at"`

	Version       string    `json:"version"`
	StartedAt     time.Time `json:"started_at"`
	UptimeSeconds float64   `json:"uptime_seconds"`

	Data     DataHealth     `json:"data"`
	Process  ProcessHealth  `json:"process"`
	Requests RequestHealth  `json:"requests"`
	Cache    CacheHealth    `json:"cache"`
	Sources  []SourceHealth `json:"sources"`
	Upkeep
}

// HealthFinding is something that an operator should know. Detail is what the program said of it.
type HealthFinding struct {
	Level  string `json:"level"` // degraded or failing
	Code   string `json:"code"`
	Ko     string `json:"ko"`
	En     string `json:"en"`
	Detail string `json:"detail,omitempty"`
}

// DataHealth is what answers are made of.
type DataHealth struct {
	Revision   string    `json:"revision"`
	RecordedAt time.Time `json:"recorded_at,omitzero"` // the newest entry of the ledger
	AgeSeconds float64   `json:"age_seconds"`
	Index      string    `json:"index"`
	Documents  uint64    `json:"documents"`
	Reports    int       `json:"reports"`
	Generation int64     `json:"generation,omitempty"` // shown, where it is from a bucket
	ReachedAt  time.Time `json:"bucket_reached_at,omitzero"`
}

// ProcessHealth is what the process takes. What the system does not tell is 0.
type ProcessHealth struct {
	ResidentBytes float64 `json:"resident_bytes"`
	HeapBytes     float64 `json:"heap_bytes"`
	Goroutines    float64 `json:"goroutines"`
	OpenFiles     float64 `json:"open_files"`
	MaxFiles      float64 `json:"max_files"`
}

// RequestHealth counts since the start. Quantiles are upper ends of the histogram's buckets, in seconds.
type RequestHealth struct {
	Answered       float64 `json:"answered"`
	Failed         float64 `json:"failed"` // 5xx other than 503
	Shed           float64 `json:"shed"`   // 503
	RateLimited    float64 `json:"rate_limited"`
	LimitedClients int     `json:"limited_clients"` // that have nothing left of their share now
	P50            float64 `json:"p50_seconds"`
	P95            float64 `json:"p95_seconds"`
	P99            float64 `json:"p99_seconds"`
}

// CacheHealth is how full the cache of answers is.
type CacheHealth struct {
	Answers int     `json:"answers"`
	Bytes   int     `json:"bytes"`
	Limit   int     `json:"limit_bytes"`
	Hits    float64 `json:"hits"`
	Misses  float64 `json:"misses"`
}

// SourceHealth is how taking in a source goes.
type SourceHealth struct {
	Source    string    `json:"source"`
	LastRun   time.Time `json:"last_run,omitzero"`
	LastOK    time.Time `json:"last_success,omitzero"`
	Result    string    `json:"result,omitempty"`
	Error     string    `json:"error,omitempty"`
	SetAside  int       `json:"quarantined"`
	Succeeded bool      `json:"succeeded"`
}

// Levels of findings, and of the whole.
const (
	healthWell     = "well"
	healthDegraded = "degraded"
	healthFailing  = "failing"
)

func (h *Health) find(level, code, detail string, args ...any) {
	key := "health.fault." + code
	h.Findings = append(h.Findings, HealthFinding{level, code, say("ko", key, args...), say("en", key, args...), detail})
	if h.Status != healthFailing {
		h.Status = level
	}
}

// clockSlack is how far the newest entry may be ahead of this machine's clock: clocks of two machines differ by less.
const clockSlack = time.Minute

// health looks at everything once. What can't be asked is a finding, never a failure.
func (s *Server) health(ctx context.Context) Health {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	now := time.Now()
	h := Health{Status: healthWell, Findings: []HealthFinding{}, Sources: []SourceHealth{}, At: now.UTC(), Version: s.cfg.Version,
		StartedAt: s.started.UTC(), UptimeSeconds: now.Sub(s.started).Seconds()}
	s.dataHealth(ctx, &h, now)
	s.upkeepHealth(ctx, &h)
	s.sourceHealth(ctx, &h)
	s.countsHealth(&h, now)
	return h
}

func (s *Server) dataHealth(ctx context.Context, h *Health, now time.Time) {
	state, err := s.cfg.Ledger.State(ctx)
	switch {
	case errors.Is(err, metrics.ErrDenied):
		h.find(healthFailing, "denied", err.Error())
	case err != nil:
		h.find(healthFailing, "ledger", err.Error())
	}
	d := &h.Data
	d.Revision = query.ShortRevision(state.ID)
	if !state.RecordedAt.IsZero() {
		d.RecordedAt, d.AgeSeconds = state.RecordedAt.UTC(), now.Sub(state.RecordedAt).Seconds()
		if state.RecordedAt.After(now.Add(clockSlack)) {
			h.find(healthDegraded, "clock", state.RecordedAt.UTC().Format(time.RFC3339))
		}
	}
	d.Index, d.Documents, d.Reports = s.cfg.Index.Generation(), uint64(s.cfg.Index.Documents()), len(s.cfg.Library.Reports())
	if d.Index == "" && d.Reports > 0 {
		h.find(healthFailing, "index", "")
	}
	if s.cfg.Generations == nil {
		return
	}
	_, complete, fault := s.cfg.Generations.state()
	d.Generation, d.ReachedAt = complete, s.cfg.Generations.lastReached().UTC()
	switch {
	case complete == 0:
		h.find(healthFailing, "generation", "")
	case fault != nil:
		h.find(healthDegraded, "bucket", fault.Error())
	}
}

func (s *Server) upkeepHealth(ctx context.Context, h *Health) {
	if s.cfg.Upkeep == nil {
		return
	}
	var err error
	if h.Upkeep, err = s.cfg.Upkeep(ctx); err != nil {
		h.find(healthDegraded, "upkeep", err.Error())
	}
	if p := h.Spool; p != nil {
		if p.Denied {
			h.find(healthDegraded, "denied", p.Fault)
		}
		if p.Waiting > 0 {
			h.find(healthDegraded, "spool", p.Fault, p.Waiting)
		}
		if p.Rejected > 0 {
			h.find(healthDegraded, "rejected", "", p.Rejected)
		}
	}
	if p := h.Publishing; p != nil && p.Failures > 0 {
		h.find(healthDegraded, "publish", p.Fault, p.Failures)
	}
}

// runsRead is how many runs are looked through for the last of each source and the last that succeeded.
const runsRead = 500

func (s *Server) sourceHealth(ctx context.Context, h *Health) {
	if s.cfg.Ingests == nil {
		return
	}
	sources, err := s.cfg.Ingests.Sources(ctx)
	runs, failed := s.cfg.Ingests.Runs(ctx, runsRead)
	if err := errors.Join(err, failed); err != nil {
		h.find(healthDegraded, "upkeep", err.Error())
		return
	}
	at := map[string]int{}
	of := func(name string) *SourceHealth {
		if _, ok := at[name]; !ok {
			at[name] = len(h.Sources)
			h.Sources = append(h.Sources, SourceHealth{Source: name})
		}
		return &h.Sources[at[name]]
	}
	for _, x := range sources {
		of(x.Source).SetAside = x.Quarantined
	}
	for _, r := range runs { // the newest first
		x := of(r.Source)
		ok := r.Error == ""
		if x.LastRun.IsZero() {
			x.LastRun, x.Result, x.Error, x.Succeeded = r.FinishedAt.UTC(), r.Result, r.Error, ok
		}
		if ok && x.LastOK.IsZero() {
			x.LastOK = r.FinishedAt.UTC()
		}
	}
	for _, x := range h.Sources {
		if !x.LastRun.IsZero() && !x.Succeeded {
			h.find(healthDegraded, "source", x.Error, x.Source)
		}
	}
}

// countsHealth reads what Prometheus is told.
func (s *Server) countsHealth(h *Health, now time.Time) {
	families, err := s.telemetry.registry.Gather()
	if err != nil {
		h.find(healthDegraded, "upkeep", err.Error())
	}
	gauges := map[string]*float64{"process_resident_memory_bytes": &h.Process.ResidentBytes, "go_memstats_heap_inuse_bytes": &h.Process.HeapBytes,
		"go_goroutines": &h.Process.Goroutines, "process_open_fds": &h.Process.OpenFiles, "process_max_fds": &h.Process.MaxFiles}
	for _, f := range families {
		if to, ok := gauges[f.GetName()]; ok {
			*to = f.GetMetric()[0].GetGauge().GetValue()
		}
		switch f.GetName() {
		case "scalebook_http_requests_total":
			for _, m := range f.GetMetric() {
				h.Requests.add(label(m, "status"), m.GetCounter().GetValue())
			}
		case "scalebook_http_request_seconds":
			h.Requests.P50, h.Requests.P95, h.Requests.P99 = quantile(f, .5), quantile(f, .95), quantile(f, .99)
		case "scalebook_response_cache_total":
			for _, m := range f.GetMetric() {
				if label(m, "result") == "miss" {
					h.Cache.Misses += m.GetCounter().GetValue()
				} else {
					h.Cache.Hits += m.GetCounter().GetValue()
				}
			}
		}
	}
	h.Cache.Answers, h.Cache.Bytes, h.Cache.Limit = s.responses.fill()
	h.Requests.LimitedClients = s.limiter.empty(now)
}

func (r *RequestHealth) add(status string, n float64) {
	switch code, _ := strconv.Atoi(status); {
	case code == http.StatusServiceUnavailable:
		r.Shed += n
	case code == http.StatusTooManyRequests:
		r.RateLimited += n
	case code >= http.StatusInternalServerError:
		r.Failed += n
	default:
		r.Answered += n
	}
}

func label(m *dto.Metric, name string) string {
	for _, l := range m.GetLabel() {
		if l.GetName() == name {
			return l.GetValue()
		}
	}
	return ""
}

// quantile is the upper end of the bucket that a share of all observations lies within, over all routes. Beyond the last bucket it is
// that bucket's end, and 0 without observations.
func quantile(f *dto.MetricFamily, share float64) float64 {
	cumulative := map[float64]float64{}
	var ends []float64
	total := 0.0
	for _, m := range f.GetMetric() {
		total += float64(m.GetHistogram().GetSampleCount())
		for i, b := range m.GetHistogram().GetBucket() {
			if i == len(ends) {
				ends = append(ends, b.GetUpperBound())
			}
			cumulative[b.GetUpperBound()] += float64(b.GetCumulativeCount())
		}
	}
	if total == 0 {
		return 0
	}
	for _, end := range ends {
		if !math.IsInf(end, 1) && cumulative[end] >= share*total {
			return end
		}
	}
	return ends[len(ends)-1]
}

//go:embed health.html health.css
var healthFiles embed.FS

// healthRoutes add the page to the operator's listener.
func (s *Server) healthRoutes(mux *http.ServeMux) {
	page := template.Must(template.ParseFS(healthFiles, "health.html"))
	answer := func(w http.ResponseWriter, kind string, body []byte) {
		header := w.Header()
		header.Set("Content-Type", kind)
		header.Set("Cache-Control", "no-store")
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		_, _ = w.Write(body) // the client may be gone
	}
	mux.HandleFunc("GET /health", func(w http.ResponseWriter, r *http.Request) {
		lang := chosen([]byte(r.URL.Query().Get("lang")))
		if lang == "" {
			lang = preferred(r.Header.Get("Accept-Language"))
		}
		var body writer
		if err := page.Execute(&body, healthPageOf(s.health(r.Context()), lang)); err != nil {
			s.log.Error("health page failed", "error", err)
			respond(w, http.StatusInternalServerError, "the page could not be made")
			return
		}
		answer(w, "text/html; charset=utf-8", body)
	})
	mux.HandleFunc("GET /health.json", func(w http.ResponseWriter, r *http.Request) {
		body, err := json.MarshalIndent(s.health(r.Context()), "", "  ")
		if err != nil {
			s.log.Error("health failed", "error", err)
			respond(w, http.StatusInternalServerError, "the answer could not be made")
			return
		}
		answer(w, "application/json", append(body, '\n'))
	})
	mux.HandleFunc("GET /health.css", func(w http.ResponseWriter, _ *http.Request) {
		sheet, err := healthFiles.ReadFile("health.css")
		if err != nil {
			respond(w, http.StatusInternalServerError, "the sheet could not be read")
			return
		}
		answer(w, "text/css; charset=utf-8", sheet)
	})
}

// writer holds an answer until it is whole.
type writer []byte

func (w *writer) Write(p []byte) (int, error) {
	*w = append(*w, p...)
	return len(p), nil
}

// healthPage is what health.html is executed with.
type healthPage struct {
	Lang, Title, JSON, Status, Verdict, FindingsTitle string

	Findings []saidFinding
	Sections []healthSection
	Sources  *healthSources
}

type saidFinding struct{ Level, Say, Detail string }

type healthSection struct {
	Title string
	Rows  []templates.Basis
}

type healthSources struct {
	Title string
	Head  []string
	Rows  []healthSource
}

type healthSource struct{ Level, Name, Last, Success, Result, Error string }

// elapsedText words a duration in its two largest units.
func elapsedText(d time.Duration, lang string) string {
	units := [...]struct {
		size time.Duration
		key  string
	}{{24 * time.Hour, "health.days"}, {time.Hour, "health.hours"}, {time.Minute, "health.minutes"}, {time.Second, "health.seconds"}}
	for i, u := range units[:len(units)-1] {
		if n := d / u.size; n > 0 {
			text := say(lang, u.key, int(n))
			if next := units[i+1]; d%u.size >= next.size {
				text += " " + say(lang, next.key, int(d%u.size/next.size))
			}
			return text
		}
	}
	return say(lang, "health.seconds", int(d/time.Second))
}

func healthPageOf(h Health, lang string) healthPage {
	t := func(key string, args ...any) string { return say(lang, "health."+key, args...) }
	when := func(at time.Time) string {
		if at.IsZero() {
			return t("never")
		}
		stamp := at.Format("2006-01-02 15:04:05Z07:00")
		if past := h.At.Sub(at); past >= 0 {
			return t("ago", stamp, elapsedText(past, lang))
		}
		return stamp
	}
	number := func(n float64) string { return strconv.FormatFloat(n, 'f', 0, 64) }
	row := func(key, value string) templates.Basis { return templates.Basis{Term: t(key), Value: value} }
	within := func(percent int, seconds float64) templates.Basis {
		return templates.Basis{Term: t("percentile", percent), Value: t("milliseconds", strconv.FormatFloat(seconds*1000, 'f', -1, 64))}
	}
	p := healthPage{Lang: lang, Title: t("title"), JSON: t("json"), Status: h.Status, Verdict: t(h.Status), FindingsTitle: t("findings")}
	for _, f := range h.Findings {
		said := f.Ko
		if lang == "en" {
			said = f.En
		}
		p.Findings = append(p.Findings, saidFinding{f.Level, said, f.Detail})
	}
	data := []templates.Basis{row("revision", h.Data.Revision), row("recorded", when(h.Data.RecordedAt)), row("index", h.Data.Index),
		row("documents", strconv.FormatUint(h.Data.Documents, 10)), row("reports", strconv.Itoa(h.Data.Reports))}
	if h.Data.Generation > 0 || !h.Data.ReachedAt.IsZero() {
		data = append(data, row("generation", strconv.FormatInt(h.Data.Generation, 10)), row("reached", when(h.Data.ReachedAt)))
	}
	var store []templates.Basis
	if x := h.Spool; x != nil {
		store = append(store, row("waiting", strconv.Itoa(x.Waiting)), row("spooled", t("of", mebibytes(float64(x.Bytes)), mebibytes(float64(x.Limit)))),
			row("rejected", strconv.Itoa(x.Rejected)))
	}
	if x := h.Publishing; x != nil {
		store = append(store, row("publish", when(x.At)))
		if !x.Next.IsZero() {
			store = append(store, row("retry", when(x.Next)))
		}
	}
	hits := t("never")
	if all := h.Cache.Hits + h.Cache.Misses; all > 0 {
		hits = fmt.Sprintf("%.1f%%", 100*h.Cache.Hits/all)
	}
	p.Sections = []healthSection{
		{t("data"), data},
		{t("requests"), []templates.Basis{row("answered", number(h.Requests.Answered)), row("broken", number(h.Requests.Failed)), row("shed", number(h.Requests.Shed)),
			row("limited", number(h.Requests.RateLimited)), row("clients", strconv.Itoa(h.Requests.LimitedClients)),
			within(50, h.Requests.P50), within(95, h.Requests.P95), within(99, h.Requests.P99),
			row("cache", strconv.Itoa(h.Cache.Answers)), row("cache-bytes", t("of", mebibytes(float64(h.Cache.Bytes)), mebibytes(float64(h.Cache.Limit)))), row("cache-hits", hits)}},
		{t("process"), []templates.Basis{row("version", h.Version), row("started", when(h.StartedAt)),
			row("uptime", elapsedText(time.Duration(h.UptimeSeconds*float64(time.Second)), lang)),
			row("memory", mebibytes(h.Process.ResidentBytes)), row("heap", mebibytes(h.Process.HeapBytes)), row("goroutines", number(h.Process.Goroutines)),
			row("files", t("of", number(h.Process.OpenFiles), number(h.Process.MaxFiles)))}},
	}
	if store != nil {
		p.Sections = append(p.Sections, healthSection{t("store"), store})
	}
	if len(h.Sources) > 0 {
		p.Sources = &healthSources{Title: t("sources"), Head: []string{say(lang, "source"), t("fetched"), t("success"), t("result"), t("problem")}}
	}
	for _, x := range h.Sources {
		r := healthSource{Name: x.Source, Last: when(x.LastRun), Success: when(x.LastOK), Error: x.Error}
		if x.Result != "" {
			r.Result = say(lang, "run."+x.Result)
		}
		if x.Error != "" {
			r.Level = healthDegraded
		}
		p.Sources.Rows = append(p.Sources.Rows, r)
	}
	return p
}

func mebibytes(n float64) string { return strconv.FormatFloat(n/(1<<20), 'f', 1, 64) + " MiB" }
