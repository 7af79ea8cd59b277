package server

import (
	"math"
	"strings"
	"time"

	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/quantity"
	"github.com/scalebook/scalebook/query"
	"github.com/scalebook/scalebook/templates"
	"github.com/scalebook/scalebook/trend"
)

// finding is what a chart shows, in a line.
func (m measured) finding(lang string) string { return glue(m.found(lang)) }

func (m measured) found(lang string) string {
	t := m.trend
	if t == nil {
		return say(lang, "finding.none", len(m.series.Observations), len(m.frontier.Records))
	}
	what := say(lang, "finding.of-"+t.Of)
	if b := t.Breakpoint; b != nil && b.Significant {
		if key := "finding." + string(b.Change); say(lang, key) != key {
			return say(lang, key, what, quantity.Month(b.Date.Time, lang))
		}
	}
	switch {
	case t.DoublingTime != nil:
		return say(lang, "finding.doubles", what, spanText(lang, t.DoublingTime.Value))
	case t.HalvingTime != nil:
		return say(lang, "finding.halves", what, spanText(lang, t.HalvingTime.Value))
	case t.Parameters.Logistic != nil:
		if middle, ok := trend.TimeAt(t.Parameters.Logistic.MidpointYears.Value); ok {
			return say(lang, "finding.logistic", what, quantity.Month(middle, lang))
		}
	case t.GrowthPerYear != nil:
		return say(lang, "finding."+linearWord(*t), what, quantity.SayDifference(math.Abs(t.GrowthPerYear.Value), m.series.Metric.Unit, lang))
	}
	return say(lang, "finding.none", len(m.series.Observations), len(m.frontier.Records))
}

// linearWord is which way a straight line goes.
func linearWord(t query.Trend) string {
	if t.GrowthPerYear.Value < 0 {
		return "falls"
	}
	return "rises"
}

// legend is the line under a chart's title: quantity, unit, scale and what each mark is.
func (m measured) legend(lang string) string {
	parts := []string{unitText(lang, m.series.Metric, m.logAxis())}
	if m.params.Of == query.OfAll {
		parts = append(parts, say(lang, "legend.all"))
	} else {
		parts = append(parts, say(lang, "legend.frontier"))
	}
	if n := m.offLog(); n > 0 && m.logAxis() {
		parts = append(parts, say(lang, "legend.off-log", n))
	}
	if m.trend != nil {
		parts = append(parts, say(lang, "legend.bands", confidenceText(m.trend.Confidence)))
	}
	return strings.Join(parts, ". ")
}

// describe states a chart's finding to who can't see it; the table below has the numbers.
func (m measured) describe(lang string) string {
	records := m.frontier.Records
	if len(records) == 0 {
		return say(lang, "chart.desc-empty")
	}
	first, last := records[0], records[len(records)-1]
	unit := m.series.Metric.Unit
	text := say(lang, "chart.desc", len(m.series.Observations), quantity.Month(first.Time.Time, lang), quantity.Format(first.Value, unit, lang),
		quantity.Month(last.Time.Time, lang), last.Name, quantity.Format(last.Value, unit, lang))
	return text + " " + m.finding(lang) + "."
}

// maxNamedSources keeps a source line to a line.
const maxNamedSources = 3

// sourceLine says who published what is drawn, when it was fetched, and what the chart presumes.
func sourceLine(lang string, all []measured) string {
	names := sourceNames(lang, all)
	if names == "" {
		return ""
	}
	var newest time.Time
	fitted := false
	for _, m := range all {
		fitted = fitted || m.trend != nil
		for _, o := range m.series.Observations {
			if o.RecordedAt != nil && o.RecordedAt.After(newest) {
				newest = o.RecordedAt.Time
			}
		}
	}
	text := say(lang, "source.line", names, newest.UTC().Format(time.DateOnly)) + " " + say(lang, "source.time")
	if fitted {
		text += " " + say(lang, "source.prediction")
	}
	return text
}

// sourceNames lists the publishers that count most, with their licence where the catalogue says it, and how many more
// there are.
func sourceNames(lang string, all []measured) string {
	var names []string
	seen := map[string]bool{}
	for _, m := range all {
		for _, p := range m.publishers() {
			if seen[p.name] {
				continue
			}
			seen[p.name] = true
			name := p.name
			if s := m.series.Metric.Source; s.Name == name && s.License != "" {
				name += " (" + s.License + ")"
			}
			names = append(names, name)
		}
	}
	return firstSources(lang, names)
}

// firstSources lists the first of some names, and how many more there are.
func firstSources(lang string, names []string) string {
	list := strings.Join(names[:min(maxNamedSources, len(names))], "; ")
	if more := len(names) - maxNamedSources; more > 0 {
		list += say(lang, "source.more", more)
	}
	return list
}

// publisher is who published observations, and how many.
type publisher struct {
	name, url string
	n         int
}

// publishers lists the sources of a series, those with most observations first.
func (m measured) publishers() []publisher {
	index := map[string]int{}
	var out []publisher
	for _, o := range m.series.Observations {
		i, ok := index[o.Source.Name]
		if !ok {
			i = len(out)
			index[o.Source.Name] = i
			out = append(out, publisher{name: o.Source.Name, url: o.Source.URL})
		}
		out[i].n++
	}
	sortByCount(out)
	return out
}

// recordSentence says what the record is and how often it moved.
func (m measured) recordSentence(lang string) (key string, args []any) {
	records := m.frontier.Records
	last := records[len(records)-1]
	value := quantity.Format(last.Value, m.series.Metric.Unit, lang)
	return "answer." + recordWord(m.series.Metric), []any{last.Name, value, copula(lang, value)}
}

// recordWord is what the best value of a metric is called: a score is a record, a size is the largest, a price the lowest.
func recordWord(m metrics.Metric) string {
	switch {
	case m.LowerIsBetter():
		return "lowest"
	case m.Kind == metrics.KindBenchmark:
		return "record"
	}
	return "largest"
}

// copula is the ending of a Korean sentence after a word; English needs none.
func copula(lang, word string) string {
	if lang == "en" {
		return ""
	}
	return strings.TrimPrefix(templates.Particle(word, "이다/다"), word)
}
