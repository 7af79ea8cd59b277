package ingest

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

// ScheduleConfig wires a [Schedule].
type ScheduleConfig struct {
	Sources Sources
	// Start runs jobs to their end. It is called with one set of jobs at a time.
	Start  func(ctx context.Context, jobs []Job) error
	Now    func() time.Time                       // time.Now if nil
	After  func(d time.Duration) <-chan time.Time // time.After if nil
	Logger *slog.Logger
}

// Schedule runs sources when their time has come.
type Schedule struct{ cfg ScheduleConfig }

// NewSchedule returns a schedule of the enabled sources that have one.
func NewSchedule(cfg ScheduleConfig) *Schedule {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.After == nil {
		cfg.After = time.After
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	kept := cfg.Sources[:0:0]
	for _, s := range cfg.Sources {
		if s.Enabled && s.Schedule != nil {
			kept = append(kept, s)
		}
	}
	cfg.Sources = kept
	return &Schedule{cfg: cfg}
}

// Run starts what is due until ctx ends, whose error it returns. Sources that are due together are started together; one
// that comes due several times during a long run is started once after it. A run that fails is logged, and is tried again
// when it is next due.
func (s *Schedule) Run(ctx context.Context) error {
	next := make([]time.Time, len(s.cfg.Sources))
	now := s.cfg.Now().UTC()
	for i, source := range s.cfg.Sources {
		next[i] = source.Schedule.Next(now)
	}
	for {
		if wait, ok := s.untilNext(next); ok {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-s.cfg.After(min(wait, longestNap)):
			}
		} else {
			<-ctx.Done()
			return ctx.Err()
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		now := s.cfg.Now().UTC()
		var due []Job
		for i, source := range s.cfg.Sources {
			if !next[i].IsZero() && !next[i].After(now) {
				due = append(due, source.Job)
			}
		}
		for i, source := range s.cfg.Sources {
			if again := source.Schedule.Next(now); !again.IsZero() && again.Before(next[i]) {
				next[i] = again // the clock was set back
			}
		}
		if len(due) == 0 {
			continue // woken early
		}
		s.start(ctx, due)
		now = s.cfg.Now().UTC()
		for i, source := range s.cfg.Sources {
			if !next[i].After(now) {
				next[i] = source.Schedule.Next(now)
			}
		}
	}
}

// longestNap is how long a schedule takes the clock's word for how long it is to wait: a machine that starts in 1970 learns the time soon
// after, and one whose clock was ahead would wait for years.
const longestNap = time.Minute

// untilNext returns how long it is until the earliest time; ok is false where there is none.
func (s *Schedule) untilNext(next []time.Time) (wait time.Duration, ok bool) {
	var first time.Time
	for _, t := range next {
		first = earliest(first, t)
	}
	if first.IsZero() {
		return 0, false
	}
	return max(0, first.Sub(s.cfg.Now())), true
}

func (s *Schedule) start(ctx context.Context, jobs []Job) {
	for _, job := range jobs {
		s.cfg.Logger.Info("source is due", "source", job.Name)
	}
	if err := s.cfg.Start(ctx, jobs); err != nil && !errors.Is(err, context.Canceled) {
		s.cfg.Logger.Error("scheduled ingest", "error", err)
	}
}
