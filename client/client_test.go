package client_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/scalebook/scalebook/client"
	"github.com/scalebook/scalebook/query"
	"github.com/scalebook/scalebook/search/hits"
	"github.com/scalebook/scalebook/trend"
)

// recording is a transport that keeps the last answer with its address.
type recording struct {
	address string
	status  int
	asked   int
}

func (r *recording) RoundTrip(req *http.Request) (*http.Response, error) {
	res, err := http.DefaultTransport.RoundTrip(req)
	r.address, r.asked = req.URL.String(), r.asked+1
	if err == nil {
		r.status = res.StatusCode
	}
	return res, err
}

// TestAnswersComeWhole asks every question and marshals each answer again: it is what the server sent, to the byte.
func TestAnswersComeWhole(t *testing.T) {
	wire := &recording{}
	c := newClient(t, client.Config{HTTP: &http.Client{Transport: wire}})
	ctx := t.Context()
	threshold, scale := 0.9, trend.CapabilityScale{Low: trend.CapabilityAnchor{Subject: "gpt-4o-2024-08-06", Value: 1}, High: trend.CapabilityAnchor{Subject: "gpt-5-2025-08-07", Setting: "medium", Value: 2}}
	all := query.TrendParams{Filter: query.Filter{Metric: "cpu-transistors"}, Of: query.OfAll, Fit: "exponential"}
	clock := query.TrendParams{Filter: query.Filter{Metric: "cpu-frequency", Until: time.Date(2005, 1, 1, 0, 0, 0, 0, time.UTC)}, Of: query.OfAll, Fit: "exponential"}
	later := clock
	later.Since, later.Until = clock.Until, time.Time{}
	for name, question := range map[string]func() (any, error){
		"search": func() (any, error) {
			return c.Search(ctx, hits.Query{Text: "추론 비용", Kinds: []string{hits.KindReport}, Passages: 2})
		},
		"search none": func() (any, error) { return c.Search(ctx, hits.Query{Text: "scaling", Limit: -1}) },
		"suggest": func() (any, error) {
			found, err := c.Suggest(ctx, "scal", 3)
			return hits.Suggestions{Suggestions: found}, err
		},
		"reports":  func() (any, error) { return c.Reports(ctx, client.ReportsParams{Lang: "ko", Limit: 3, Offset: 1}) },
		"report":   func() (any, error) { return c.Report(ctx, "20250324-harder-benchmarks") },
		"metrics":  func() (any, error) { return c.Metrics(ctx) },
		"subjects": func() (any, error) { return c.Subjects(ctx, "chip") },
		"subject":  func() (any, error) { return c.Subject(ctx, "nvidia-h100", time.Now()) },
		"series":   func() (any, error) { return c.Series(ctx, query.Filter{Metric: "metr-time-horizon"}) },
		"frontier": func() (any, error) { return c.Frontier(ctx, query.Filter{Metric: "gpqa-diamond", Access: "open"}) },
		"trend":    func() (any, error) { return c.Trend(ctx, all) },
		"logistic": func() (any, error) {
			return c.Trend(ctx, query.TrendParams{Filter: query.Filter{Metric: "gpqa-diamond"}, Fit: "logistic", CeilingFit: true, Threshold: &threshold})
		},
		"forecast": func() (any, error) {
			return c.Forecast(ctx, query.ForecastParams{TrendParams: all, At: []time.Time{time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)}})
		},
		"lag": func() (any, error) { return c.Lag(ctx, query.LagParams{Filter: query.Filter{Metric: "gpqa-diamond"}}) },
		"compare": func() (any, error) {
			return c.Compare(ctx, query.CompareParams{Trends: []query.TrendParams{clock, later}})
		},
		"progress": func() (any, error) { return c.Progress(ctx, query.ProgressParams{}) },
		"price": func() (any, error) {
			return c.PriceToReach(ctx, query.PriceParams{Filter: query.Filter{Metric: "gpqa-diamond"}, Thresholds: []float64{0.5, 0.7}})
		},
		"optimal": func() (any, error) {
			return c.ComputeOptimal(ctx, query.OptimalParams{Filter: query.Filter{Access: "open"}})
		},
		"index":     func() (any, error) { return c.CapabilityIndex(ctx, query.CapabilityParams{}) },
		"own scale": func() (any, error) { return c.CapabilityIndex(ctx, query.CapabilityParams{Scaled: &scale}) },
		"changes":   func() (any, error) { return c.Changes(ctx, query.ChangesParams{Limit: 3}) },
	} {
		t.Run(name, func(t *testing.T) {
			answer, err := question()
			if err != nil {
				t.Fatal(err)
			}
			if reflect.ValueOf(answer).IsZero() {
				t.Fatal("the answer is empty")
			}
			var again bytes.Buffer
			encoder := json.NewEncoder(&again)
			encoder.SetEscapeHTML(false)
			if err := encoder.Encode(answer); err != nil {
				t.Fatal(err)
			}
			asked, err := url.Parse(wire.address)
			if err != nil {
				t.Fatal(err)
			}
			sent, err := c.Get(ctx, strings.TrimPrefix(asked.Path, "/api/v1"), asked.Query())
			if err != nil {
				t.Fatal(err)
			}
			if wire.status != http.StatusNotModified {
				t.Errorf("asked again: %d, want 304", wire.status)
			}
			if !bytes.Equal(again.Bytes(), sent) {
				t.Errorf("%s\nsent  %.600s\nagain %.600s", wire.address, sent, again.Bytes())
			}
		})
	}
}

