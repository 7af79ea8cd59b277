package query_test

import (
	"context"
	"encoding/json"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/scalebook/scalebook/content/data"
	"github.com/scalebook/scalebook/ingest"
	"github.com/scalebook/scalebook/ingest/csvfile"
	"github.com/scalebook/scalebook/ingest/fetch"
	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/metrics/influx"
	"github.com/scalebook/scalebook/metrics/influx/influxtest"
	"github.com/scalebook/scalebook/metrics/sqlite"
	"github.com/scalebook/scalebook/query"
)

var recordedAt = regexp.MustCompile(`"recorded_at":"[^"]*"`)

// TestStoresAnswerAlike asks both stores every kind of question about the bundled figures: the answers have to be the same to the byte,
// but for when they were recorded.
func TestStoresAnswerAlike(t *testing.T) {
	influxtest.Each(t, storesAnswerAlike)
}

func storesAnswerAlike(t *testing.T, server *influxtest.Server) {
	inInflux, err := influx.Open(t.Context(), influx.Config{URL: server.URL, Token: server.Token, Org: server.Org, Bucket: server.Database(t)})
	must(t, err)
	t.Cleanup(func() { inInflux.Close() })
	inSQLite, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(t.TempDir(), "metrics.db")})
	must(t, err)
	t.Cleanup(func() { inSQLite.Close() })
	ingestBundled(t, inSQLite)
	ingestBundled(t, inInflux)

	a, b := query.New(query.Config{Ledger: &still{Reader: inSQLite}}), query.New(query.Config{Ledger: &still{Reader: inInflux}})
	catalogue, err := a.Metrics(t.Context())
	must(t, err)
	same(t, "metrics", catalogue, ask(b.Metrics(t.Context())))
	same(t, "subjects", ask(a.Subjects(t.Context(), "")), ask(b.Subjects(t.Context(), "")))
	for _, m := range catalogue.Metrics {
		f := query.Filter{Metric: m.ID}
		same(t, "series of "+m.ID, ask(a.Series(t.Context(), f)), ask(b.Series(t.Context(), f)))
		same(t, "frontier of "+m.ID, ask(a.Frontier(t.Context(), f)), ask(b.Frontier(t.Context(), f)))
		same(t, "trend of "+m.ID, ask(a.Trend(t.Context(), query.TrendParams{Filter: f})), ask(b.Trend(t.Context(), query.TrendParams{Filter: f})))
	}
	for _, q := range everyQuestion(t) {
		same(t, q.name, ask(q.ask(t.Context(), a)), ask(q.ask(t.Context(), b)))
	}
}

// still is a ledger that nobody writes to: its state is read once, which costs an InfluxDB more than most questions do.
type still struct {
	metrics.Reader
	once  sync.Once
	state metrics.State
	err   error
}

func (s *still) State(ctx context.Context) (metrics.State, error) {
	s.once.Do(func() { s.state, s.err = s.Reader.State(ctx) })
	return s.state, s.err
}

// question is one question with its parameters.
type question struct {
	name string
	ask  func(context.Context, *query.Engine) (any, error)
}

// everyQuestion asks in every way that an engine can be asked, past states of the ledger, groups and options included.
func everyQuestion(t testing.TB) []question {
	t.Helper()
	var all []question
	for _, address := range []string{
		"frontier?metric=gpqa-diamond&access=open&since=2024-01-01", "frontier?metric=gpqa-diamond&as_of=2100-01-01", "frontier?metric=gpqa-diamond&as_of=1990-01-01",
		"trend?metric=metr-time-horizon&error=monte-carlo&resamples=200&seed=3&ties=keep", "trend?metric=gpqa-diamond&fit=logistic&ceiling=fit&threshold=0.9",
		"trend?metric=cpu-transistors&of=all&fit=exponential&estimator=pairs-bootstrap&resamples=200&seed=7", "trend?metric=cpu-frequency&of=all&fit=linear&estimator=theil-sen&confidence=0.9",
		"trend?metric=cpu-transistors&of=all&fit=exponential&estimator=ols-hc3&horizon=2040-01-01", "trend?metric=price-input&country=South+Korea",
		"forecast?metric=cpu-transistors&of=all&fit=exponential&at=2027-01-01,2030-01-01", "lag?metric=gpqa-diamond&by=access", "lag?metric=mmlu&by=country",
		"compare?metric=cpu-transistors,cpu-frequency&of=all", "compare?metric=cpu-frequency&split=2005-01-01&of=all", "capability-index?", "capability-index?scaled=true",
		"progress?", "progress?metric=mmlu&access=open", "price-to-reach?metric=gpqa-diamond&threshold=0.5,0.7", "compute-optimal?access=open", "subject?id=gpt-5-1", "subject?id=nvidia-h100",
	} {
		route, rest, _ := strings.Cut(address, "?")
		asked, err := url.ParseQuery(rest)
		must(t, err)
		all = append(all, question{address, func(ctx context.Context, e *query.Engine) (any, error) { return routes(e)[route](ctx, asked.Get) }})
	}
	return all
}

