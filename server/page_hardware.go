package server

import (
	"cmp"
	"context"
	"html/template"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/query"
	"github.com/scalebook/scalebook/templates"
)

// byDate is the x axis that is no metric.
const byDate = "date"

// otherMakers stands for every maker that has no colour of its own.
const otherMakers = "other"

// shownChips is how many chips the table has unless all are asked for.
const shownChips = 15

// chip is a piece of hardware with the best published value of each metric.
type chip struct {
	subject, name, maker string
	source               string // of the value on the vertical axis
	date                 time.Time
	values               map[string]float64
}

// explorer is the hardware page's state: the chips, and what its address asks to see of them.
type explorer struct {
	lang    string
	metrics []query.CatalogueEntry // of hardware, with data
	chips   []chip                 // of the period and makers, with a value on each axis
	all     []chip
	makers  []string // those with a colour of their own, most chips first
	chosen  []string // makers that are shown; empty is all
	x, y    string
	log     bool
	since   string // a year, or "all"
	sources measured
}

// pageHardware draws any two quantities of chips against each other, or one over time, over a table of them all.
func (s *Server) pageHardware(c *fiber.Ctx) error {
	lang := s.lang(c)
	e, err := s.explorer(c.UserContext(), c)
	if err != nil {
		return err
	}
	page := templates.Hardware{Frame: s.frame(c, "hardware", say(lang, "nav.hardware"))}
	if len(e.metrics) == 0 {
		page.Empty = say(lang, "hardware.none")
		return s.render(c, page)
	}
	fit := e.fit()
	if wantsChart(c) {
		return s.chartForm(c, e.spec(fit, wideWidth, hardwareHeight))
	}
	if form := formOf(c); form != "" {
		return s.answer(c, e.table())
	}
	page.Answer, page.Basis = fit.answer(e), fit.basis(e, page.Revision)
	page.Description = say(lang, "hardware.description", len(e.all))
	page.Y, page.X = e.axisOptions(e.y, false), e.axisOptions(e.x, true)
	page.Scales = options(lang, "scale", map[bool]string{true: "log", false: "linear"}[e.log], "log", "linear")
	page.Sinces = e.sinceOptions()
	page.Makers = e.makerOptions()
	page.Hidden = hidden(c, "y", "x", "scale", "since", "maker", "all")
	if len(e.chips) == 0 {
		page.Empty = say(lang, "hardware.empty")
	} else {
		page.Chart, err = s.interactive(c, "chart", renderings{wide: e.spec(fit, wideWidth, hardwareHeight), narrow: e.spec(fit, narrowWidth, narrowHeight)})
		if err != nil {
			return err
		}
		page.Chart.Caption = template.HTML(template.HTMLEscapeString(sourceLine(lang, []measured{e.sources}))) //nolint:gosec // escaped
		page.Chart.Tools = s.hardwareTools(c, e, page.Revision)
	}
	s.chipTable(c, e, &page)
	return s.render(c, page)
}

// explorer reads what the address asks for, and the chips. What it can't read is a parameter error.
func (s *Server) explorer(ctx context.Context, c *fiber.Ctx) (*explorer, error) {
	catalogue, err := s.engine.Metrics(ctx)
	if err != nil {
		return nil, err
	}
	e := &explorer{lang: s.lang(c), log: c.Query("scale", "log") != "linear"}
	for _, m := range catalogue.Metrics {
		if m.Kind == metrics.KindHardware && m.Observations > 0 {
			e.metrics = append(e.metrics, m)
		}
	}
	if len(e.metrics) == 0 {
		return e, nil
	}
	slices.SortStableFunc(e.metrics, func(a, b query.CatalogueEntry) int {
		return cmp.Or(cmp.Compare(columnRank(a.ID), columnRank(b.ID)), b.Observations-a.Observations)
	})
	e.x, e.y = strings.Clone(c.Query("x", byDate)), strings.Clone(c.Query("y", e.metrics[0].ID))
	if _, ok := e.metric(e.y); !ok {
		return nil, e.unknown("y", e.y)
	}
	if _, ok := e.metric(e.x); !ok && e.x != byDate {
		return nil, e.unknown("x", e.x)
	}
	f, err := query.ParseFilter(func(name string) string {
		if name != "as_of" {
			return ""
		}
		return strings.Clone(c.Query(name))
	})
	if err != nil {
		return nil, err
	}
	if err := s.readChips(ctx, e, f.AsOf); err != nil {
		return nil, err
	}
	for _, v := range c.Context().QueryArgs().PeekMulti("maker") {
		e.chosen = append(e.chosen, string(v))
	}
	e.since = strings.Clone(c.Query("since", e.defaultSince()))
	if _, err := strconv.Atoi(e.since); err != nil && e.since != "all" {
		return nil, &query.ParameterError{Name: "since", Value: e.since, Why: metrics.Text{Ko: "연도이거나 all이어야 합니다.", En: "a year, or all"}}
	}
	e.choose()
	return e, nil
}