// TestRefusals sorts what a server refuses into the errors that a ledger of one's own would give.
func TestRefusals(t *testing.T) {
	c := newClient(t, client.Config{Lang: "ko"})
	ctx := t.Context()
	for name, test := range map[string]struct {
		ask       func() error
		kind      error
		status    int
		parameter string
		detail    string
	}{
		"unknown metric": {func() error { _, err := c.Series(ctx, query.Filter{Metric: "none"}); return err }, client.ErrNotFound, 404, "", "none"},
		"unknown report": {func() error { _, err := c.Report(ctx, "없는 글"); return err }, client.ErrNotFound, 404, "", "없는 글"},
		"parameter": {func() error {
			_, err := c.Trend(ctx, query.TrendParams{Filter: query.Filter{Metric: "mmlu"}, Fit: "cubic"})
			return err
		}, query.ErrParameter, 400, "fit", "쓸 수 있는 값"},
		"unanswerable": {func() error {
			_, err := c.Trend(ctx, query.TrendParams{Filter: query.Filter{Metric: "re-bench"}})
			return err
		}, query.ErrUnanswerable, 422, "", ""},
		"no token": {func() error { return c.StartIngest(ctx) }, client.ErrUnauthorized, 401, "", "token"},
	} {
		t.Run(name, func(t *testing.T) {
			err := test.ask()
			var refusal *client.Error
			if !errors.Is(err, test.kind) || !errors.As(err, &refusal) {
				t.Fatalf("got %v", err)
			}
			if refusal.Status != test.status || refusal.Parameter != test.parameter || !strings.Contains(refusal.Detail, test.detail) || refusal.Type == "" {
				t.Errorf("got %+v", refusal)
			}
			if strings.Contains(err.Error(), "\n") || !strings.HasPrefix(err.Error(), address+"/api/v1/") {
				t.Errorf("not one line that names what was asked: %q", err)
			}
		})
	}
}

