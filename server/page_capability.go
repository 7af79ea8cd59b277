package server

import (
	"cmp"
	"errors"
	"html/template"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/scalebook/scalebook/chart"
	"github.com/scalebook/scalebook/query"
	"github.com/scalebook/scalebook/templates"
)

// shownModels is how many models the index lists unless all are asked for.
const shownModels = 40

// pageCapability places models and benchmarks on one scale.
func (s *Server) pageCapability(c *fiber.Ctx) error {
	lang := s.lang(c)
	p, err := query.ParseCapabilityIndex(values(c))
	if err != nil {
		return err
	}
	index, err := s.engine.CapabilityIndex(c.UserContext(), p)
	page := templates.Capability{Frame: s.frame(c, "index", say(lang, "nav.index"))}
	page.Description = say(lang, "capability.deck")
	if errors.Is(err, query.ErrUnanswerable) && formOf(c) == "" {
		page.Why = unanswered(err, lang)
		c.Status(fiber.StatusUnprocessableEntity)
		return s.render(c, page)
	}
	if err != nil {
		return err
	}
	models := capabilityModels(index)
	switch formOf(c) {
	case ".svg", ".png":
		return s.chartForm(c, models.spec(lang, wideWidth, wideHeight))
	case ".csv", ".json":
		return s.answer(c, index)
	}
	page.Answer, page.Basis = models.answer(lang), models.basis(lang, page.Revision)
	page.Chart, err = s.interactive(c, "chart", renderings{wide: models.spec(lang, wideWidth, wideHeight), narrow: models.spec(lang, narrowWidth, narrowHeight)})
	if err != nil {
		return err
	}
	page.Chart.Caption = template.HTML(template.HTMLEscapeString(models.source(lang))) //nolint:gosec // escaped
	page.Chart.Tools = s.capabilityTools(c, index)
	shown := len(index.Models)
	if c.Query("all") == "" && shown > shownModels {
		shown, page.All = shownModels, s.with(c, "all", "1")
	}
	page.Shown = say(lang, "capability.shown", shown, len(index.Models))
	for i, m := range index.Models[:shown] {
		row := templates.CapabilityRow{Rank: strconv.Itoa(i + 1), Name: m.Name, URL: subjectURL(m.Subject), Setting: m.Setting,
			Organization: m.Organization, Theta: models.theta(m.Theta), Scores: strconv.Itoa(m.Scores), Now: i == 0}
		if m.Date != nil {
			row.Date = m.Date.Format(time.DateOnly)
		}
		if m.Low != nil && m.High != nil {
			row.Interval = models.theta(*m.Low) + "–" + models.theta(*m.High)
		}
		page.Models = append(page.Models, row)
	}
	for _, b := range index.Benchmarks {
		page.Benchmarks = append(page.Benchmarks, templates.BenchmarkRow{Name: b.Title.In(lang), URL: metricURL(b.Metric),
			Difficulty: models.theta(b.Difficulty), Discrimination: plain(&b.Discrimination, 2), Scores: strconv.Itoa(b.Scores), RMSE: plain(&b.RMSE, 3)})
	}
	return s.render(c, page)
}

// capabilityModels is the index as it is drawn and worded.
type capabilityModels query.CapabilityIndex

// theta writes a place on the scale; a scaled index is in whole points and tenths.
func (x capabilityModels) theta(v float64) string {
	if len(x.Models) > 0 && max(x.Models[0].Theta, -x.Models[0].Theta) > 30 {
		return plain(&v, 1)
	}
	return plain(&v, 2)
}

// records are the models that raised the index, oldest first.
func (x capabilityModels) records() []query.CapabilityModel {
	var dated []query.CapabilityModel
	for _, m := range x.Models {
		if m.Date != nil {
			dated = append(dated, m)
		}
	}
	sortModels(dated)
	var records []query.CapabilityModel
	for _, m := range dated {
		if len(records) == 0 || m.Theta > records[len(records)-1].Theta {
			if n := len(records); n > 0 && records[n-1].Date.Equal(m.Date.Time) {
				records[n-1] = m
				continue
			}
			records = append(records, m)
		}
	}
	return records
}

func (x capabilityModels) answer(lang string) template.HTML {
	records := x.records()
	if len(records) == 0 {
		return ""
	}
	best := records[len(records)-1]
	name := best.Name
	if best.Setting != "" {
		name += " (" + best.Setting + ")"
	}
	out := rich(lang, "capability.best", name, copula(lang, name), x.theta(best.Theta))
	if g := x.GrowthPerYear; g != nil {
		bounds := ""
		if g.Bounded {
			bounds = say(lang, "capability.bounds", x.theta(g.Low), x.theta(g.High))
		}
		out = joined(out, rich(lang, "capability.growth", strconv.Itoa(x.Since.Year()), x.theta(g.Value), bounds))
	}
	return out
}

