package ingest_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/scalebook/scalebook/ingest"
	"github.com/scalebook/scalebook/ingest/csvfile"
	"github.com/scalebook/scalebook/ingest/ingesttest"
	"github.com/scalebook/scalebook/metrics"
)

// TestClockJumps ingests while the clock goes back by a second, hours and to 1970, and ahead by centuries and back again. The ledger never
// goes back: each ingest is recorded after the one before, what was true at the instant of one stays true, and the newest value counts.
func TestClockJumps(t *testing.T) {
	b := ingesttest.New(t, csvfile.Connector{})
	start := time.Date(2026, 3, 29, 2, 30, 0, 0, time.UTC)
	var clock time.Time
	b.Config.Now = func() time.Time { return clock }
	job, file := write(t, table(1))
	type moment struct {
		at    time.Time
		value float64
	}
	var past []moment
	for n, jump := range []time.Duration{0, -time.Second, -time.Hour, time.Hour, -24 * 365 * 56 * time.Hour, 0, 24 * 365 * 200 * time.Hour, 0, time.Microsecond} {
		clock = start.Add(jump)
		value := float64(10+n) / 100
		ingesttest.Write(t, file, header+fmt.Sprintf("gpqa-diamond,s00,2024-01-01,%.2f,lab\n", value))
		b.Ingest(t, job)
		state, err := b.Ledger.State(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if n > 0 && !state.RecordedAt.After(past[n-1].at) {
			t.Errorf("%s: recorded at %s, after %s", jump, state.RecordedAt, past[n-1].at)
		}
		past = append(past, moment{state.RecordedAt, value})
		for _, m := range past {
			obs, err := b.Ledger.Observations(t.Context(), metrics.Query{Metric: "gpqa-diamond", AsOf: m.at})
			if err != nil || len(obs) != 1 || obs[0].Value != m.value {
				t.Errorf("%s: as of %s: %+v, %v, want %v", jump, m.at, obs, err, m.value)
			}
		}
	}
}

// TestInterruptedAcrossClockJump: a run that finishes an older one is recorded after what another source wrote meanwhile.
func TestInterruptedAcrossClockJump(t *testing.T) {
	b := ingesttest.New(t, csvfile.Connector{})
	first, _ := write(t, table(12))
	whole := b.Ledger
	b.Config.Ledger = &breaking{Ledger: whole}
	if o := b.Run(t, first); !errors.Is(o.Err, metrics.ErrUnavailable) {
		t.Fatal(o.Err)
	}
	b.Config.Ledger = whole
	second, _ := write(t, header+"mmlu,s00,2024-01-01,0.5,lab\n")
	second.Name = "b"
	b.Ingest(t, second)
	between := b.Observations(t, "mmlu")[0].RecordedAt
	b.Ingest(t, first)
	for _, o := range b.Observations(t, "gpqa-diamond") {
		if !o.RecordedAt.After(between) {
			t.Fatalf("recorded at %s, after %s", o.RecordedAt, between)
		}
	}
}

// TestScheduleAcrossClockJumps: a source is run within a minute of its time, whatever the clock said before: in 1970 when the machine
// started, or centuries ahead when the source ran last.
func TestScheduleAcrossClockJumps(t *testing.T) {
	s, _, err := readSources(t, `- {name: monthly, kind: csv, location: a, schedule: "0 3 1 * *"}`)
	if err != nil {
		t.Fatal(err)
	}
	for name, from := range map[string]time.Time{"1970 at start": time.Unix(30, 0), "ahead": time.Date(2226, 6, 1, 0, 0, 0, 0, time.UTC), "right": time.Date(2026, 1, 31, 23, 0, 0, 0, time.UTC)} {
		clock := from
		passed := time.Duration(0) // whatever the clock says
		set := time.Date(2026, 1, 31, 23, 59, 0, 0, time.UTC)
		ctx, cancel := context.WithCancel(t.Context())
		err := ingest.NewSchedule(ingest.ScheduleConfig{Sources: s,
			Now: func() time.Time { return clock },
			After: func(d time.Duration) <-chan time.Time {
				if passed == 0 {
					clock = set // by NTP
				}
				if passed += d; passed > 30*24*time.Hour {
					cancel()
				}
				clock = clock.Add(d)
				c := make(chan time.Time, 1)
				c <- clock
				return c
			},
			Start: func(context.Context, []ingest.Job) error {
				if want := time.Date(2026, 2, 1, 3, 0, 0, 0, time.UTC); clock.Before(want) && name != "1970 at start" || clock.After(want.Add(time.Minute)) {
					t.Errorf("%s: started at %s", name, clock)
				}
				if clock.Before(set.Add(time.Hour)) {
					return nil // the time of 1970 has come and gone
				}
				cancel()
				return nil
			}}).Run(ctx)
		if !errors.Is(err, context.Canceled) || passed > 4*time.Hour {
			t.Errorf("%s: %v after %s", name, err, passed)
		}
	}
}
