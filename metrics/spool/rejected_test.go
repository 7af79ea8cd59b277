package spool_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/metrics/influx"
	"github.com/scalebook/scalebook/metrics/influx/influxtest"
	"github.com/scalebook/scalebook/metrics/spool"
)

// picky is a ledger whose server rejects writes with a subject whose id has "bad" in it.
type picky struct {
	metrics.Ledger
	down   bool
	writes int
}

func (p *picky) Append(ctx context.Context, at time.Time, obs []metrics.Observation) (metrics.Appended, error) {
	p.writes++
	if p.down {
		return metrics.Appended{}, errDown
	}
	for _, o := range obs {
		if strings.Contains(o.Subject, "bad") {
			return metrics.Appended{}, fmt.Errorf("%w: field type conflict", metrics.ErrRejected)
		}
	}
	return p.Ledger.Append(ctx, at, obs)
}

func (p *picky) State(ctx context.Context) (metrics.State, error) {
	if p.down {
		return metrics.State{}, errDown
	}
	return p.Ledger.State(ctx)
}

func rows(subjects ...string) []metrics.Observation {
	var obs []metrics.Observation
	for i, s := range subjects {
		obs = append(obs, metrics.Observation{Metric: "score", Subject: s, Name: s, Time: recorded, Value: float64(i), Source: metrics.Source{Name: "lab"}})
	}
	return obs
}

// TestRejectedRows: what the server can't take is set aside with its reason, at once or when it is replayed; the rest is written.
func TestRejectedRows(t *testing.T) {
	for _, later := range []bool{false, true} {
		t.Run(fmt.Sprintf("replayed %v", later), func(t *testing.T) {
			server := &picky{Ledger: open(t)}
			l := wrap(t, spool.Config{Ledger: server, Dir: t.TempDir()})
			ctx := t.Context()
			if err := step(ctx, l, 0); err != nil {
				t.Fatal(err)
			}
			server.down = later
			if _, err := l.Append(ctx, recorded, rows("a", "bad-1", "b", "c", "d", "bad-2", "e")); err != nil {
				t.Fatal(err)
			}
			server.down = false
			obs, err := l.Observations(ctx, metrics.Query{Metric: "score"})
			if err != nil || len(obs) != 5 {
				t.Errorf("%d rows were written (%v), want the 5 good ones", len(obs), err)
			}
			aside, err := l.Rejected()
			if err != nil || len(aside) != 2 {
				t.Fatalf("set aside: %+v, %v", aside, err)
			}
			whats := []string{aside[0].What, aside[1].What}
			if !strings.Contains(strings.Join(whats, ","), "score of bad-1") || !strings.Contains(strings.Join(whats, ","), "score of bad-2") || !strings.Contains(aside[0].Reason, "field type conflict") {
				t.Errorf("set aside: %+v", aside)
			}
			if s, err := l.Status(); err != nil || s.Waiting != 0 || s.Rejected != 2 || s.Failing != nil {
				t.Errorf("status %+v, %v", s, err)
			}
			if _, err := l.Append(ctx, recorded, rows("bad-1")); err != nil {
				t.Fatal(err)
			}
			if again, err := l.Rejected(); err != nil || len(again) != 3 { // another value of the same key is another row
				t.Errorf("after another: %d, %v", len(again), err)
			}
			if _, err := l.Append(ctx, recorded, rows("bad-1")); err != nil {
				t.Fatal(err)
			}
			if again, err := l.Rejected(); err != nil || len(again) != 3 {
				t.Errorf("after the same again: %d, %v", len(again), err)
			}
		})
	}
}

// TestEverythingRejected: where nothing can be written the fault is not in the rows. They wait, and none is set aside.
func TestEverythingRejected(t *testing.T) {
	server := &picky{Ledger: open(t)}
	l := wrap(t, spool.Config{Ledger: server, Dir: t.TempDir()})
	if err := step(t.Context(), l, 0); err != nil {
		t.Fatal(err)
	}
	var names []string
	for i := range 1500 {
		names = append(names, fmt.Sprint("bad-", i))
	}
	if _, err := l.Append(t.Context(), recorded, rows(names...)); err != nil {
		t.Fatal(err)
	}
	s, err := l.Status()
	if err != nil || s.Waiting != 1 || s.Rejected != 0 || s.Failing == nil || !strings.Contains(s.Failing.Error(), "field type conflict") {
		t.Errorf("status %+v, %v", s, err)
	}
	if server.writes > 5000 {
		t.Errorf("%d writes were tried", server.writes)
	}
}

