package content

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// TermRules are an operator's corrections of the mined glossary.
type TermRules struct {
	Add    []Term // pairs that the glossary has whatever the reports say
	Forbid []Term // pairs that it must not have; a pair without Ko forbids every rendering of En
}

// ReadTermRules reads corrections from CSV with the columns en, ko and action (add or forbid), in any order.
func ReadTermRules(r io.Reader) (TermRules, error) {
	var rules TermRules
	c := csv.NewReader(r)
	header, err := c.Read()
	if errors.Is(err, io.EOF) {
		return rules, nil
	}
	if err != nil {
		return rules, fmt.Errorf("term rules: %w", err)
	}
	column := map[string]int{}
	for i, h := range header {
		column[strings.ToLower(strings.TrimSpace(strings.TrimPrefix(h, "\ufeff")))] = i
	}
	for _, name := range []string{"en", "ko", "action"} {
		if _, ok := column[name]; !ok {
			return rules, fmt.Errorf("term rules: no column %q", name)
		}
	}
	for {
		row, err := c.Read()
		if errors.Is(err, io.EOF) {
			return rules, nil
		}
		if err != nil {
			return rules, fmt.Errorf("term rules: %w", err)
		}
		line, _ := c.FieldPos(0)
		t := Term{En: strings.TrimSpace(row[column["en"]]), Ko: strings.TrimSpace(row[column["ko"]])}
		switch action := strings.TrimSpace(row[column["action"]]); {
		case t.En == "":
			return rules, fmt.Errorf("term rules: line %d: no English term", line)
		case action == "forbid":
			rules.Forbid = append(rules.Forbid, t)
		case action == "add" && t.Ko != "":
			rules.Add = append(rules.Add, t)
		default:
			return rules, fmt.Errorf("term rules: line %d: action %q with Korean %q", line, action, t.Ko)
		}
	}
}

// Forbids reports whether the glossary must not have a pair.
func (r TermRules) Forbids(t Term) bool {
	return slices.ContainsFunc(r.Forbid, func(f Term) bool {
		return termKey(f.En) == termKey(t.En) && (f.Ko == "" || f.Ko == t.Ko)
	})
}

// Rendering is one Korean rendering of an English term.
type Rendering struct {
	Ko   string
	Uses []TermUse // by date, one for each report that introduces it; none for what the operator added
}

// TermUse is where a report first writes a term out in both languages.
type TermUse struct {
	Report, Anchor string
	Line           int // of the file
}

// GlossaryTerm is an English term with its renderings in the library, the most used first.
type GlossaryTerm struct {
	En         string // as most reports write it
	Renderings []Rendering
}

// termKey brings the spellings of an English term together: case, hyphens, the plural.
func termKey(en string) string {
	k := strings.ToLower(strings.NewReplacer("-", " ", "’", "'").Replace(en))
	if len(k) > 4 && strings.HasSuffix(k, "s") && !strings.HasSuffix(k, "ss") {
		k = strings.TrimSuffix(k, "s")
	}
	return strings.Join(strings.Fields(k), " ")
}

// Glossary returns the terms mined from all reports, by English term. They are made once for each state of the library, and
// are not to be changed.
func (l *Library) Glossary() []GlossaryTerm {
	return l.state.Load().glossary()
}

func (l *Library) glossaryOf(s *snapshot) []GlossaryTerm {
	type entry struct {
		spellings  map[string]int
		renderings map[string]*Rendering
	}
	entries := map[string]*entry{}
	add := func(t Term, slug string) {
		key := termKey(t.En)
		e := entries[key]
		if e == nil {
			e = &entry{map[string]int{}, map[string]*Rendering{}}
			entries[key] = e
		}
		e.spellings[t.En]++
		r := e.renderings[t.Ko]
		if r == nil {
			r = &Rendering{Ko: t.Ko}
			e.renderings[t.Ko] = r
		}
		if n := len(r.Uses); slug != "" && (n == 0 || r.Uses[n-1].Report != slug) {
			r.Uses = append(r.Uses, TermUse{slug, t.Anchor, t.Line})
		}
	}
	for _, r := range slices.Backward(s.reports) { // oldest first
		for _, t := range s.termsOf(r) {
			add(t, r.Slug)
		}
	}
	for _, t := range l.cfg.Terms.Add {
		add(t, "")
	}
	var out []GlossaryTerm
	for _, e := range entries {
		g := GlossaryTerm{}
		for en, n := range e.spellings {
			if best := e.spellings[g.En]; n > best || n == best && en < g.En {
				g.En = en
			}
		}
		for _, r := range e.renderings {
			g.Renderings = append(g.Renderings, *r)
		}
		slices.SortFunc(g.Renderings, func(a, b Rendering) int {
			return cmp.Or(len(b.Uses)-len(a.Uses), strings.Compare(a.Ko, b.Ko))
		})
		out = append(out, g)
	}
	slices.SortFunc(out, func(a, b GlossaryTerm) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.En), strings.ToLower(b.En)), strings.Compare(a.En, b.En))
	})
	return out
}

// termsOf returns the terms of a report. They are not to be changed.
func (s *snapshot) termsOf(r *Report) []Term { return s.terms()[s.entries.get(r.Slug).key] }
