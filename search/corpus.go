package search

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
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
	// Texts, where given, is where the passages of reports are, which then have none themselves: they are read of reports that the
	// generation before doesn't have as they are.
	Texts Texts
}

// Texts is the passages of reports.
type Texts interface {
	// Version changes with whatever Passages returns.
	Version(slug string) string
	Passages(slug string) ([]content.Passage, error)
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

// item is an owner with what its documents are made of.
type item struct {
	owner
	// Sum is a hash of all that decides the documents.
	Sum    string
	report *content.Report
	texts  Texts
	docs   []source // where it is no report
}

// items lists what a generation of the corpus has, in the order of its owners. Mined terms join the glossary.
func (c *Corpus) items(glossary []GlossaryEntry) ([]item, error) {
	items := make([]item, 0, len(c.Reports)+len(c.Metrics)+len(c.Subjects)+len(glossary))
	for _, r := range c.Reports {
		items = append(items, item{owner: owner{Kind: KindReport, ID: r.Slug, Title: r.Title, Lang: r.Lang, Date: r.Date}, report: r, texts: c.Texts})
	}
	slices.SortFunc(items, func(a, b item) int { return compareOwners(&a.owner, &b.owner) })
	glossary = withMined(glossary, items)
	entity := func(o owner, texts ...string) {
		it := item{owner: o}
		for _, text := range texts {
			it.docs = append(it.docs, source{entity: true, text: korean.Normalize(text), context: o.context("")})
		}
		items = append(items, it)
	}
	for _, m := range c.Metrics {
		names := append([]string{m.ID, m.Title.Ko, m.Title.En}, m.Aliases...)
		texts := []string{m.Definition.In("ko")}
		if m.Definition.En != "" && m.Definition.Ko != "" {
			texts = append(texts, m.Definition.En)
		}
		entity(owner{Kind: KindMetric, ID: m.ID, Title: m.Title.In("ko"), TitleEn: m.Title.In("en"), Names: names}, texts...)
	}
	for _, s := range c.Subjects {
		names := append([]string{s.ID, s.Name}, s.Aliases...)
		entity(owner{Kind: KindSubject, ID: s.ID, Title: s.Name, Date: s.Released, Names: names},
			joinNonEmpty(" · ", s.Name, s.Organization, s.Country, s.Kind, strings.Join(s.Aliases, ", ")))
	}
	for _, e := range glossary {
		o := termOwner(e)
		items = append(items, item{owner: o, docs: []source{{entity: true, anchor: e.ID(), text: termText(e), context: o.context("")}}})
	}
	slices.SortStableFunc(items, func(a, b item) int { return compareOwners(&a.owner, &b.owner) })
	items = slices.CompactFunc(items, func(a, b item) bool { return a.key() == b.key() })
	for i := range items {
		if err := items[i].sum(); err != nil {
			return nil, err
		}
	}
	return items, nil
}

// sum works out the item's Sum: of a report whose text is elsewhere, without reading it.
func (it *item) sum() error {
	said := struct {
		Owner   owner
		Version string
		Texts   [][4]string
		Summary string
		// Keywords are in no document's text.
		Keywords []string
	}{Owner: it.owner}
	docs := it.docs
	if it.report != nil {
		said.Keywords = it.report.Keywords
	}
	switch {
	case it.report != nil && it.texts != nil:
		said.Version, said.Summary = it.texts.Version(it.report.Slug), it.report.Summary
	case it.report != nil:
		docs = reportDocuments(it.report, it.report.Passages)
	}
	for _, d := range docs {
		said.Texts = append(said.Texts, [4]string{d.anchor, d.heading, d.text, strconv.FormatFloat(d.weight, 'g', -1, 64)})
	}
	raw, err := json.Marshal(said)
	if err != nil {
		return fmt.Errorf("%s: %w", it.key(), err)
	}
	sum := sha256.Sum256(raw)
	it.Sum = hex.EncodeToString(sum[:12])
	return nil
}

// documents returns the item's documents, without their owner's number.
func (it *item) documents() ([]source, error) {
	switch {
	case it.report == nil:
		return it.docs, nil
	case it.texts == nil:
		return reportDocuments(it.report, it.report.Passages), nil
	}
	passages, err := it.texts.Passages(it.report.Slug)
	if err != nil {
		return nil, err
	}
	return reportDocuments(it.report, passages), nil
}

// key tells owners apart: a glossary may have two entries of one id.
func (o *owner) key() string { return o.Kind + "/" + o.ID + "/" + o.Title }

// compareOwners gives owners their order: reports first, the newest first of all, then the others by kind and id.
func compareOwners(a, b *owner) int {
	if a.Kind == KindReport && b.Kind == KindReport {
		return cmp.Or(b.Date.Compare(a.Date), strings.Compare(a.ID, b.ID), strings.Compare(a.Title, b.Title))
	}
	return cmp.Or(cmp.Compare(slices.Index(kinds[:], a.Kind), slices.Index(kinds[:], b.Kind)), strings.Compare(a.ID, b.ID), strings.Compare(a.Title, b.Title))
}

// context is what the texts of an owner stand under: its title with their heading, or its names.
func (o *owner) context(heading string) string {
	if o.Kind != KindReport {
		return strings.Join(o.Names, ". ")
	}
	title := korean.Normalize(o.Title)
	if heading == title {
		return title
	}
	return joinNonEmpty(". ", title, heading)
}

func termOwner(e GlossaryEntry) owner {
	return owner{Kind: KindTerm, ID: e.ID(), Title: e.Title(), Names: e.forms(), Term: &e}
}

// termText is what stands in a glossary entry.
func termText(e GlossaryEntry) string {
	return joinNonEmpty(" — ", joinNonEmpty(", ", e.forms()...), e.Note)
}

// reportDocuments lists the passages of a report. One without any still has a document, so that its title is found.
func reportDocuments(r *content.Report, passages []content.Passage) []source {
	o := owner{Kind: KindReport, Title: r.Title}
	docs := make([]source, 0, len(passages)+1)
	for _, p := range passages {
		heading := korean.Normalize(p.Heading)
		docs = append(docs, source{anchor: p.Anchor, heading: heading, text: korean.Normalize(p.Text), context: o.context(heading), weight: passageWeight(p)})
	}
	if summary := korean.Normalize(r.Summary); len(docs) == 0 || !r.Excerpt && summary != "" {
		// What the report is about as a whole: its keywords need not be words of any passage.
		docs = append(docs, source{text: summary, entity: len(docs) > 0, context: joinNonEmpty(". ", o.context(""), korean.Normalize(strings.Join(r.Keywords, ". ")))})
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
func withMined(glossary []GlossaryEntry, reports []item) []GlossaryEntry {
	all := glossary[:len(glossary):len(glossary)]
	known := map[string]bool{}
	ids := map[string]bool{}
	for _, e := range glossary {
		ids[e.ID()] = true
		for _, f := range e.forms() {
			known[nameKey(f)] = true
		}
	}
	for _, it := range reports {
		for _, t := range it.report.Terms {
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
