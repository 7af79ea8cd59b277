package server

import (
	"context"
	"errors"
	"html/template"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/scalebook/scalebook/chart"
	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/quantity"
	"github.com/scalebook/scalebook/query"
	"github.com/scalebook/scalebook/templates"
	"github.com/scalebook/scalebook/trend"
)

// glance are the metrics of the first page, in the order in which they are shown; those without data give their place up.
var glance = []string{"gpqa-diamond", "swe-bench-verified", "frontiermath", "metr-time-horizon", "model-training-compute", "hardware-memory",
	"price-input", "installed-compute-h100e", "cpu-transistors", "mmlu"}

const (
	multiples   = 8
	moves       = 6
	homeReports = 4
)

func (s *Server) pageHome(c *fiber.Ctx) error {
	lang, ctx := s.lang(c), c.UserContext()
	page := templates.Home{Frame: s.frame(c, "", ""), Headline: say(lang, "home.headline"), Questions: questions(lang)}
	page.Frame.Feed = "/feeds/changes.atom"
	catalogue, err := s.engine.Metrics(ctx)
	if err != nil {
		return err
	}
	total := 0
	for _, m := range catalogue.Metrics {
		total += m.Observations
	}
	reports, works := s.cfg.Library.Reports(), 0
	for _, r := range reports {
		if !s.elsewhere(r, lang) {
			works++
		}
	}
	page.Deck = say(lang, "home.deck", works, quantity.Format(float64(total), "count", lang))
	page.Description = page.Deck
	if page.Moves, err = s.moves(ctx, catalogue, lang); err != nil {
		return err
	}
	for _, id := range glance {
		if len(page.Multiples) == multiples {
			break
		}
		m, ok, err := s.multiple(ctx, id, lang)
		if err != nil {
			return err
		}
		if ok {
			page.Multiples = append(page.Multiples, m)
		}
	}
	for _, r := range reports {
		if len(page.Reports) < homeReports && r.Lang == lang {
			page.Reports = append(page.Reports, s.reportItem(r, lang))
		}
	}
	return s.render(c, page)
}

// frontierOf is a metric's frontier; ok is false where there is nothing of it.
func (s *Server) frontierOf(ctx context.Context, id string) (f query.Frontier, ok bool, err error) {
	f, err = s.engine.Frontier(ctx, query.Filter{Metric: id})
	if errors.Is(err, metrics.ErrUnknownMetric) {
		return f, false, nil
	}
	return f, err == nil && len(f.Records) > 0, err
}

// moves lists the newest records, one per metric: those of benchmarks, prices, models and chips that have moved at least
// twice.
func (s *Server) moves(ctx context.Context, catalogue query.Catalogue, lang string) ([]templates.Move, error) {
	type dated struct {
		move templates.Move
		at   time.Time
	}
	var all []dated
	for _, m := range catalogue.Metrics {
		if m.Expression != "" || m.Observations < 3 || m.Kind == metrics.KindProcessor || m.Kind == metrics.KindSupply {
			continue
		}
		f, ok, err := s.frontierOf(ctx, m.ID)
		if err != nil {
			return nil, err
		}
		n := len(f.Records)
		if !ok || n < 3 {
			continue
		}
		before, after := f.Records[n-2], f.Records[n-1]
		all = append(all, dated{at: after.Time.Time, move: templates.Move{
			Date: day(after.Time.Time), Metric: m.Title.In(lang), URL: "/metrics/" + m.ID, Who: who(after),
			Before: quantity.Format(before.Value, m.Unit, lang), After: quantity.Format(after.Value, m.Unit, lang),
			Ruler: template.HTML(chart.Ruler{Lang: lang, Axis: rulerAxis(m.Metric), From: before.Value, To: after.Value}.SVG()),
		}})
	}
	slices.SortStableFunc(all, func(a, b dated) int { return b.at.Compare(a.at) })
	var out []templates.Move
	for _, d := range all[:min(len(all), moves)] {
		out = append(out, d.move)
	}
	return out, nil
}

func rulerAxis(m metrics.Metric) chart.Axis {
	axis := chart.Axis{Log: m.Scale == "log", Unit: m.Unit}
	if !axis.Log {
		axis.Min, axis.Max = new(float64), m.Ceiling
	}
	return axis
}

func who(r query.Record) string {
	if r.Setting != "" && metrics.IsEffort(r.Setting) {
		return r.Name + " " + r.Setting
	}
	return r.Name
}

