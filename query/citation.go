package query

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/scalebook/scalebook/metrics"
)

// Citation is how an answer is cited. Revision names the data it was computed from: two ledgers with the same content have
// the same one. URL asks the question again; it is relative to where scalebook is served.
type Citation struct {
	Text     metrics.Text        `json:"text"`
	BibTeX   string              `json:"bibtex"`
	URL      string              `json:"url"`
	Revision string              `json:"revision"`
	Sources  []metrics.Reference `json:"sources,omitempty"`
}

// ShortRevision is enough of a state's id to tell revisions apart in print.
func ShortRevision(id string) string { return id[:min(12, len(id))] }

func (e *Engine) cite(ctx context.Context, m metrics.Metric, obs []metrics.Observation, question string, v url.Values) (Citation, error) {
	state, err := e.ledger.State(ctx)
	if err != nil {
		return Citation{}, fmt.Errorf("state of the ledger: %w", err)
	}
	revision := ShortRevision(state.ID)
	sources := sourcesOf(m, obs)
	names := make([]string, len(sources))
	for i, s := range sources {
		names[i] = s.Name
	}
	address := "/trends?" + v.Encode()
	if question != "trend" {
		address = "/api/v1/" + question + "?" + v.Encode()
	}
	return Citation{
		Text: metrics.Text{
			Ko: fmt.Sprintf("scalebook, 「%s 추세」, 자료 판 %s. 원자료: %s.", m.Title.In("ko"), revision, strings.Join(names, "; ")),
			En: fmt.Sprintf("scalebook, “%s, %s”, data revision %s. Source data: %s.", m.Title.In("en"), question, revision, strings.Join(names, "; ")),
		},
		BibTeX: fmt.Sprintf("@misc{scalebook-%s-%s,\n  title = {%s, %s},\n  author = {{scalebook}},\n  note = {Data revision %s. Source data: %s},\n  url = {%s}\n}",
			m.ID, revision, bibtex(m.Title.In("en")), question, revision, bibtex(strings.Join(names, "; ")), address),
		URL: address, Revision: revision, Sources: sources,
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

func bibtex(s string) string {
	return strings.NewReplacer(`\`, `\textbackslash{}`, "{", `\{`, "}", `\}`, "&", `\&`, "%", `\%`, "#", `\#`, "_", `\_`, "$", `\$`).Replace(s)
}