func (e *explorer) unknown(name, value string) error {
	ids := make([]string, len(e.metrics))
	for i, m := range e.metrics {
		ids[i] = m.ID
	}
	list := strings.Join(ids, ", ")
	return &query.ParameterError{Name: name, Value: value, Why: metrics.Text{Ko: "쓸 수 있는 값: " + list, En: "one of " + list}}
}

func (e *explorer) metric(id string) (query.CatalogueEntry, bool) {
	for _, m := range e.metrics {
		if m.ID == id {
			return m, true
		}
	}
	return query.CatalogueEntry{}, false
}

// readChips gathers the chips as they were known: of several values of a metric the best, of several dates the first.
func (s *Server) readChips(ctx context.Context, e *explorer, asOf time.Time) error {
	index := map[string]int{}
	for _, m := range e.metrics {
		series, err := s.engine.Series(ctx, query.Filter{Metric: m.ID, AsOf: asOf})
		if err != nil {
			return err
		}
		if m.ID == e.y {
			e.sources = measured{series: series}
		}
		for _, o := range series.Observations {
			i, ok := index[o.Subject]
			if !ok {
				i = len(e.all)
				index[o.Subject] = i
				e.all = append(e.all, chip{subject: o.Subject, name: o.Name, maker: o.Organization, date: o.Time.Time, values: map[string]float64{}})
			}
			item := &e.all[i]
			if o.Time.Before(item.date) {
				item.date = o.Time.Time
			}
			if v, ok := item.values[m.ID]; !ok || o.Value > v != m.LowerIsBetter() {
				item.values[m.ID] = o.Value
				if m.ID == e.y {
					item.source = o.Source.Name
				}
			}
		}
	}
	e.makers = rankMakers(e.all)
	return nil
}

// maxMakers is how many makers have a colour and shape; the last of the five is everybody else's.
const maxMakers = 3

func rankMakers(chips []chip) []string {
	count := map[string]int{}
	for _, c := range chips {
		if c.maker != "" {
			count[c.maker]++
		}
	}
	makers := make([]string, 0, len(count))
	for m := range count {
		makers = append(makers, m)
	}
	slices.SortFunc(makers, func(a, b string) int { return cmp.Or(count[b]-count[a], strings.Compare(a, b)) })
	return makers[:min(maxMakers, len(makers))]
}

// firstTensor is the year from which 16-bit arithmetic of accelerators is comparable: that of the first tensor units.
const firstTensor = 2017

// defaultSince leaves earlier chips out where there are enough later ones.
func (e *explorer) defaultSince() string {
	n := 0
	for _, c := range e.all {
		if _, ok := c.values[e.y]; ok && c.date.Year() >= firstTensor {
			n++
		}
	}
	if n >= 3 {
		return strconv.Itoa(firstTensor)
	}
	return "all"
}

// choose keeps the chips of the period and makers that have a value on each axis.
func (e *explorer) choose() {
	year, _ := strconv.Atoi(e.since) // 0 for all, which keeps every chip
	for _, c := range e.all {
		_, hasY := c.values[e.y]
		_, hasX := c.values[e.x]
		if hasY && (hasX || e.x == byDate) && c.date.Year() >= year && e.shows(c.maker) {
			e.chips = append(e.chips, c)
		}
	}
	slices.SortStableFunc(e.chips, func(a, b chip) int { return cmp.Or(a.date.Compare(b.date), strings.Compare(a.subject, b.subject)) })
}

// group is the maker as the key has it.
func (e *explorer) group(maker string) string {
	if slices.Contains(e.makers, maker) {
		return maker
	}
	return otherMakers
}

func (e *explorer) shows(maker string) bool {
	return len(e.chosen) == 0 || slices.Contains(e.chosen, e.group(maker)) || slices.Contains(e.chosen, maker)
}

func (e *explorer) axisOptions(current string, withDate bool) []templates.Choice {
	var out []templates.Choice
	if withDate {
		out = append(out, templates.Choice{Label: say(e.lang, "hardware.date"), Value: byDate, Current: current == byDate})
	}
	for _, m := range e.metrics {
		out = append(out, templates.Choice{Label: m.Title.In(e.lang), Value: m.ID, Current: m.ID == current})
	}
	return out
}

func (e *explorer) sinceOptions() []templates.Choice {
	years := []string{"all", "2012", strconv.Itoa(firstTensor), "2020", "2023"}
	if !slices.Contains(years, e.since) {
		years = append(years, e.since)
	}
	out := make([]templates.Choice, len(years))
	for i, y := range years {
		label := say(e.lang, "hardware.all-years")
		if y != "all" {
			label = say(e.lang, "hardware.from-year", y)
		}
		out[i] = templates.Choice{Label: label, Value: y, Current: y == e.since}
	}
	return out
}

func (e *explorer) makerOptions() []templates.Choice {
	var out []templates.Choice
	for _, m := range e.groups() {
		label := m
		if m == otherMakers {
			label = say(e.lang, "hardware.other")
		}
		out = append(out, templates.Choice{Label: label, Value: m, Current: len(e.chosen) == 0 || slices.Contains(e.chosen, m)})
	}
	return out
}
