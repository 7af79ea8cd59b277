package content

import (
	"regexp"
	"strings"
)

var respectivelyWords = regexp.MustCompile(`각각|respectively`)

// respectively reads "A와 B에서 각각 x와 y": as many values as names, in order. It reports whether the sentence is of that
// form; one whose counts differ claims nothing that could be tied.
func (r *Recognizer) respectively(v *view) ([]Claim, bool) {
	at := respectivelyWords.FindStringIndex(v.text)
	if at == nil {
		return nil, false
	}
	var out []Claim
	for _, c := range v.clauses {
		for _, group := range []clause{c, v.around(c)} {
			if !respectivelyWords.MatchString(group.text) {
				continue
			}
			var values []quantity
			for _, q := range v.values {
				if group.has(q.start) && !hedged(v.text, q) {
					values = append(values, q)
				}
			}
			if len(values) >= 2 && c.spans[0] == group.spans[0] {
				out = append(out, r.paired(v, values, group)...)
				break
			}
		}
	}
	return out, true
}

// around joins the clauses that a list runs over: those of the same bracket.
func (v *view) around(c clause) clause {
	inside := func(s [2]int) bool {
		return strings.Count(v.text[:s[0]], "(") > strings.Count(v.text[:s[0]], ")")
	}
	var g clause
	for _, d := range v.clauses {
		if inside(d.spans[0]) == inside(c.spans[0]) {
			g.spans = append(g.spans, d.spans...)
			g.text += d.text
		}
	}
	return g
}

// paired ties values to names in order.
func (r *Recognizer) paired(v *view, values []quantity, g clause) []Claim {
	for _, q := range values[1:] {
		if q.dimension != values[0].dimension {
			return nil
		}
	}
	if forecastWords.MatchString(g.text) || errorWords.MatchString(g.text) && values[0].dimension == "fraction" {
		return nil
	}
	var out []Claim
	benchmarks := v.within(g, func(n found) bool { return r.scored(n) && fits(r.metrics[n.id].Unit, values[0]) })
	models := v.within(g, r.of("model"))
	switch {
	case len(benchmarks) == len(values) && len(models) <= 1:
		for i, q := range values {
			subject := ""
			if len(models) == 1 && !models[0].variant {
				subject = models[0].id
			}
			out = append(out, r.claim(q, benchmarks[i].id, subject))
		}
	case len(benchmarks) == 1 && len(models) == len(values):
		for i, q := range values {
			if !models[i].variant {
				out = append(out, r.claim(q, benchmarks[0].id, models[i].id))
			}
		}
	case len(benchmarks) == 0:
		for i, q := range values {
			rule, names := r.ruleFor(v, q, g)
			if rule.metric != "" && len(names) == len(values) && !names[i].variant {
				out = append(out, r.claim(q, rule.metric, names[i].id))
			}
		}
	}
	return out
}