// multiple is a metric in the small: its record, and what it says in a sentence.
func (s *Server) multiple(ctx context.Context, id, lang string) (templates.Multiple, bool, error) {
	f, ok, err := s.frontierOf(ctx, id)
	if err != nil || !ok || len(f.Records) < 2 {
		return templates.Multiple{}, false, err
	}
	series, err := s.engine.Series(ctx, query.Filter{Metric: id})
	if err != nil {
		return templates.Multiple{}, false, err
	}
	last := f.Records[len(f.Records)-1]
	m := chart.Multiple{Lang: lang, Title: f.Metric.Title.In(lang), X: chart.Axis{Time: true}, Y: chart.Axis{Log: f.Metric.Scale == "log", Unit: f.Metric.Unit}}
	steps := chart.Series{Color: 1, Kind: chart.StepAfter}
	for _, r := range f.Records {
		steps.Points = append(steps.Points, chart.Point{Time: r.Time.Time, Y: r.Value, Name: r.Name, Detail: pointDetail(r.Setting, r.Source.Name), Href: "/subjects/" + r.Subject})
	}
	newest := last.Time.Time
	for _, o := range series.Observations {
		m.Points = append(m.Points, chart.Point{Time: o.Time.Time, Y: o.Value, Name: o.Name, Detail: pointDetail(o.Setting, o.Source.Name), Href: "/subjects/" + o.Subject})
		if o.Time.After(newest) {
			newest = o.Time.Time
		}
	}
	m.Series, m.Until = []chart.Series{steps}, newest
	now := chart.Point{Time: last.Time.Time, Y: last.Value, Name: last.Name}
	m.Now = &now
	out := templates.Multiple{Title: f.Metric.Title.In(lang), URL: "/metrics/" + id, Unit: unitLine(f.Metric, lang), Chart: template.HTML(m.SVG()),
		Source: strings.Join(publishers(series, 2), ", "), Until: say(lang, "home.until", newest.Format("2006-01"))}
	out.Read = glue(s.recordRead(ctx, f, lang))
	return out, true, nil
}

// recordRead says in a sentence or two who holds the record of a metric, how often it moved, and at what pace: the room
// that is left where there is a ceiling, else how long it took to double.
func (s *Server) recordRead(ctx context.Context, f query.Frontier, lang string) string {
	records := f.Records
	last := records[len(records)-1]
	value := quantity.Format(last.Value, f.Metric.Unit, lang)
	if lang != "en" {
		value += "\u2060" + copula(lang, value) // the ending stays with its number
	}
	read := say(lang, "home.read-"+recordWord(f.Metric), who(last), value, quantity.Month(records[0].Time.Time, lang), len(records)-1)
	if top := f.Metric.Ceiling; top != nil && f.Metric.Scale != "log" {
		room := strings.TrimPrefix(quantity.Delta(*top-last.Value, f.Metric.Unit, lang), "+")
		return read + " " + say(lang, "home.read-room", levelText(lang, *top, f.Metric.Unit), room)
	}
	t, err := s.engine.Trend(ctx, query.TrendParams{Filter: query.Filter{Metric: f.Metric.ID}, Of: query.OfFrontier, Fit: string(trend.Exponential)})
	switch {
	case err != nil: // a record that can't be fitted is still a record
	case t.DoublingTime != nil:
		read += " " + say(lang, "home.read-doubles", spanText(lang, t.DoublingTime.Value))
	case t.HalvingTime != nil:
		read += " " + say(lang, "home.read-halves", spanText(lang, t.HalvingTime.Value))
	}
	return read
}

// publishers names who published most of a series.
func publishers(series query.Series, n int) []string {
	count := map[string]int{}
	var names []string
	for _, o := range series.Observations {
		if count[o.Source.Name]++; count[o.Source.Name] == 1 {
			names = append(names, o.Source.Name)
		}
	}
	slices.SortStableFunc(names, func(a, b string) int { return count[b] - count[a] })
	return names[:min(n, len(names))]
}

// unitLine says what the axis is.
func unitLine(m metrics.Metric, lang string) string {
	scale := "axis.linear"
	if m.Scale == "log" {
		scale = "axis.log"
	}
	unit := unitName(m.Unit, lang)
	if m.Kind == metrics.KindBenchmark && m.Unit == "fraction" {
		unit = say(lang, "axis.share")
	}
	return unit + ", " + say(lang, scale)
}

// unitName is a unit as a reader would call it.
func unitName(unit, lang string) string {
	if known := say(lang, "unit."+unit); known != "unit."+unit {
		return known
	}
	return unit
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// questions are ready-made questions to the data.
func questions(lang string) []templates.Question {
	ask := func(key, url string) templates.Question {
		return templates.Question{Text: say(lang, "ask."+key), Note: say(lang, "ask."+key+"-note"), URL: url}
	}
	return []templates.Question{
		ask("moore", "/trends?metric=cpu-transistors&of=all&fit=exponential"),
		ask("horizon", "/trends?metric=metr-time-horizon&fit=exponential"),
		ask("gpqa", "/trends?metric=gpqa-diamond&fit=logistic&threshold=0.9"),
		ask("cheapest", "/metrics/price-input-mmlu-80"),
		ask("lag", "/metrics/gpqa-diamond?access=open"),
	}
}
