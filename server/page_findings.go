package server

import (
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

// finding is an answer that has a page of its own below /trends: what it says, draws and lists.
type finding struct {
	kind    string // its page below /trends, and the prefix of its messages
	api     string // its route below /api/v1
	values  map[string][]string
	answer  any // what the forms of the page answer with
	says    []string
	basis   []templates.Basis
	spec    func(width, height int) chart.Spec
	scales  bool // whether the scale of its value axis can be chosen
	cited   query.Citation
	columns []templates.Cell
	rows    []templates.FindingRow
}

// moreQuestions are the pages below /trends.
func moreQuestions(lang, current string) []templates.Choice {
	var out []templates.Choice
	for _, kind := range []string{"progress", "price", "optimal", "forecasts"} {
		out = append(out, templates.Choice{Label: say(lang, kind+".title"), URL: "/trends/" + kind, Current: kind == current})
	}
	return out
}

// findingPage writes a finding in the form that was asked for. That a question can't be answered is said on the page, which
// keeps its controls.
func (s *Server) findingPage(c *fiber.Ctx, kind string, controls []templates.Control, f finding, err error) error {
	lang := s.lang(c)
	page := templates.Finding{Frame: s.frame(c, "trends", say(lang, kind+".title")), Heading: say(lang, kind+".title"), Deck: say(lang, kind+".deck"),
		Controls: controls, Caption: say(lang, kind+".caption"), Others: moreQuestions(lang, kind)}
	page.Description = page.Deck
	if errors.Is(err, query.ErrUnanswerable) && formOf(c) == "" {
		page.Why = unanswered(err, lang)
		c.Status(fiber.StatusUnprocessableEntity)
		return s.render(c, page)
	}
	if err != nil {
		return err
	}
	switch form := formOf(c); {
	case (form == ".svg" || form == ".png") && f.spec != nil:
		return s.chartForm(c, f.spec(wideWidth, wideHeight))
	case form != "":
		return s.answer(c, f.answer)
	}
	page.Answers, page.Columns, page.Rows = f.says, f.columns, f.rows
	page.Basis = f.basis
	if page.Revision != "" {
		page.Basis = append(page.Basis, templates.Basis{Term: say(lang, "foot.revision"), Value: page.Revision})
	}
	if f.spec != nil {
		page.Chart, err = s.interactive(c, "chart", renderings{wide: f.spec(wideWidth, wideHeight), narrow: f.spec(narrowWidth, narrowHeight), scales: f.scales})
		if err != nil {
			return err
		}
		page.Chart.Caption = template.HTML(template.HTMLEscapeString(f.spec(wideWidth, wideHeight).Source)) //nolint:gosec // escaped
		page.Chart.Tools = s.findingTools(c, f)
	} else {
		page.Tools = &templates.Tools{CSV: address("/api/v1/"+f.api+".csv", f.values), JSON: address("/api/v1/"+f.api, f.values)}
	}
	return s.render(c, page)
}

func (s *Server) findingTools(c *fiber.Ctx, f finding) *templates.Tools {
	api, own, look := "/api/v1/"+f.api, "/trends/"+f.kind, viewed(c, "", f.values)
	tools := &templates.Tools{CSV: address(api+".csv", f.values), JSON: address(api, f.values), SVG: address(own+".svg", look), PNG: address(own+".png", look),
		Pinned: s.pinned(c.UserContext(), c), Cite: f.cited.Text.In(s.lang(c)), BibTeX: f.cited.BibTeX}
	tools.Embed = s.embed(tools.SVG, address(own, look), say(s.lang(c), f.kind+".title"))
	return tools
}

// citedLine says whose data an answer is made of.
func citedLine(lang string, cited query.Citation) string {
	names := make([]string, 0, maxNamedSources)
	for _, r := range cited.Sources {
		if len(names) < maxNamedSources {
			names = append(names, r.Name)
		}
	}
	list := strings.Join(names, "; ")
	if more := len(cited.Sources) - len(names); more > 0 {
		list += say(lang, "source.more", more)
	}
	return say(lang, "finding.source", list)
}

func leastSquares(lang string, n int, confidence float64, r2 *float64) []templates.Basis {
	out := []templates.Basis{{Term: say(lang, "basis.estimator"), Value: say(lang, "estimator.ols")}, {Term: say(lang, "basis.n"), Value: strconv.Itoa(n)},
		{Term: say(lang, "basis.interval"), Value: confidenceText(confidence) + ", " + say(lang, "interval.ols")}}
	if r2 != nil {
		out = append(out, templates.Basis{Term: say(lang, "basis.r2"), Value: plain(r2, 2)})
	}
	return out
}

func right(text string) templates.Cell { return templates.Cell{Text: text, Right: true} }

func date(t time.Time) templates.Cell {
	return templates.Cell{Text: t.Format(time.DateOnly), Date: true}
}

func optional(text string) templates.Cell {
	return templates.Cell{Text: text, Optional: true, Right: true}
}

// metricControl lets a reader choose among the metrics of a kind.
func metricControl(lang, label, name, chosen string, catalogue query.Catalogue, kind string, more ...templates.OptionGroup) templates.Control {
	entries := slices.DeleteFunc(slices.Clone(catalogue.Metrics), func(m query.CatalogueEntry) bool { return m.Kind != kind || m.Observations == 0 })
	return templates.Control{Label: say(lang, label), Name: name, Groups: append(more, metricOptions(lang, entries, chosen)...)}
}

func accessControl(lang, chosen string) templates.Control {
	return templates.Control{Label: say(lang, "ask.access"), Name: "access",
		Groups: []templates.OptionGroup{{Label: say(lang, "ask.access"), Options: options(lang, "access", chosen, "", "open", "closed", "unreleased")}}}
}
