package query

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/scalebook/scalebook/metrics"
)

// Citation is how an answer is cited: in words, as BibTeX and as CSL-JSON. Revision names the data it was computed from:
// two ledgers with the same content have the same one. URL asks the question again; it is relative to where scalebook is
// served, see [Citation.At].
type Citation struct {
	Text     metrics.Text        `json:"text"`
	BibTeX   string              `json:"bibtex"`
	CSL      CSLItem             `json:"csl"`
	URL      string              `json:"url"`
	Revision string              `json:"revision,omitempty"`
	Sources  []metrics.Reference `json:"sources,omitempty"`
}

// Cited answers say how they are cited.
type Cited interface{ Cite() Citation }

// At is the citation with addresses below base, the scheme and host that scalebook is served under.
func (c Citation) At(base string) Citation {
	if base == "" || !strings.HasPrefix(c.URL, "/") {
		return c
	}
	c.URL = base + c.URL
	c.Text.Ko += " " + c.URL
	c.Text.En += " " + c.URL
	c.CSL.URL = c.URL
	c.BibTeX = c.CSL.BibTeX()
	return c
}

// ShortRevision is enough of a state's id to tell revisions apart in print.
func ShortRevision(id string) string { return id[:min(12, len(id))] }

// questions are what is cited of a metric, by route.
var questions = map[string]metrics.Text{
	"trend":    {Ko: "추세", En: "trend"},
	"forecast": {Ko: "전망", En: "forecast"},
	"series":   {Ko: "관측값", En: "observations"},
	"frontier": {Ko: "기록", En: "records"},
	"lag":      {Ko: "격차", En: "lag"},
	"compare":  {Ko: "비교", En: "comparison"},
}

// cite says how the answer to a question about a metric is cited.
func (e *Engine) cite(ctx context.Context, m metrics.Metric, obs []metrics.Observation, question string, v url.Values) (Citation, error) {
	return e.citeSources(ctx, m, sourcesOf(m, obs), question, v)
}

func (e *Engine) citeSources(ctx context.Context, m metrics.Metric, sources []metrics.Reference, question string, v url.Values) (Citation, error) {
	state, err := e.ledger.State(ctx)
	if err != nil {
		return Citation{}, fmt.Errorf("state of the ledger: %w", err)
	}
	revision := ShortRevision(state.ID)
	cited := cmp.Or(v.Get("as_of"), revision) // what was known on a day stays the same in every later state
	key := strings.NewReplacer(":", "", ".", "").Replace(cited)
	names := make([]string, len(sources))
	for i, s := range sources {
		names[i] = s.Name
	}
	address := "/api/v1/" + question
	if question == "trend" {
		address = "/trends" // the page that answers it
	}
	if len(v) > 0 {
		address += "?" + v.Encode()
	}
	ko, en := m.Title.In("ko"), m.Title.In("en")
	if q, ok := questions[question]; ok {
		ko, en = ko+" "+q.Ko, en+", "+q.En
	}
	item := CSLItem{ID: "scalebook-" + m.ID + "-" + question + "-" + key, Type: "dataset", Title: en, Author: []CSLName{{Literal: "scalebook"}},
		Version: cited, Note: "Data revision " + cited, URL: address}
	if m.ID == question {
		item.ID = "scalebook-" + m.ID + "-" + key
	}
	from := metrics.Text{}
	if len(names) > 0 {
		from = metrics.Text{Ko: " 원자료: " + strings.Join(names, "; ") + ".", En: " Source data: " + strings.Join(names, "; ") + "."}
		item.Note += ". Source data: " + strings.Join(names, "; ")
	}
	return Citation{
		Text: metrics.Text{
			Ko: fmt.Sprintf("scalebook, 「%s」, 자료 판 %s.%s", ko, cited, from.Ko),
			En: fmt.Sprintf("scalebook, “%s”, data revision %s.%s", en, cited, from.En),
		},
		BibTeX: item.BibTeX(), CSL: item, URL: address, Revision: revision, Sources: sources,
	}, nil
}

// maxCitedSources keeps a citation readable; the series lists them all.
const maxCitedSources = 8

// sourcesOf lists who published the observations, most of them first.
func sourcesOf(m metrics.Metric, obs []metrics.Observation) []metrics.Reference {
	count := map[string]int{}
	link := map[string]string{}
	for _, o := range obs {
		count[o.Source.Name]++
		if l := link[o.Source.Name]; o.Source.URL != "" && (l == "" || o.Source.URL < l) {
			link[o.Source.Name] = o.Source.URL
		}
	}
	names := make([]string, 0, len(count))
	for name := range count {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		if count[a] != count[b] {
			return count[b] - count[a]
		}
		return strings.Compare(a, b)
	})
	refs := make([]metrics.Reference, 0, min(len(names), maxCitedSources))
	for _, name := range names[:min(len(names), maxCitedSources)] {
		ref := metrics.Reference{Name: name, URL: link[name]}
		if name == m.Source.Name {
			ref = m.Source
		}
		refs = append(refs, ref)
	}
	return refs
}

// Cite implements [Cited].
func (s Series) Cite() Citation { return s.Citation }

// Cite implements [Cited].
func (f Frontier) Cite() Citation { return f.Citation }

// Cite implements [Cited].
func (t Trend) Cite() Citation { return t.Citation }

// Cite implements [Cited].
func (l Lag) Cite() Citation { return l.Citation }

// Cite implements [Cited].
func (c Comparison) Cite() Citation { return c.Citation }

// Cite implements [Cited].
func (x CapabilityIndex) Cite() Citation { return x.Citation }

// Cite implements [Cited].
func (p Progress) Cite() Citation { return p.Citation }

// Cite implements [Cited].
func (p PriceToReach) Cite() Citation { return p.Citation }

// Cite implements [Cited].
func (o ComputeOptimal) Cite() Citation { return o.Citation }

// Cite implements [Cited].
func (r Report) Cite() Citation { return r.Citation }

// CiteReport says how a report is cited: by its author where it names one, and as a translation where it is one. There is
// no revision of data in it.
func CiteReport(r Report) Citation {
	address := "/reports/" + url.PathEscape(r.Slug)
	item := CSLItem{ID: r.Slug, Type: "report", Title: r.Title, ContainerTitle: "scalebook", Language: r.Lang, URL: address}
	by := "scalebook"
	if r.Author != "" {
		item.Author, by = []CSLName{{Literal: r.Author}}, r.Author
	}
	if r.Translator != "" {
		item.Translator = []CSLName{{Literal: r.Translator}}
	}
	if r.OriginalURL != "" {
		item.Note = "Original: " + r.OriginalURL
	}
	date := ""
	if r.Date != nil {
		item.Issued, date = cslDate(r.Date.Time), ", "+r.Date.String()
	}
	text := metrics.Text{Ko: fmt.Sprintf("%s, 「%s」, scalebook%s.", by, r.Title, date), En: fmt.Sprintf("%s, “%s”, scalebook%s.", by, r.Title, date)}
	if by == "scalebook" {
		text = metrics.Text{Ko: fmt.Sprintf("「%s」, scalebook%s.", r.Title, date), En: fmt.Sprintf("“%s”, scalebook%s.", r.Title, date)}
	}
	return Citation{Text: text, BibTeX: item.BibTeX(), CSL: item, URL: address}
}