// TestRetries asks a server that is busy at first.
func TestRetries(t *testing.T) {
	for name, test := range map[string]struct {
		cfg      client.Config
		busy     int32 // answers before the first good one
		status   int
		wait     string // Retry-After
		attempts int32
		works    bool
	}{
		"once":              {client.Config{}, 1, 503, "0", 2, true},
		"limited":           {client.Config{}, 2, 429, "", 3, true},
		"given up":          {client.Config{Attempts: 2}, 5, 503, "0", 2, false},
		"no retry":          {client.Config{Attempts: 1}, 1, 503, "0", 1, false},
		"too long a wait":   {client.Config{MaxWait: time.Second}, 1, 503, "3600", 1, false},
		"a date long past":  {client.Config{}, 1, 503, "Mon, 02 Jan 2006 15:04:05 GMT", 2, true},
		"not to be retried": {client.Config{}, 1, 500, "0", 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			var asked atomic.Int32
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if asked.Add(1) > test.busy {
					_, _ = w.Write([]byte(`{"metrics":[]}`))
					return
				}
				w.Header().Set("Retry-After", test.wait)
				w.WriteHeader(test.status)
				_, _ = w.Write([]byte("<html>a proxy's page</html>"))
			}))
			defer s.Close()
			test.cfg.BaseURL = s.URL
			_, err := newClient(t, test.cfg).Metrics(t.Context())
			if (err == nil) != test.works || asked.Load() != test.attempts {
				t.Errorf("%v after %d attempts", err, asked.Load())
			}
			if !test.works && !errors.Is(err, client.ErrServer) {
				t.Errorf("not a server's error: %v", err)
			}
		})
	}
	t.Run("cancelled while waiting", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "20")
			w.WriteHeader(503)
			cancel()
		}))
		defer s.Close()
		_, err := newClient(t, client.Config{BaseURL: s.URL}).Metrics(ctx)
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
}

// TestKeptAnswers counts what goes over the wire: a change of the data is seen, and what is old or too big is not kept.
func TestKeptAnswers(t *testing.T) {
	var full, notModified atomic.Int32
	body := atomic.Value{}
	body.Store(`{"metrics":[]}`)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := body.Load().(string)
		etag := `W/"` + answer[:min(20, len(answer))] + r.URL.RawQuery + `"`
		w.Header().Set("ETag", etag)
		if r.Header.Get("If-None-Match") == etag {
			notModified.Add(1)
			w.WriteHeader(http.StatusNotModified)
			return
		}
		full.Add(1)
		_, _ = w.Write([]byte(answer))
	}))
	defer s.Close()
	c := newClient(t, client.Config{BaseURL: s.URL, CacheSize: 40})
	expect := func(step string, q string, wantFull, wantNotModified int32) {
		t.Helper()
		if _, err := c.Get(t.Context(), "/x", url.Values{"q": {q}}); err != nil {
			t.Fatal(err)
		}
		if full.Load() != wantFull || notModified.Load() != wantNotModified {
			t.Errorf("%s: %d whole answers and %d not modified, want %d and %d", step, full.Load(), notModified.Load(), wantFull, wantNotModified)
		}
	}
	expect("first", "a", 1, 0)
	expect("again", "a", 1, 1)
	expect("another", "b", 2, 1)
	expect("both kept", "a", 2, 2)
	body.Store(`{"metrics":[1]}`)
	expect("changed", "a", 3, 2)
	expect("kept anew", "a", 3, 3)
	expect("a third pushes out the oldest", "c", 4, 3)
	expect("the oldest", "b", 5, 3)
	body.Store(`{"metrics":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16]}`)
	expect("too big", "a", 6, 3)
	expect("too big again", "a", 7, 3)
}

func TestConfig(t *testing.T) {
	for _, bad := range []string{"", "scalebook.example", "ftp://scalebook.example", "http://", "http://a/?b=c", "http://a:b:c"} {
		if _, err := client.New(client.Config{BaseURL: bad}); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
	c := newClient(t, client.Config{BaseURL: address + "/"})
	if _, err := c.Metrics(t.Context()); err != nil {
		t.Errorf("with a slash: %v", err)
	}
}
