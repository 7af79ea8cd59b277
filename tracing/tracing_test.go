package tracing

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/propagation"
	spans "go.opentelemetry.io/proto/otlp/trace/v1"

	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/tracing/tracingtest"
)

func TestSpansReachACollector(t *testing.T) {
	collector := tracingtest.New(t)
	tracer, err := New(t.Context(), Config{Collector: collector.URL, Version: "1.2.3", Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	headers := propagation.MapCarrier{"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"} // the example of W3C Trace Context
	arrived := time.Now().Add(-time.Second)
	ctx, request := tracer.Request(t.Context(), headers, arrived)
	if got := TraceID(ctx); got != "0af7651916cd43dd8448eb211c80319c" {
		t.Errorf("trace %s", got)
	}
	_, err = Ledger(missing{}).Metric(ctx, "gpqa")
	if !errors.Is(err, metrics.ErrUnknownMetric) {
		t.Fatal(err)
	}
	request.Name("GET /metrics/:id")
	request.Count("http.response.status_code", 404)
	request.End(nil)
	if err := tracer.Close(); err != nil {
		t.Fatal(err)
	}
	requests, steps := collector.Named("GET /metrics/:id"), collector.Named("ledger metric")
	if len(requests) != 1 || len(steps) != 1 {
		t.Fatalf("requests %v, steps %v", requests, steps)
	}
	whole, step := requests[0], steps[0]
	if string(step.ParentSpanId) != string(whole.SpanId) || string(step.TraceId) != string(whole.TraceId) {
		t.Error("the step is not a part of the request")
	}
	if whole.StartTimeUnixNano != uint64(arrived.UnixNano()) {
		t.Error("the request did not begin when it arrived")
	}
	if step.Status.GetCode() != spans.Status_STATUS_CODE_ERROR || whole.Status.GetCode() == spans.Status_STATUS_CODE_ERROR {
		t.Errorf("step ended with %v, request with %v", step.Status, whole.Status)
	}
	if tracingtest.Says(step, "metric") != "gpqa" {
		t.Errorf("step says %v", step.Attributes)
	}
}

// missing is a ledger without metrics.
type missing struct{ metrics.Reader }

func (missing) Metric(context.Context, string) (metrics.Metric, error) {
	return metrics.Metric{}, metrics.ErrUnknownMetric
}

func TestNobodyListens(t *testing.T) {
	tracer, err := New(t.Context(), Config{})
	if err != nil || tracer != nil {
		t.Fatalf("tracer %v, error %v", tracer, err)
	}
	ctx := t.Context()
	allocs := testing.AllocsPerRun(100, func() {
		ctx, request := tracer.Request(ctx, nil, time.Time{})
		ctx, step := Step(ctx, "search")
		step.Say("query", "추론")
		step.Count("found", 3)
		step.End(nil)
		request.End(nil)
		if TraceID(ctx) != "" {
			t.Error("a trace that nobody listens to")
		}
	})
	if allocs != 0 {
		t.Errorf("%v allocations", allocs)
	}
	if err := tracer.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestCollectorThatIsNotThere(t *testing.T) {
	gone := httptest.NewServer(http.NotFoundHandler())
	defer gone.Close()
	var log strings.Builder
	tracer, err := New(t.Context(), Config{Collector: gone.URL, Logger: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		_, span := tracer.Begin(t.Context(), "ingest")
		span.End(nil)
		if err := tracer.provider.ForceFlush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := tracer.Close(); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(log.String(), "does not take them"); n != 1 {
		t.Errorf("told %d times: %s", n, &log)
	}
}

func TestCollectorsThatCannotBe(t *testing.T) {
	for _, address := range []string{"localhost:4318", "grpc://localhost:4317", "http://", "://"} {
		if _, err := New(t.Context(), Config{Collector: address}); err == nil {
			t.Errorf("%s was taken", address)
		}
	}
}
