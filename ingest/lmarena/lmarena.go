// Package lmarena reads copies of the LMArena leaderboards: one model a row, with its rating and the 95 % interval of it.
package lmarena

import (
	"context"
	"errors"
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/scalebook/scalebook/ingest"
	"github.com/scalebook/scalebook/metrics"
)

// Connector reads the kind "lmarena".
type Connector struct{}

// Kind implements [ingest.Connector].
func (Connector) Kind() string { return "lmarena" }

const (
	address = "https://lmarena.ai/leaderboard/"

	modelColumn    = "model"
	scoreColumn    = "arena_score"
	intervalColumn = "95_pct_ci"
)

// Read implements [ingest.Connector]. It reads every CSV file that has the columns model and arena_score. Which board it
// is follows from the name lmarena_BOARD.csv; a file of another name is the text board.
func (Connector) Read(ctx context.Context, in ingest.Input, sink ingest.Sink) error {
	names, err := ingest.FindCSV(in.Files, modelColumn, scoreColumn)
	if err != nil {
		return err
	}
	for _, name := range names {
		r := reader{in: in, sink: sink, board: "text"}
		if board, ok := strings.CutPrefix(strings.TrimSuffix(path.Base(name), path.Ext(name)), "lmarena_"); ok && ingest.Kebab(board) != "" {
			r.board = ingest.Kebab(board)
		}
		if err := errors.Join(ctx.Err(), r.read(name)); err != nil {
			return err
		}
	}
	return nil
}

// reader reads one board.
type reader struct {
	in    ingest.Input
	sink  ingest.Sink
	board string
}

func (r *reader) read(name string) error {
	metric := "lmarena-" + r.board
	if _, ok := r.in.Catalogue[metric]; !ok {
		m := ingest.PlainMetric(metric)
		m.Unit, m.Standalone = "Elo", true
		m.Title = metrics.Text{Ko: "LMArena " + r.board, En: "LMArena " + r.board}
		m.Source = metrics.Reference{Name: r.publisher(), URL: address + r.board}
		if err := r.sink.Metric(m); err != nil {
			return err
		}
	}
	return ingest.ReadCSV(r.in.Files, name, nil, func(row ingest.Row) error { return r.row(row, metric) }, r.sink)
}

func (r *reader) publisher() string { return "LMArena " + r.board + " leaderboard" }

func (r *reader) row(row ingest.Row, metric string) error {
	name := row.Get(modelColumn)
	score, present, err := row.Number(scoreColumn)
	switch {
	case name == "":
		return r.sink.Quarantine(row.SetAside(modelColumn, "no model"))
	case err != nil:
		return r.sink.Quarantine(row.Reject(scoreColumn, err.Error()))
	case !present:
		return r.sink.Quarantine(row.SetAside(scoreColumn, "no score"))
	}
	subject, name, effort := r.in.Identity.Model(name)
	released := r.in.Released(subject)
	if released.IsZero() {
		return r.sink.Quarantine(row.SetAside(modelColumn, "the leaderboard doesn't date models, and no release date is known of this one"))
	}
	o := metrics.Observation{
		Metric: metric, Subject: subject, Setting: effort, Name: name, Time: released, Value: score,
		Source: metrics.Source{Name: r.publisher(), URL: address + r.board, File: row.File, Row: row.Line},
	}
	if cell := row.Get(intervalColumn); cell != "" {
		plus, minus, err := interval(cell)
		if err != nil {
			return r.sink.Quarantine(row.Reject(intervalColumn, err.Error()))
		}
		o.Low, o.High, o.Interval = metrics.At(score-minus), metrics.At(score+plus), "ci95"
	}
	err = r.sink.Subject(metrics.Subject{ID: subject, Name: name, Kind: "model",
		Organization: ingest.Organization(row.Get("organization")), Access: access(row.Get("license"))})
	if err != nil {
		return err
	}
	return r.sink.Observe(o)
}

// plusMinus is how the upstream writes an interval: +5/-4. Some copies put the lower end first, or write ± for both.
var plusMinus = regexp.MustCompile(`^(?:\+([0-9.]+)\s*/\s*[-−]([0-9.]+)|[-−]([0-9.]+)\s*/\s*\+([0-9.]+)|±\s*([0-9.]+))$`)

func interval(s string) (plus, minus float64, err error) {
	m := plusMinus.FindStringSubmatch(s)
	if m == nil {
		return 0, 0, fmt.Errorf("%q is not an interval as in +5/-5", s)
	}
	plus, plusErr := strconv.ParseFloat(m[1]+m[4]+m[5], 64)
	minus, minusErr := strconv.ParseFloat(m[2]+m[3]+m[5], 64)
	if plusErr != nil || minusErr != nil {
		return 0, 0, fmt.Errorf("%q is not an interval as in +5/-5", s)
	}
	return plus, minus, nil
}

// access follows from the licence: one that is named lets weights out, and "Proprietary" does not.
func access(license string) string {
	switch {
	case license == "" || license == "-":
		return ""
	case strings.EqualFold(license, "proprietary"):
		return "closed"
	}
	return "open"
}