// TestRealRefusals asks a real InfluxDB: a row whose field has another type in its shard is set aside and the others are visible; a token
// that is not valid any more makes writes wait, and is told apart from an outage.
func TestRealRefusals(t *testing.T) {
	if testing.Short() {
		t.Skip("starts an InfluxDB")
	}
	influxtest.Each(t, testRefusals)
}

func testRefusals(t *testing.T, server *influxtest.Server) {
	ctx := t.Context()
	proxy, mode := failing(t, server.URL)
	bucket := server.Database(t)
	store, err := influx.Open(ctx, influx.Config{URL: proxy, Token: server.Token, Org: server.Org, Bucket: bucket, RetryFor: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	l := wrap(t, spool.Config{Ledger: store, Dir: t.TempDir()})
	defer l.Close()
	if err := step(ctx, l, 0); err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, server.URL+"/api/v2/write?"+url.Values{"org": {server.Org}, "bucket": {bucket}}.Encode(),
		strings.NewReader(fmt.Sprintf(`%s,metric=other value="text" %d`, metrics.KindBenchmark, recorded.UnixNano())))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Token "+server.Token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusNoContent {
		t.Fatal(res.Status)
	}
	obs := rows("a", "b", "c")
	obs[0].Time, obs[2].Time = recorded.AddDate(-60, 0, 0), recorded.AddDate(-61, 0, 0) // in another shard
	if _, err := l.Append(ctx, recorded, obs); err != nil {
		t.Fatal(err)
	}
	if live, err := l.Observations(ctx, metrics.Query{Metric: "score"}); err != nil || len(live) != 2 {
		t.Errorf("%d rows are visible (%v), want 2", len(live), err)
	}
	aside, err := l.Rejected()
	if err != nil || len(aside) != 1 || aside[0].What != "score of b" || !strings.Contains(aside[0].Reason, "conflict") {
		t.Errorf("set aside: %+v, %v", aside, err)
	}
	if server.Org == "" {
		return // InfluxDB 1.8 takes every token in tests
	}
	mode.Store(otherToken)
	later := rows("d")
	later[0].Time = recorded.AddDate(-60, 0, 0)
	if _, err := l.Append(ctx, recorded, later); err != nil {
		t.Fatal(err)
	}
	s, err := l.Status()
	if err != nil || s.Waiting != 1 || !errors.Is(s.Failing, metrics.ErrDenied) || !errors.Is(s.Failing, metrics.ErrUnavailable) || strings.Contains(s.Failing.Error(), server.Token) {
		t.Errorf("with another token: %+v, %v", s, err)
	}
	mode.Store(whole)
	if live, err := l.Observations(ctx, metrics.Query{Metric: "score"}); err != nil || len(live) != 3 {
		t.Errorf("%d rows are visible (%v) once the token is right, want 3", len(live), err)
	}
	if s, err := l.Status(); err != nil || s.Waiting != 0 || s.Failing != nil {
		t.Errorf("then %+v, %v", s, err)
	}
	if err := store.Check(ctx); err != nil {
		t.Error(err)
	}
}

// TestClockJumps: the order in which writes are replayed is that in which they were made, whatever the clock did meanwhile.
func TestClockJumps(t *testing.T) {
	clock := []time.Time{recorded, recorded.Add(-5 * time.Hour), time.Unix(3, 0), recorded.AddDate(200, 0, 0), recorded.Add(time.Second), recorded.Add(-time.Second)}
	write := func(l metrics.Writer) {
		t.Helper()
		if err := step(t.Context(), l, 0); err != nil {
			t.Fatal(err)
		}
		for n, at := range clock {
			o := rows("m")
			o[0].Value = float64(n)
			if _, err := l.Append(t.Context(), at, o); err != nil {
				t.Fatal(err)
			}
		}
	}
	undisturbed := open(t)
	write(undisturbed)
	mode := "down"
	server := &flaky{open(t), func() string { return mode }}
	l := wrap(t, spool.Config{Ledger: server, Dir: t.TempDir()})
	write(l)
	mode = ""
	if want, got := everything(t, undisturbed), everything(t, l); want != got {
		t.Errorf("undisturbed\n%s\nspooled\n%s", want, got)
	}
	obs, err := l.Observations(t.Context(), metrics.Query{Metric: "score"})
	if err != nil || len(obs) != 1 || obs[0].Value != float64(len(clock)-1) {
		t.Errorf("the last write is not the one that counts: %+v, %v", obs, err)
	}
}
