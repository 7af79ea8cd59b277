package e2e

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestOverload asks for twice what the server can answer, while figures are ingested and the index is swapped under it.
// What is refused is refused with 503 and Retry-After, what is accepted is answered in time, nothing ingested is lost, and
// neither memory nor goroutines nor files grow. It takes ten seconds of load; SCALEBOOK_TEST_OVERLOAD=30m gives it more.
func TestOverload(t *testing.T) {
	if testing.Short() {
		t.Skip("ten seconds of load")
	}
	lasting := 10 * time.Second
	if v := os.Getenv("SCALEBOOK_TEST_OVERLOAD"); v != "" {
		var err error
		if lasting, err = time.ParseDuration(v); err != nil {
			t.Fatal(err)
		}
	}
	data, ops := t.TempDir(), freeAddress(t)
	base := serve(t, "--data", data, "--ops-addr", ops)
	load := newLoad(base)
	load.ask(t.Context(), "/") // everything is warm before the first measure
	before := measure(t, ops)

	ctx, cancel := context.WithTimeout(t.Context(), lasting)
	defer cancel()
	var writing sync.WaitGroup
	rows := 0
	writing.Go(func() { rows = keepIngesting(ctx, t, data) })
	var resident []float64
	writing.Go(func() {
		for tick := time.NewTicker(lasting / 40); ; {
			select {
			case <-ctx.Done():
				tick.Stop()
				return
			case <-tick.C:
				resident = append(resident, measure(t, ops)["process_resident_memory_bytes"])
			}
		}
	})
	load.run(ctx)
	writing.Wait()

	t.Log(load.describe(lasting))
	for what, n := range load.wrong {
		t.Errorf("%d times: %s", n, what)
	}
	if load.accepted == 0 {
		t.Fatal("nothing was accepted")
	}
	// A question waits 2 s at most for its turn and 10 s for its answer; the rest is this machine's.
	if p99 := load.quantile(0.99); p99 > 12*time.Second {
		t.Errorf("99%% of what was accepted took up to %s", p99)
	}
	waitFor(t, func() bool {
		var series struct{ Observations []struct{} }
		fetchJSON(t, base+"/api/v1/series?metric=overload-exam", &series)
		return len(series.Observations) == rows
	})
	load.client.CloseIdleConnections()
	var after map[string]float64
	waitFor(t, func() bool {
		after = measure(t, ops)
		return after["go_goroutines"] <= before["go_goroutines"]+20 && after["process_open_fds"] <= before["process_open_fds"]+20
	})
	n := len(resident)
	early, late := slices.Max(resident[n/4:n/2]), slices.Max(resident[3*n/4:])
	t.Logf("%d rows ingested meanwhile; resident %.0f MiB before, at most %.0f MiB in the second quarter and %.0f MiB in the last; goroutines %.0f, then %.0f; files %.0f, then %.0f",
		rows, before["process_resident_memory_bytes"]/(1<<20), early/(1<<20), late/(1<<20),
		before["go_goroutines"], after["go_goroutines"], before["process_open_fds"], after["process_open_fds"])
	if lasting >= 5*time.Minute && late > 1.25*early { // before that the caches are still filling
		t.Errorf("memory grew from %.0f to %.0f MiB", early/(1<<20), late/(1<<20))
	}
}

// keepIngesting adds a row and ingests, again and again, and returns how many rows there are.
func keepIngesting(ctx context.Context, t *testing.T, data string) (rows int) {
	figures := t.TempDir()
	text := "metric,subject,time,value\n"
	for ctx.Err() == nil {
		rows++
		text += fmt.Sprintf("overload-exam,m%d,2024-01-01,%d\n", rows, rows)
		write(t, filepath.Join(figures, "scores.csv"), text)
		if code, _, stderr := run(t, "ingest", "--data", data, "--from", figures, "csv"); code != 0 {
			t.Errorf("ingest %d: %s", rows, stderr)
			return rows
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Second): // a schedule's pace, not a wait for something
		}
	}
	return rows
}

// load asks questions at twice the rate at which they are accepted.
type load struct {
	base   string
	client *http.Client

	mu                      sync.Mutex
	offered, accepted, shed int
	took                    []time.Duration // of a sample of what was accepted
	wrong                   map[string]int
}

// outstanding bounds the questions that wait for an answer.
const outstanding = 512

func newLoad(base string) *load {
	return &load{base: base, wrong: map[string]int{}, client: &http.Client{
		Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: outstanding, MaxConnsPerHost: outstanding},
	}}
}

