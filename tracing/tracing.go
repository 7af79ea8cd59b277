// Package tracing tells an OpenTelemetry collector where the time of a request or of an ingest went: a span for the whole, and
// one for each step below it.
//
// Steps find out from their context whether anybody listens, so what does the work needs no tracer, and pays next to nothing
// where there is none. Nothing is sent anywhere unless an operator names a collector.
package tracing

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// Config is of a [Tracer].
type Config struct {
	Collector string // takes OTLP over HTTP, such as http://127.0.0.1:4318; empty for nobody
	Version   string // of the program, told with each span
	Logger    *slog.Logger
}

// Tracer begins spans. A nil Tracer begins none.
type Tracer struct {
	provider *sdk.TracerProvider
	tracer   trace.Tracer
}

// scope names who made the spans.
const scope = "github.com/scalebook/scalebook"

// New returns a tracer that sends to the collector of cfg, or nil if there is none. A collector that can't be reached is no error:
// spans are dropped, which is logged when it begins. Which requests are traced the variables OTEL_TRACES_SAMPLER and
// OTEL_TRACES_SAMPLER_ARG decide, as OpenTelemetry defines them: by default every one.
func New(ctx context.Context, cfg Config) (*Tracer, error) {
	if cfg.Collector == "" {
		return nil, nil
	}
	u, err := url.Parse(cfg.Collector)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, errors.New("collector of traces: not an address such as http://127.0.0.1:4318") // which may have a password in it
	}
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(u.JoinPath("v1/traces").String()))
	if err != nil {
		return nil, fmt.Errorf("collector of traces %s: %w", u.Redacted(), err)
	}
	about := resource.NewSchemaless(attribute.String("service.name", "scalebook"), attribute.String("service.version", cfg.Version))
	provider := sdk.NewTracerProvider(sdk.WithResource(about), sdk.WithBatcher(&reporting{SpanExporter: exporter, log: cfg.Logger}))
	return &Tracer{provider: provider, tracer: provider.Tracer(scope)}, nil
}

// Close sends what is left, for five seconds at most.
func (t *Tracer) Close() error {
	if t == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return t.provider.Shutdown(ctx)
}

// Request begins the span of a request that came from outside, as a part of the trace that its headers name, if they do, as
// W3C Trace Context has it. It began when it arrived.
func (t *Tracer) Request(ctx context.Context, headers propagation.TextMapCarrier, arrived time.Time) (context.Context, *Span) {
	if t == nil {
		return ctx, nil
	}
	ctx = propagation.TraceContext{}.Extract(ctx, headers)
	return started(t.tracer.Start(ctx, "request", trace.WithSpanKind(trace.SpanKindServer), trace.WithTimestamp(arrived)))
}

// Begin begins the span of work that nobody asked for by a request.
func (t *Tracer) Begin(ctx context.Context, name string) (context.Context, *Span) {
	if t == nil {
		return ctx, nil
	}
	return started(t.tracer.Start(ctx, name))
}

// Step begins the span of a part of the work that ctx belongs to, if that is traced.
func Step(ctx context.Context, name string) (context.Context, *Span) {
	whole := trace.SpanFromContext(ctx)
	if !whole.IsRecording() {
		return ctx, nil
	}
	return started(whole.TracerProvider().Tracer(scope).Start(ctx, name))
}

// TraceID names the trace that ctx belongs to, for the log; it is empty if there is none.
func TraceID(ctx context.Context) string {
	if id := trace.SpanContextFromContext(ctx).TraceID(); id.IsValid() {
		return id.String()
	}
	return ""
}

// Span is one piece of work. A nil Span is one that nobody listens to.
type Span struct{ span trace.Span }

func started(ctx context.Context, span trace.Span) (context.Context, *Span) {
	return ctx, &Span{span}
}

// Name renames a span, once it is known what the work was.
func (s *Span) Name(name string) {
	if s != nil {
		s.span.SetName(name)
	}
}

// Say adds a name or a text that is known of the work. It is copied: spans are sent after the request's buffers went to another.
func (s *Span) Say(key, value string) {
	if s != nil {
		s.span.SetAttributes(attribute.String(key, strings.Clone(value)))
	}
}

// Count adds a number of things that the work found, took or made.
func (s *Span) Count(key string, n int) {
	if s != nil {
		s.span.SetAttributes(attribute.Int(key, n))
	}
}

// End ends a span, with the error that the work ended with.
func (s *Span) End(err error) {
	if s == nil {
		return
	}
	if err != nil {
		s.span.RecordError(err)
		s.span.SetStatus(codes.Error, err.Error())
	}
	s.span.End()
}

// reporting logs when spans begin to be lost, and when they no longer are, rather than at each batch.
type reporting struct {
	sdk.SpanExporter
	log *slog.Logger

	mu   sync.Mutex
	lost bool
}

// ExportSpans implements [sdk.SpanExporter].
func (r *reporting) ExportSpans(ctx context.Context, spans []sdk.ReadOnlySpan) error {
	err := r.SpanExporter.ExportSpans(ctx, spans)
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case err != nil && !r.lost:
		r.log.Warn("the collector of traces does not take them", "error", err)
	case err == nil && r.lost:
		r.log.Warn("the collector of traces takes them again")
	}
	r.lost = err != nil
	return nil // told above; the processor would tell a handler that belongs to all of the process
}