func (x capabilityModels) basis(lang, revision string) []templates.Basis {
	basis := []templates.Basis{
		{Term: say(lang, "basis.fit"), Value: say(lang, "capability.model")},
		{Term: say(lang, "basis.n"), Value: say(lang, "capability.counts", x.NModels, x.NBenchmarks, x.NScores)},
		{Term: say(lang, "basis.interval"), Value: say(lang, "capability.interval")},
		{Term: say(lang, "capability.cost"), Value: strconv.FormatFloat(x.Cost, 'f', 3, 64)},
	}
	if revision != "" {
		basis = append(basis, templates.Basis{Term: say(lang, "foot.revision"), Value: revision})
	}
	return basis
}

// spec draws the models over time, and the steps by which the best of them rose.
func (x capabilityModels) spec(lang string, width, height int) chart.Spec {
	out := chart.Spec{Width: width, Height: height, Lang: lang, Title: say(lang, "nav.index"), Heading: x.heading(lang),
		Subheading: say(lang, "capability.unit", x.anchorName(lang)), Source: x.source(lang), X: chart.Axis{Time: true}, Y: chart.Axis{Unit: "Elo", Label: say(lang, "nav.index")}}
	records := x.records()
	steps := make([]chart.Point, len(records))
	isRecord := map[string]bool{}
	queried := make([]query.Record, len(records))
	for i, m := range records {
		isRecord[m.Subject+"\x00"+m.Setting] = true
		queried[i] = query.Record{Value: m.Theta}
	}
	label := labelled(queried, width)
	for i, m := range records {
		steps[i] = x.point(lang, m)
		steps[i].Label = label[i]
	}
	for _, m := range x.Models {
		if m.Date == nil {
			continue
		}
		if m.Date.After(out.Until) {
			out.Until = m.Date.Time
		}
		if !isRecord[m.Subject+"\x00"+m.Setting] {
			out.Points = append(out.Points, x.point(lang, m))
		}
	}
	if len(steps) == 0 {
		return out
	}
	now := steps[len(steps)-1]
	out.Series = []chart.Series{{Name: say(lang, "chart.record"), Color: 1, Kind: chart.StepAfter, Points: steps}}
	out.Now, out.NowLabel = &now, x.theta(now.Y)
	out.Desc = say(lang, "capability.desc", len(x.Models), records[0].Name, records[len(records)-1].Name)
	return out
}

func (x capabilityModels) point(lang string, m query.CapabilityModel) chart.Point {
	return chart.Point{Time: m.Date.Time, Y: m.Theta, Name: m.Name, Href: subjectURL(m.Subject), Detail: pointDetail(m.Setting, say(lang, "capability.from", m.Scores))}
}

func (x capabilityModels) heading(lang string) string {
	if g := x.GrowthPerYear; g != nil {
		return say(lang, "capability.heading", x.theta(g.Value))
	}
	return say(lang, "nav.index")
}

func (x capabilityModels) anchorName(lang string) string {
	for _, b := range x.Benchmarks {
		if b.Metric == x.Anchor {
			return b.Title.In(lang)
		}
	}
	return x.Anchor
}

func (x capabilityModels) source(lang string) string {
	names := make([]string, 0, maxNamedSources)
	for _, r := range x.Citation.Sources {
		if len(names) < maxNamedSources {
			names = append(names, r.Name)
		}
	}
	list := strings.Join(names, "; ")
	if more := len(x.Citation.Sources) - len(names); more > 0 {
		list += say(lang, "source.more", more)
	}
	return say(lang, "capability.source", list)
}

func (s *Server) capabilityTools(c *fiber.Ctx, index query.CapabilityIndex) *templates.Tools {
	q := asked(c, "")
	if scaled := c.Query("scaled"); scaled != "" {
		q.Set("scaled", strings.Clone(scaled))
	}
	look := viewed(c, "", q)
	return &templates.Tools{CSV: address("/api/v1/capability-index.csv", q), JSON: address("/api/v1/capability-index", q),
		SVG: address("/index.svg", look), PNG: address("/index.png", look), Pinned: s.pinned(c.UserContext(), c),
		Cite: index.Citation.Text.In(s.lang(c)), BibTeX: index.Citation.BibTeX, Embed: s.embed(address("/index.svg", look), address("/index", look), say(s.lang(c), "nav.index"))}
}

// sortModels orders models by date, those of one day by place.
func sortModels(models []query.CapabilityModel) {
	slices.SortStableFunc(models, func(a, b query.CapabilityModel) int {
		return cmp.Or(a.Date.Compare(b.Date.Time), cmp.Compare(b.Theta, a.Theta))
	})
}
