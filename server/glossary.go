package server

import (
	"slices"
	"strings"
	"sync"

	"github.com/scalebook/scalebook/content"
	"github.com/scalebook/scalebook/search"
)

// kindMined is the kind of terms that reports introduce and the edited glossary doesn't have.
const kindMined = "mined"

// glossary is every term that may be shown: the edited ones, and those mined from public reports.
type glossary struct {
	sorted map[string][]glossaryTerm       // by language, in its order
	byID   map[string]glossaryTerm         // the first of each
	mined  map[string]content.GlossaryTerm // what reports say, by id
}

// glossaryTerm is an entry with its name in an address.
type glossaryTerm struct {
	search.GlossaryEntry
	id string
}

// keptGlossary is the glossary of a version of the library: to name and sort thousands of terms takes longer than to show them.
type keptGlossary struct {
	mu      sync.Mutex
	version string
	glossary
}

func (s *Server) glossary() glossary {
	k := &s.terms
	k.mu.Lock()
	defer k.mu.Unlock()
	if version := s.cfg.Library.Version(); k.byID == nil || k.version != version { // asked before the terms, which may be newer
		k.version, k.glossary = version, s.newGlossary()
	}
	return k.glossary
}

func (s *Server) newGlossary() glossary {
	g := glossary{sorted: map[string][]glossaryTerm{}, byID: map[string]glossaryTerm{}, mined: map[string]content.GlossaryTerm{}}
	var all []glossaryTerm
	add := func(t glossaryTerm) {
		all = append(all, t)
		if _, ok := g.byID[t.id]; !ok {
			g.byID[t.id] = t
		}
	}
	known := map[string]string{} // id of a form to the id of its entry
	for _, e := range s.cfg.Glossary {
		t := glossaryTerm{e, e.ID()}
		add(t)
		for _, form := range append([]string{e.En}, e.Variants...) {
			if id := (search.GlossaryEntry{En: form}).ID(); id != "" && known[id] == "" {
				known[id] = t.id
			}
		}
	}
	public := map[string]bool{}
	for _, r := range s.cfg.Library.Reports() {
		public[r.Slug] = r.Public
	}
	for _, t := range s.cfg.Library.Glossary() {
		t.Renderings = publicRenderings(t.Renderings, public)
		if len(t.Renderings) == 0 {
			continue
		}
		e := search.GlossaryEntry{En: t.En, Ko: t.Renderings[0].Ko, Kind: kindMined}
		id := e.ID()
		if known[id] != "" {
			id = known[id]
		} else {
			known[id] = id
			add(glossaryTerm{e, id})
		}
		was := g.mined[id]
		was.En, was.Renderings = t.En, append(was.Renderings, t.Renderings...)
		g.mined[id] = was
	}
	for _, lang := range []string{"ko", "en"} {
		g.sorted[lang] = inOrder(all, lang)
	}
	return g
}

// inOrder returns terms in the order of a language, those that are the same in it as they come.
func inOrder(terms []glossaryTerm, lang string) []glossaryTerm {
	type keyed struct {
		key string
		glossaryTerm
	}
	list := make([]keyed, len(terms))
	for i, t := range terms {
		list[i] = keyed{termKey(t.GlossaryEntry, lang), t}
	}
	slices.SortStableFunc(list, func(a, b keyed) int { return strings.Compare(a.key, b.key) })
	sorted := make([]glossaryTerm, len(list))
	for i, t := range list {
		sorted[i] = t.glossaryTerm
	}
	return sorted
}

// termKey is what the glossary is sorted by in a language.
func termKey(e search.GlossaryEntry, lang string) string {
	if lang == "en" || e.Ko == "" {
		return strings.ToLower(e.En)
	}
	return strings.ToLower(e.Ko)
}

// publicRenderings keeps what public reports say, and what the operator added.
func publicRenderings(all []content.Rendering, public map[string]bool) []content.Rendering {
	var out []content.Rendering
	for _, r := range all {
		shown := slices.DeleteFunc(slices.Clone(r.Uses), func(u content.TermUse) bool { return !public[u.Report] })
		if len(shown) > 0 || len(r.Uses) == 0 {
			out = append(out, content.Rendering{Ko: r.Ko, Uses: shown})
		}
	}
	return out
}
