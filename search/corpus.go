package search

import (
	"regexp"
	"strings"
	"time"

	"github.com/scalebook/scalebook/content"
	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/search/korean"
)

// Corpus is what a generation is built from.
type Corpus struct {
	Reports  []*content.Report
	Metrics  []metrics.Metric
	Subjects []metrics.Subject
}

// owner is what a hit is about: it owns one or more documents of the index.
type owner struct {
	Kind    string    `json:"kind"`
	ID      string    `json:"id"`
	Title   string    `json:"title"`
	TitleEn string    `json:"title_en,omitempty"`
	Lang    string    `json:"lang,omitempty"`
	Date    time.Time `json:"date,omitzero"`
	// Names are what a query may call it.
	Names []string `json:"names,omitempty"`
	// Term is the glossary entry of a term.
	Term *GlossaryEntry `json:"term,omitempty"`
}

// url returns the page of the owner.
func (o *owner) url() string {
	switch o.Kind {
	case KindMetric:
		return "/metrics/" + o.ID
	case KindSubject:
		return "/subjects/" + o.ID
	case KindTerm:
		return "/glossary#" + o.ID
	}
	return "/reports/" + o.ID
}

// source is a document before analysis.
type source struct {
	owner   uint32
	entity  bool
	anchor  string
	heading string
	text    string
	// context is what the text stands under: title and heading, or the names of an entity.
	context string
	weight  float64
}

// documents lists the owners and documents of a corpus and of the glossary, which mined terms have joined.
func documents(c Corpus, glossary []GlossaryEntry) ([]owner, []source) {
	var owners []owner
	var docs []source
	for _, r := range c.Reports {
		o := uint32(len(owners))
		owners = append(owners, owner{Kind: KindReport, ID: r.Slug, Title: r.Title, Lang: r.Lang, Date: r.Date})
		docs = append(docs, reportDocuments(o, r)...)
	}
	for _, m := range c.Metrics {
		o := uint32(len(owners))
		names := append([]string{m.ID, m.Title.Ko, m.Title.En}, m.Aliases...)
		owners = append(owners, owner{Kind: KindMetric, ID: m.ID, Title: m.Title.In("ko"), TitleEn: m.Title.In("en"), Names: names})
		context := strings.Join(names, ". ")
		docs = append(docs, source{owner: o, entity: true, text: korean.Normalize(m.Definition.In("ko")), context: context})
		if m.Definition.En != "" && m.Definition.Ko != "" {
			docs = append(docs, source{owner: o, entity: true, text: korean.Normalize(m.Definition.En), context: context})
		}
	}
	for _, s := range c.Subjects {
		o := uint32(len(owners))
		names := append([]string{s.ID, s.Name}, s.Aliases...)
		owners = append(owners, owner{Kind: KindSubject, ID: s.ID, Title: s.Name, Date: s.Released, Names: names})
		text := joinNonEmpty(" · ", s.Name, s.Organization, s.Country, s.Kind, strings.Join(s.Aliases, ", "))
		docs = append(docs, source{owner: o, entity: true, text: korean.Normalize(text), context: strings.Join(names, ". ")})
	}
	for i := range glossary {
		o := uint32(len(owners))
		e := glossary[i]
		owners = append(owners, termOwner(e))
		docs = append(docs, source{owner: o, entity: true, anchor: e.ID(), text: termText(e), context: strings.Join(e.forms(), ". ")})
	}
	return owners, docs
}

func termOwner(e GlossaryEntry) owner {
	return owner{Kind: KindTerm, ID: e.ID(), Title: e.Title(), Names: e.forms(), Term: &e}
}

// termText is what stands in a glossary entry.
func termText(e GlossaryEntry) string {
	return joinNonEmpty(" — ", joinNonEmpty(", ", e.forms()...), e.Note)
}

// reportDocuments lists the passages of a report. One without any still has a document, so that its title is found.
func reportDocuments(o uint32, r *content.Report) []source {
	title := korean.Normalize(r.Title)
	docs := make([]source, 0, len(r.Passages)+1)
	for _, p := range r.Passages {
		heading := korean.Normalize(p.Heading)
		context := title
		if heading != title {
			context = joinNonEmpty(". ", title, heading)
		}
		docs = append(docs, source{owner: o, anchor: p.Anchor, heading: heading, text: korean.Normalize(p.Text), context: context, weight: passageWeight(p)})
	}
	if len(docs) == 0 {
		docs = append(docs, source{owner: o, text: korean.Normalize(r.Summary), context: title})
	}
	return docs
}

// passageWeight is less than 1 for what stands beside the text: captions, credits, notes and code.
func passageWeight(p content.Passage) float64 {
	switch {
	case creditLine.MatchString(p.Text):
		return 0.6
	case p.Kind == "caption", p.Kind == "code":
		return 0.8
	case strings.HasPrefix(p.Anchor, "fn"):
		return 0.85
	}
	return 1
}

// creditLine matches a line that only names where something is from.
var creditLine = regexp.MustCompile(`^\s*(?:(?:이미지|사진|그림|Image|Figure)[.,]?\s+)?(?:Source|Sources|출처|자료|참고|원본|원문|이미지|사진)\s*[:：]`)

func joinNonEmpty(sep string, parts ...string) string {
	kept := parts[:0:0]
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, sep)
}

// withMined returns the glossary and the pairs that the reports themselves give, as 한국어(English), where the glossary
// does not list them yet.
func withMined(glossary []GlossaryEntry, reports []*content.Report) []GlossaryEntry {
	all := glossary[:len(glossary):len(glossary)]
	known := map[string]bool{}
	ids := map[string]bool{}
	for _, e := range glossary {
		ids[e.ID()] = true
		for _, f := range e.forms() {
			known[nameKey(f)] = true
		}
	}
	for _, r := range reports {
		for _, t := range r.Terms {
			e := GlossaryEntry{En: korean.Normalize(strings.TrimSpace(t.En)), Ko: korean.Normalize(strings.TrimSpace(t.Ko)), Kind: "mined"}
			if e.En == "" || e.Ko == "" || known[nameKey(e.Ko)] && known[nameKey(e.En)] || ids[e.ID()] {
				continue
			}
			known[nameKey(e.Ko)], known[nameKey(e.En)], ids[e.ID()] = true, true, true
			all = append(all, e)
		}
	}
	return all
}