// routes are the questions that an engine answers, by the route that asks them.
func routes(e *query.Engine) map[string]func(context.Context, query.Values) (any, error) {
	return map[string]func(context.Context, query.Values) (any, error){
		"frontier":         put(query.ParseFilter, e.Frontier),
		"trend":            put(query.ParseTrend, e.Trend),
		"forecast":         put(query.ParseForecast, e.Forecast),
		"lag":              put(query.ParseLag, e.Lag),
		"compare":          put(query.ParseCompare, e.Compare),
		"capability-index": put(query.ParseCapabilityIndex, e.CapabilityIndex),
		"progress":         put(query.ParseProgress, e.Progress),
		"price-to-reach":   put(query.ParsePrice, e.PriceToReach),
		"compute-optimal":  put(query.ParseOptimal, e.ComputeOptimal),
		"subject": func(ctx context.Context, v query.Values) (any, error) {
			return e.Subject(ctx, v("id"), time.Time{})
		},
	}
}

// put reads a question's parameters and asks it.
func put[P, A any](parse func(query.Values) (P, error), ask func(context.Context, P) (A, error)) func(context.Context, query.Values) (any, error) {
	return func(ctx context.Context, v query.Values) (any, error) {
		p, err := parse(v)
		if err != nil {
			return nil, err
		}
		return ask(ctx, p)
	}
}

// ask keeps an answer or, where there is none, the reason: both have to be the same.
func ask[T any](answer T, err error) any {
	if err != nil {
		return err.Error()
	}
	return answer
}

func same(t *testing.T, what string, a, b any) {
	t.Helper()
	x, err := json.Marshal(a)
	must(t, err)
	y, err := json.Marshal(b)
	must(t, err)
	x, y = recordedAt.ReplaceAll(x, nil), recordedAt.ReplaceAll(y, nil)
	if string(x) != string(y) {
		at := 0
		for at < min(len(x), len(y)) && x[at] == y[at] {
			at++
		}
		t.Errorf("%s differs at byte %d: %.160s / %.160s", what, at, x[max(0, at-80):], y[max(0, at-80):])
	}
}

func ingestBundled(t testing.TB, ledger metrics.Ledger) {
	t.Helper()
	catalogue, err := ingest.ReadCatalogue(data.Files(), "metrics.yaml")
	must(t, err)
	take(t, ledger, catalogue, csvfile.Connector{}, ingest.Job{Name: "bundled", Kind: "csv", Files: data.Files()})
}

// take ingests one job.
func take(t testing.TB, ledger metrics.Ledger, catalogue ingest.Catalogue, connector ingest.Connector, job ingest.Job) {
	t.Helper()
	journal, err := ingest.OpenJournal(t.Context(), filepath.Join(t.TempDir(), "ingest.db"))
	must(t, err)
	defer journal.Close()
	identity, err := ingest.NewIdentity(data.Files())
	must(t, err)
	runner := ingest.NewRunner(ingest.Config{Ledger: ledger, Journal: journal, Identity: identity, Catalogue: catalogue,
		Fetcher: fetch.New(fetch.Config{}), Connectors: []ingest.Connector{connector}})
	outcomes, err := runner.Run(t.Context(), []ingest.Job{job})
	must(t, err)
	must(t, outcomes[0].Err)
}
