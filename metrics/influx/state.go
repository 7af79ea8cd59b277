package influx

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/influxdata/influxdb-client-go/v2/api/query"
	"github.com/scalebook/scalebook/metrics"
)

// Measurements of the ledger itself. Their points have the time zero.
const (
	ownPrefix          = "ledger_"
	stateMeasurement   = ownPrefix + "state"
	appendMeasurement  = ownPrefix + "append"
	metricMeasurement  = ownPrefix + "metric"
	subjectMeasurement = ownPrefix + "subject"
)

// snapshot is the ledger's state: what is visible, and what it adds up to. It is one point, so it changes at once.
type snapshot struct {
	seq        int64   // number of the newest append
	unfinished []int64 // appends up to seq that were begun and not finished; they stay invisible
	revisions  metrics.Fingerprint
	entries    metrics.Fingerprint // of the catalogue and the subjects
	stale      bool                // entries was being changed; it needs to be computed anew
	recordedAt int64               // newest, in nanoseconds since 1970
	feeds      []feed              // ordered by metric and source
}

// feed is a pair of metric and source that has revisions.
type feed struct {
	Metric      string `json:"metric"`
	Source      string `json:"source"`
	Measurement string `json:"measurement"`
	Live        int    `json:"live"`
	// First and last time of its keys, in seconds since 1970; nil in what was written before this was kept.
	Span *[2]int64 `json:"span,omitempty"`
}

func (n *snapshot) visible(seq int64) bool {
	return seq <= n.seq && !slices.Contains(n.unfinished, seq)
}

// feedsOf selects feeds; an empty argument selects all.
func (n *snapshot) feedsOf(metric, source string) []feed {
	var selected []feed
	for _, f := range n.feeds {
		if (metric == "" || f.Metric == metric) && (source == "" || f.Source == source) {
			selected = append(selected, f)
		}
	}
	return selected
}

// count adds to the live observations of a feed, which is new if the snapshot doesn't have it, those of a revision at the
// given time.
func (n *snapshot) count(f feed, at int64, live int) {
	i, found := slices.BinarySearchFunc(n.feeds, f, func(a, b feed) int {
		if c := strings.Compare(a.Metric, b.Metric); c != 0 {
			return c
		}
		return strings.Compare(a.Source, b.Source)
	})
	if !found {
		f.Live, f.Span = 0, &[2]int64{at, at}
		n.feeds = slices.Insert(n.feeds, i, f)
	}
	n.feeds[i].Live += live
	if span := n.feeds[i].Span; span != nil {
		span[0], span[1] = min(span[0], at), max(span[1], at)
	}
}

// line writes the snapshot as its point.
func (n *snapshot) line() (string, error) {
	feeds, err := json.Marshal(n.feeds)
	if err != nil {
		return "", err
	}
	numbers := make([]string, len(n.unfinished))
	for i, seq := range n.unfinished {
		numbers[i] = strconv.FormatInt(seq, 10)
	}
	p := newPoint(stateMeasurement)
	p.int("seq", n.seq)
	p.text("unfinished", strings.Join(numbers, " "))
	p.text("revisions", n.revisions.String())
	p.text("entries", n.entries.String())
	p.flag("stale", n.stale)
	p.int("recorded_at", n.recordedAt)
	p.text("feeds", string(feeds))
	return p.at(time.Unix(0, 0)), nil
}

// snapshot reads the state.
func (s *Store) snapshot(ctx context.Context) (*snapshot, error) {
	n := &snapshot{}
	err := s.query(ctx, s.own(stateMeasurement)+pivot, func(r *query.FluxRecord) error {
		c := cells{record: r}
		n.seq, n.recordedAt, n.stale = c.int("seq"), c.int("recorded_at"), c.flag("stale")
		for _, number := range strings.Fields(c.text("unfinished")) {
			seq, err := strconv.ParseInt(number, 10, 64)
			if err != nil {
				return fmt.Errorf("%w: its state lists append %q", metrics.ErrDamaged, number)
			}
			n.unfinished = append(n.unfinished, seq)
		}
		var err error
		if n.revisions, err = metrics.ParseFingerprint(c.text("revisions")); err != nil {
			return fmt.Errorf("%w: its state: %w", metrics.ErrDamaged, err)
		}
		if n.entries, err = metrics.ParseFingerprint(c.text("entries")); err != nil {
			return fmt.Errorf("%w: its state: %w", metrics.ErrDamaged, err)
		}
		if err := json.Unmarshal([]byte(c.text("feeds")), &n.feeds); err != nil {
			return fmt.Errorf("%w: its state: %w", metrics.ErrDamaged, err)
		}
		return c.err
	})
	return n, err
}

// save writes the state.
func (s *Store) save(ctx context.Context, n *snapshot) error {
	line, err := n.line()
	if err != nil {
		return err
	}
	return s.write(ctx, []string{line})
}

// State identifies the ledger's content.
func (s *Store) State(ctx context.Context) (metrics.State, error) {
	n, err := s.snapshot(ctx)
	if err == nil && n.stale {
		n.entries, err = s.sumEntries(ctx)
	}
	if err != nil {
		return metrics.State{}, s.explain(ctx, "read its state", err)
	}
	state := metrics.State{ID: n.revisions.Add(n.entries).String()}
	if n.recordedAt != 0 {
		state.RecordedAt = time.Unix(0, n.recordedAt).UTC()
	}
	return state, nil
}

// Counts returns the number of live observations of each metric that has any.
func (s *Store) Counts(ctx context.Context) (map[string]int, error) {
	n, err := s.snapshot(ctx)
	if err != nil {
		return nil, s.explain(ctx, "count", err)
	}
	counts := map[string]int{}
	for _, f := range n.feeds {
		if f.Live > 0 {
			counts[f.Metric] += f.Live
		}
	}
	return counts, nil
}
