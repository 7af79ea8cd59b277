package influx_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/metrics/influx"
	"github.com/scalebook/scalebook/metrics/influx/influxtest"
)

func observation(subject string, value float64) metrics.Observation {
	return metrics.Observation{
		Metric: "score", Subject: subject, Name: subject, Time: recorded.AddDate(-1, 0, 0), Value: value,
		Source: metrics.Source{Name: "lab", URL: "https://lab.example/"},
	}
}

func catalogue(t testing.TB, s *influx.Store) {
	t.Helper()
	if err := s.PutMetrics(t.Context(), []metrics.Metric{{ID: "score", Kind: metrics.KindBenchmark}}); err != nil {
		t.Fatal(err)
	}
}

func live(t testing.TB, s *influx.Store) []float64 {
	t.Helper()
	obs, err := s.Observations(t.Context(), metrics.Query{Metric: "score"})
	if err != nil {
		t.Fatal(err)
	}
	values := []float64{}
	for _, o := range obs {
		values = append(values, o.Value)
	}
	return values
}

func TestOpenRefuses(t *testing.T) {
	const token = "user:very secret token"
	refuses := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Influxdb-Version", "v2.7.1")
		if r.URL.Path == "/ping" {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprintf(w, `{"code":"unauthorized","message":"no access\nfor %s"}`, r.Header.Get("Authorization"))
	}))
	defer refuses.Close()
	page := httptest.NewServer(http.NotFoundHandler())
	defer page.Close()
	closed := httptest.NewServer(nil)
	closed.Close()
	for name, c := range map[string]struct{ url, saying string }{
		"nobody there":      {closed.URL, "connection refused"},
		"a refused token":   {refuses.URL, "no access for Token ***"},
		"another server":    {page.URL, "not InfluxDB"},
		"not an address":    {"localhost:8086", "http://HOST:PORT"},
		"no host that is":   {"http://no-such-host.invalid:8086", "no-such-host.invalid"},
		"secrets in an URL": {strings.Replace(closed.URL, "http://", "http://user:hunter2@", 1), "connection refused"},
	} {
		_, err := influx.Open(t.Context(), influx.Config{URL: c.url, Token: token, Org: "o", Bucket: "b"})
		if err == nil {
			t.Errorf("%s: opened", name)
			continue
		}
		text := err.Error()
		if !strings.Contains(text, c.saying) || strings.Contains(text, "\n") || strings.Contains(text, "secret") || strings.Contains(text, "hunter2") {
			t.Errorf("%s: %q: want one line without secrets that says %q", name, text, c.saying)
		}
		if name != "not an address" && !errors.Is(err, metrics.ErrUnavailable) {
			t.Errorf("%s: %v, want ErrUnavailable", name, err)
		}
	}
}

func testBucketIsCreatedOnce(t *testing.T, server *influxtest.Server) {
	suffixes := []string{``, ` odd, 이름/one two`}
	if server.Org == "" {
		suffixes = append(suffixes, ` "quoted"/"policy"`) // InfluxDB 2 takes no quotation marks
	}
	for _, suffix := range suffixes {
		bucket := server.Database(t) + suffix
		s := open(t, server, bucket)
		catalogue(t, s)
		again := open(t, server, bucket)
		if _, err := again.Metric(t.Context(), "score"); err != nil {
			t.Errorf("bucket %s, opened again: %v", bucket, err)
		}
	}
}