// run offers load until ctx ends. Every second it looks at how much of it was accepted.
func (l *load) run(ctx context.Context) {
	var asking sync.WaitGroup
	defer asking.Wait()
	room := make(chan struct{}, outstanding)
	rate, random, accepted := 50, rand.New(rand.NewPCG(1, 2)), 0
	for ctx.Err() == nil {
		second := time.Now()
		for i := range rate {
			select {
			case room <- struct{}{}:
				path := question(random)
				asking.Go(func() {
					defer func() { <-room }()
					l.ask(context.WithoutCancel(ctx), path)
				})
			case <-ctx.Done():
				return
			}
			if until := second.Add(time.Duration(i+1) * time.Second / time.Duration(rate)); time.Now().Before(until) {
				time.Sleep(time.Until(until)) // the pace of an open loop
			}
		}
		l.mu.Lock()
		per := float64(l.accepted-accepted) / time.Since(second).Seconds()
		accepted = l.accepted
		l.mu.Unlock()
		rate = min(max(2*int(per), 20), 4000)
	}
}

// question is one that was most likely not asked before, so that no cache answers it.
func question(r *rand.Rand) string {
	metric := []string{"gpqa-diamond", "cpu-transistors", "model-training-compute", "hardware-fp16-flops", "price-input", "cpu-frequency"}[r.IntN(6)]
	since := time.Date(1975, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, r.IntN(12_000)).Format(time.DateOnly)
	words := []string{"추론", "비용", "스케일링", "HBM", "냉각", "전력", "학습", "GPU", "inference", "scaling", "데이터", "패키징"}
	switch r.IntN(8) {
	case 0, 1, 2:
		return "/api/v1/search?q=" + url.QueryEscape(words[r.IntN(len(words))]+" "+words[r.IntN(len(words))]+" "+strconv.Itoa(r.IntN(1000)))
	case 3, 4:
		return "/api/v1/trend?metric=" + metric + "&of=all&fit=linear&since=" + since
	case 5:
		return "/api/v1/series?metric=" + metric + "&since=" + since
	case 6:
		return "/metrics/" + metric + "?since=" + since
	}
	return "/reports?lang=" + []string{"ko", "en"}[r.IntN(2)] + "&offset=" + strconv.Itoa(r.IntN(5))
}

// ask asks one question and counts what comes of it.
func (l *load) ask(ctx context.Context, path string) {
	start := time.Now()
	status, refused, err := l.get(ctx, path)
	took := time.Since(start)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.offered++
	switch {
	case err != nil:
		l.wrong[fmt.Sprintf("no answer: %v", err)]++
	case status == http.StatusOK, status == http.StatusUnprocessableEntity: // 422: too little data since then
		l.accepted++
		if len(l.took) < 1_000_000 {
			l.took = append(l.took, took)
		}
	case status == http.StatusServiceUnavailable && refused:
		l.shed++
	default:
		l.wrong[fmt.Sprintf("%d to %s", status, path)]++
	}
}

func (l *load) get(ctx context.Context, path string) (status int, retryAfter bool, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, l.base+path, nil)
	if err != nil {
		return 0, false, err
	}
	res, err := l.client.Do(req)
	if err != nil {
		return 0, false, err
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, res.Body)
	return res.StatusCode, res.Header.Get("Retry-After") != "", err
}

func (l *load) quantile(q float64) time.Duration {
	slices.Sort(l.took)
	return l.took[int(q*float64(len(l.took)-1))]
}

func (l *load) describe(lasting time.Duration) string {
	return fmt.Sprintf("%s on %d cores: %d asked, %d answered (%.0f/s; median %s, 95%% %s, 99%% %s), %d refused with Retry-After",
		lasting, runtime.NumCPU(), l.offered, l.accepted, float64(l.accepted)/lasting.Seconds(), l.quantile(0.5).Round(time.Millisecond),
		l.quantile(0.95).Round(time.Millisecond), l.quantile(0.99).Round(time.Millisecond), l.shed)
}

// measure reads the gauges of a server's telemetry.
func measure(t *testing.T, ops string) map[string]float64 {
	t.Helper()
	res, err := http.Get("http://" + ops + "/metrics")
	if err != nil {
		t.Error(err)
		return nil
	}
	defer res.Body.Close()
	gauges := map[string]float64{}
	for lines := bufio.NewScanner(res.Body); lines.Scan(); {
		if name, value, ok := strings.Cut(lines.Text(), " "); ok {
			if v, err := strconv.ParseFloat(value, 64); err == nil {
				gauges[name] = v
			}
		}
	}
	return gauges
}

// freeAddress is one that nobody listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}
