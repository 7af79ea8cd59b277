// Package server answers over HTTP: pages for people, JSON, CSV and charts for programs.
//
// A handler parses, asks and writes. The asking is done by query, search and content, so a page and a JSON route that
// answer the same question give the same answer.
package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/scalebook/scalebook/content"
	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/query"
	"github.com/scalebook/scalebook/search"
	"github.com/scalebook/scalebook/templates"
	"github.com/scalebook/scalebook/tracing"
)

// Config wires a [Server].
type Config struct {
	Ledger    metrics.Reader
	Library   *content.Library
	Index     *search.Index
	Ingests   Ingests // nil where this process can't ingest
	Glossary  []search.GlossaryEntry
	Templates *templates.Engine
	Engine    *query.Engine   // over Ledger; one of its own if nil
	Tracer    *tracing.Tracer // tells where the time of requests goes; nil tells nobody
	MCP       http.Handler    // answers assistants at /mcp; nil for no such route

	Upkeep      func(context.Context) (Upkeep, error) // how the work beside answering goes; nil where there is none
	Generations *Generations                          // where library and index come from a bucket; nil where they don't

	PublicURL      string  // scheme and host under which the world sees this server; no address in an answer comes from a request
	FrameAncestors string  // who may embed pages, as in CSP; 'none' if empty
	Tokens         Tokens  // for starting an ingest and reading what is not public; nil turns both off
	RateLimit      float64 // requests a second of one client, in bursts of ten times that; 0 is no limit
	Version        string  // of the program
	Dev            bool    // serves the design system's page
	Logger         *slog.Logger
}

// Server is the HTTP side of scalebook.
type Server struct {
	cfg            Config
	app            *fiber.App
	routed         fasthttp.RequestHandler // the application
	engine         *query.Engine
	responses      *responseCache
	terms          keptGlossary
	recent         *recentRevision
	languages      accepted
	turns          turnstile
	limiter        *limiter
	refusals       sync.Map // pages as []byte by [refusal]
	telemetry      *telemetry
	started        time.Time
	frameAncestors string
	log            *slog.Logger
}

const (
	maxBody       = 1 << 20
	maxHeader     = 16 << 10
	writeBuffer   = 32 << 10 // most answers leave in one write
	readTimeout   = 15 * time.Second
	writeTimeout  = 30 * time.Second
	idleTimeout   = 60 * time.Second
	answerTimeout = 10 * time.Second // for computing one answer

	// maxConnections bounds the memory that idle or slow clients can hold: less than 64 KiB each.
	maxConnections = 8192
)

// New returns a server with its routes. It fails on a template that is missing or does not fit its page.
func New(cfg Config) (*Server, error) {
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	cfg.PublicURL = strings.TrimSuffix(cfg.PublicURL, "/")
	if cfg.Engine == nil {
		cfg.Engine = query.New(query.Config{Ledger: cfg.Ledger})
	}
	s := &Server{cfg: cfg, engine: cfg.Engine, responses: newResponseCache(64 << 20), recent: newRecentRevision(),
		turns: newTurnstile(), limiter: newLimiter(cfg.RateLimit), telemetry: newTelemetry(), started: time.Now(), frameAncestors: cfg.FrameAncestors, log: cfg.Logger}
	if s.frameAncestors == "" {
		s.frameAncestors = "'none'"
	}
	s.app = fiber.New(fiber.Config{
		AppName:               "scalebook",
		DisableStartupMessage: true,
		ErrorHandler:          s.fail,
		BodyLimit:             maxBody,
		ReadBufferSize:        maxHeader,
		WriteBufferSize:       writeBuffer,
		ReadTimeout:           readTimeout,
		WriteTimeout:          writeTimeout,
		IdleTimeout:           idleTimeout,
		GETOnly:               false,
		UnescapePath:          true,
		StrictRouting:         false,
	})
	if cfg.Generations != nil {
		cfg.Generations.register(s.telemetry.registry)
	}
	s.routes()
	s.routed = s.app.Handler()
	s.app.Server().Handler = s.serve
	s.app.Server().Concurrency = maxConnections
	return s, nil
}

func (s *Server) routes() {
	s.app.Use(s.observe, s.recover, s.guard, s.throttle, s.deadline)
	s.assetRoutes(s.app)
	s.app.All("/mcp", s.ordered, s.assistants)
	s.app.Use(s.ordered, s.rememberLang, s.cached, s.splitForm)
	s.apiRoutes(s.app.Group("/api/v1"))
	s.pageRoutes(s.app)
	s.app.Use(func(c *fiber.Ctx) error {
		if c.Method() != fiber.MethodGet && c.Method() != fiber.MethodHead {
			c.Set(fiber.HeaderAllow, "GET, HEAD")
			return fiber.ErrMethodNotAllowed
		}
		return fmt.Errorf("%w: %s", errNotFound, c.Path())
	})
}

// Serve answers on l until ctx ends, then lets running requests finish.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	done := make(chan error, 1)
	go func() { done <- s.app.Listener(l) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return s.app.ShutdownWithContext(grace)
}

// Engine answers the server's questions about measurements.
func (s *Server) Engine() *query.Engine { return s.engine }

// App is the underlying application, for tests that need no network.
func (s *Server) App() *fiber.App { return s.app }

// recover turns a panic into a 500 that says nothing, and a log entry that says everything.
func (s *Server) recover(c *fiber.Ctx) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
			s.log.Error("handler panicked", "request", requestID(c), "trace", tracing.TraceID(c.UserContext()), "path", c.Path(), "panic", p)
		}
	}()
	return c.Next()
}

// deadline bounds the computing of one answer, and ends it when nobody waits for it any more.
func (s *Server) deadline(c *fiber.Ctx) error {
	ctx, cancel := context.WithTimeout(c.UserContext(), answerTimeout)
	defer cancel()
	ctx, leave := context.WithCancelCause(ctx)
	defer leave(nil)
	defer watch(c.Context().Conn(), func() { leave(errGone) })()
	c.SetUserContext(ctx)
	return c.Next()
}

// fail answers an error: problem details to programs, a page to people.
func (s *Server) fail(c *fiber.Ctx, err error) error {
	if errors.Is(context.Cause(c.UserContext()), errGone) {
		return c.SendStatus(statusGone)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("%w: %w", errOverloaded, err)
	}
	// What the answer itself asks is not to fail with what it tells of, the end of the request's time among it.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.UserContext()), time.Second)
	defer cancel()
	c.SetUserContext(ctx)
	s.protect(c)
	var refused unauthorised
	if errors.As(err, &refused) {
		c.Set(fiber.HeaderWWWAuthenticate, refused.challenge)
	}
	p := problemOf(err, s.lang(c))
	if p.Status >= 500 && !errors.Is(err, errBehind) { // which a client can ask for at will
		s.log.Error("request failed", "request", requestID(c), "trace", tracing.TraceID(c.UserContext()), "method", c.Method(), "path", c.Path(), "status", p.Status, "error", err)
	}
	if asksAsProgram(c) || p.Status == fiber.StatusRequestHeaderFieldsTooLarge { // of which the path is not known
		return writeProblem(c, p)
	}
	setRetryAfter(c, p)
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Status(p.Status)
	return s.pageProblem(c, p)
}

// asksAsProgram reports whether a request is for data, or is no request for a page.
func asksAsProgram(c *fiber.Ctx) bool {
	form := formOf(c)
	return strings.HasPrefix(c.Path(), "/api/") || form == ".json" || form == ".csv" || c.Method() != fiber.MethodGet && c.Method() != fiber.MethodHead
}