// TestOutage kills the server again and again while a process appends: the ledger waits for it within its patience, and
// what was acknowledged is there once.
func TestOutage(t *testing.T) {
	const perCall = 40
	kills := 2
	if testing.Short() {
		kills = 1
	}
	server := influxtest.Start(t)
	s, err := influx.Open(t.Context(), influx.Config{URL: server.URL, Token: server.Token, Org: server.Org, Bucket: server.Database(t), RetryFor: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	catalogue(t, s)
	appended := make(chan int)
	stop := make(chan struct{})
	go func() {
		defer close(appended)
		for call := 0; ; call++ {
			var obs []metrics.Observation
			for i := range perCall {
				obs = append(obs, observation(fmt.Sprintf("%03d-%02d", call, i), float64(call)))
			}
			done, err := s.Append(t.Context(), recorded.Add(time.Duration(call)*time.Hour), obs)
			if err != nil || done.Added+done.Unchanged != perCall {
				t.Errorf("append %d: %+v, %v", call, done, err)
				return
			}
			select {
			case appended <- call:
			case <-stop:
				return
			}
		}
	}()
	last := 0
	for kill := range kills {
		for last = range appended {
			if last >= 3*(kill+1) {
				break
			}
		}
		server.Kill()
		if _, err := s.State(t.Context()); !errors.Is(err, metrics.ErrUnavailable) {
			t.Errorf("read while the server is down: %v, want ErrUnavailable", err)
		}
		if err := server.Resume(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	last, ok := <-appended
	if !ok {
		t.Fatal("appends ended")
	}
	close(stop)
	for range appended {
	}
	if got := len(live(t, s)); got < perCall*(last+1) || got%perCall != 0 {
		t.Errorf("%d observations after %d appends of %d", got, last+1, perCall)
	}
	revs, err := s.Revisions(t.Context(), metrics.RevisionQuery{})
	if err != nil || len(revs) != len(live(t, s)) {
		t.Errorf("%d revisions (%v) of %d observations", len(revs), err, len(live(t, s)))
	}
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

// failing stands between the ledger and its server, and fails chosen writes.
type failing struct {
	*httptest.Server
	writes atomic.Int64
	fail   atomic.Pointer[func(n int64) int] // status for the n'th write, 0 to pass it on, -n to pass it on and then fail
}

func newFailing(t *testing.T, server *influxtest.Server) *failing {
	f := &failing{}
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		status := 0
		if r.URL.Path == "/api/v2/write" {
			if fail := f.fail.Load(); fail != nil {
				status = (*fail)(f.writes.Add(1))
			}
		}
		if status > 0 {
			w.WriteHeader(status)
			return
		}
		req, err := http.NewRequestWithContext(r.Context(), r.Method, server.URL+r.URL.RequestURI(), r.Body)
		if err != nil {
			t.Error(err)
			return
		}
		req.Header = r.Header
		resp, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		defer resp.Body.Close()
		if status < 0 { // written, and the answer is lost
			w.WriteHeader(-status)
			return
		}
		for k, v := range resp.Header {
			w.Header()[k] = v
		}
		w.WriteHeader(resp.StatusCode)
		io.Copy(w, resp.Body)
	}))
	t.Cleanup(f.Close)
	return f
}

// testFailedWrites fails each write of an append in turn, for good or for once, before or after the server has it.
func testFailedWrites(t *testing.T, server *influxtest.Server) {
	for _, c := range []struct {
		name   string
		status int
		once   bool
	}{
		{"overloaded once", http.StatusServiceUnavailable, true},
		{"lost answer once", -http.StatusBadGateway, true},
		{"refused", http.StatusBadRequest, false},
		{"lost answer and refused", -http.StatusBadRequest, false},
	} {
		for write := int64(1); write <= 3; write++ { // state, revisions, state
			t.Run(fmt.Sprintf("%s, write %d", c.name, write), func(t *testing.T) {
				proxy := newFailing(t, server)
				s, err := influx.Open(t.Context(), influx.Config{URL: proxy.URL, Token: server.Token, Org: server.Org, Bucket: server.Database(t)})
				if err != nil {
					t.Fatal(err)
				}
				defer s.Close()
				catalogue(t, s)
				if _, err := s.Append(t.Context(), recorded, []metrics.Observation{observation("a", 1)}); err != nil {
					t.Fatal(err)
				}
				before, err := s.State(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				fail := func(n int64) int {
					if n == write {
						return c.status
					}
					return 0
				}
				proxy.writes.Store(0)
				proxy.fail.Store(&fail)
				change := []metrics.Observation{observation("a", 2), observation("b", 2)}
				done, err := s.Append(t.Context(), recorded.Add(time.Hour), change)
				proxy.fail.Store(nil)
				committed := c.once || c.status < 0 && write == 3 // the state was written, though nobody said so
				if (err == nil) != c.once {
					t.Fatalf("Append: %+v, %v", done, err)
				}
				want := []float64{1}
				if committed {
					want = []float64{2, 2}
				}
				if diff := cmp.Diff(want, live(t, s)); diff != "" {
					t.Errorf("visible (-want +got):\n%s", diff)
				}
				if after, err := s.State(t.Context()); err != nil || (after == before) == committed {
					t.Errorf("state %+v (%v), before %+v", after, err, before)
				}
				// Other content for the same keys: nothing of the failed append shines through.
				again := []metrics.Observation{observation("a", 3)}
				again[0].High, again[0].Interval = metrics.At(4), "range"
				if _, err := s.Append(t.Context(), recorded.Add(2*time.Hour), again); err != nil {
					t.Fatal(err)
				}
				got, err := s.Observations(t.Context(), metrics.Query{Metric: "score", Subjects: []string{"a"}})
				if err != nil || len(got) != 1 || got[0].Value != 3 || got[0].Low.Known || got[0].High != metrics.At(4) {
					t.Errorf("after another append: %+v (%v)", got, err)
				}
				revs, err := s.Revisions(t.Context(), metrics.RevisionQuery{Subject: "a"})
				wantRevs := 2
				if committed {
					wantRevs = 3
				}
				if err != nil || len(revs) != wantRevs {
					t.Errorf("%d revisions (%v), want %d", len(revs), err, wantRevs)
				}
			})
		}
	}
}

// testStaleEntries loses the write that ends a change of the catalogue: the state is computed from what is stored.
func testStaleEntries(t *testing.T, server *influxtest.Server) {
	proxy := newFailing(t, server)
	s, err := influx.Open(t.Context(), influx.Config{URL: proxy.URL, Token: server.Token, Org: server.Org, Bucket: server.Database(t)})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	fail := func(n int64) int {
		if n == 3 {
			return http.StatusBadRequest
		}
		return 0
	}
	proxy.fail.Store(&fail)
	entry := []metrics.Metric{{ID: "score", Kind: metrics.KindBenchmark}}
	if err := s.PutMetrics(t.Context(), entry); err == nil {
		t.Fatal("PutMetrics succeeded")
	}
	proxy.fail.Store(nil)
	whole := open(t, server, server.Database(t))
	catalogue(t, whole)
	want, err := whole.State(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []func(context.Context) error{
		func(context.Context) error { return nil },
		func(ctx context.Context) error { return s.PutMetrics(ctx, entry) },
	} {
		if err := step(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got, err := s.State(t.Context()); err != nil || got != want {
			t.Errorf("state %+v (%v), want %+v", got, err, want)
		}
	}
}

// testCheck damages a ledger as somebody with access to the bucket could.
func testCheck(t *testing.T, server *influxtest.Server) {
	for name, damage := range map[string]string{
		"a lost revision":      `DELETE FROM benchmark WHERE subject = 'b'`,
		"a lost earlier one":   `DELETE FROM benchmark WHERE subject = 'a' AND rev = '1'`,
		"a lost catalogue":     `DELETE FROM ledger_metric`,
		"nothing":              `SHOW DATABASES`,
		"a value written over": "",
	} {
		bucket := server.Database(t) + fmt.Sprint(len(name))
		s := open(t, server, bucket)
		catalogue(t, s)
		for i, obs := range [][]metrics.Observation{{observation("a", 1), observation("b", 2)}, {observation("a", 3)}} {
			if _, err := s.Append(t.Context(), recorded.AddDate(0, 0, i), obs); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Check(t.Context()); err != nil {
			t.Fatalf("before the damage: %v", err)
		}
		target, form := server.URL+"/query", url.Values{"db": {bucket}, "q": {damage}}
		body := form.Encode()
		if damage == "" {
			target = server.URL + "/write?db=" + bucket
			body = fmt.Sprintf(`benchmark,metric=score,rev=1,setting=%%,source=lab,subject=b entry="{\"seq\":1,\"digest\":\"1\",\"value\":9}" %d`,
				recorded.AddDate(-1, 0, 0).UnixNano())
		}
		resp, err := http.Post(target, "application/x-www-form-urlencoded", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		err = s.Check(t.Context())
		for wait := 0; err == nil && name != "nothing" && wait < 100; wait++ { // the server deletes in its own time
			time.Sleep(20 * time.Millisecond)
			err = s.Check(t.Context())
		}
		if errors.Is(err, metrics.ErrDamaged) == (name == "nothing") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
