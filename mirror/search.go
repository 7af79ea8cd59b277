package mirror

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"strconv"
	"strings"
	"unicode/utf8"

	_ "embed"

	"github.com/scalebook/scalebook/templates"
)

// scriptFile searches in the browser; indexFile is what it searches, one for each language. The index is a script, not JSON,
// because a page that was opened from a folder may load scripts and nothing else.
const (
	scriptFile = "mirror.js"
	indexFile  = "search-index.js"
)

//go:embed mirror.js
var script []byte

// index is what the search of the copy looks through.
type index struct {
	Words     map[string]string `json:"words"` // of the interface
	Documents []document        `json:"documents"`
}

// document is a report, metric or subject, with its passages.
type document struct {
	Kind     string    `json:"kind"` // as a reader reads it
	Title    string    `json:"title"`
	Names    string    `json:"names,omitempty"` // other names it is found by
	Lang     string    `json:"lang,omitempty"`
	Date     string    `json:"date,omitempty"`
	URL      string    `json:"url"` // relative to the search page
	Passages []passage `json:"passages,omitempty"`
}

type passage struct {
	Heading string `json:"h,omitempty"`
	Anchor  string `json:"a,omitempty"`
	Text    string `json:"t"`
}

func (c *copier) writeSearch(ctx context.Context, lang string) error {
	idx := index{Words: map[string]string{
		"none": templates.Message(lang, "search.none"), "tally": templates.Message(lang, "search.tally"),
	}}
	for _, collect := range []func(context.Context, string) ([]document, error){c.reports, c.metrics, c.subjects} {
		documents, err := collect(ctx, lang)
		if err != nil {
			return err
		}
		idx.Documents = append(idx.Documents, documents...)
	}
	body, err := json.Marshal(idx)
	if err != nil {
		return fmt.Errorf("mirror: search index: %w", err)
	}
	body = append([]byte("const scalebookIndex="), append(body, ";\n"...)...)
	if err := c.write(path.Join(place{lang: lang}.tree(), indexFile), body); err != nil {
		return err
	}
	return c.write(scriptFile, script)
}

// pageSize is how many reports are asked for at once.
const pageSize = 500

func (c *copier) reports(ctx context.Context, lang string) ([]document, error) {
	var out []document
	for offset := 0; ; offset += pageSize {
		var listing struct {
			Reports []struct{ Slug string }
		}
		if err := c.decode(ctx, fmt.Sprintf("/api/v1/reports?limit=%d&offset=%d", pageSize, offset), lang, &listing); err != nil {
			return nil, err
		}
		for _, r := range listing.Reports {
			var report struct {
				Title, Lang, Date string
				Sections          []struct{ Anchor, Heading, Text string }
			}
			address := "/reports/" + r.Slug
			if err := c.decode(ctx, "/api/v1"+address, lang, &report); err != nil {
				return nil, err
			}
			d := document{Kind: templates.Message(lang, "kind.report"), Title: report.Title, Lang: report.Lang, Date: report.Date, URL: c.fromSearch(address, lang)}
			for _, s := range report.Sections {
				for _, text := range paragraphs(s.Text) {
					d.Passages = append(d.Passages, passage{Heading: s.Heading, Anchor: s.Anchor, Text: text})
				}
			}
			out = append(out, d)
		}
		if len(listing.Reports) < pageSize {
			return out, nil
		}
	}
}

// paragraphs cuts a section's text where it is cut, and joins what is too short to stand as a result.
func paragraphs(text string) []string {
	const short, long = 120, 500
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if n := len(out); n > 0 && utf8.RuneCountInString(out[n-1]) < short && utf8.RuneCountInString(out[n-1])+utf8.RuneCountInString(line) < long {
			out[n-1] += " " + line
			continue
		}
		out = append(out, line)
	}
	return out
}

// titled is a text in both languages.
type titled struct{ Ko, En string }

func (t titled) in(lang string) (title, other string) {
	if lang == "en" {
		return t.En, t.Ko
	}
	return t.Ko, t.En
}

func (c *copier) metrics(ctx context.Context, lang string) ([]document, error) {
	var catalogue struct {
		Metrics []struct {
			ID                string
			Title, Definition titled
			Aliases           []string
		}
	}
	if err := c.decode(ctx, "/api/v1/metrics", lang, &catalogue); err != nil {
		return nil, err
	}
	var out []document
	for _, m := range catalogue.Metrics {
		title, other := m.Title.in(lang)
		d := document{Kind: templates.Message(lang, "kind.metric"), Title: title, Names: strings.Join(append(m.Aliases, other, m.ID), " "), URL: c.fromSearch("/metrics/"+m.ID, lang)}
		if text, _ := m.Definition.in(lang); text != "" {
			d.Passages = []passage{{Text: text}}
		}
		out = append(out, d)
	}
	return out, nil
}

func (c *copier) subjects(ctx context.Context, lang string) ([]document, error) {
	var all struct {
		Subjects []struct {
			ID, Name, Organization string
			Aliases                []string
		}
	}
	if err := c.decode(ctx, "/api/v1/subjects", lang, &all); err != nil {
		return nil, err
	}
	var out []document
	for _, s := range all.Subjects {
		if c.queued[(place{address: "/subjects/" + s.ID, lang: lang}).file()] {
			out = append(out, document{Kind: templates.Message(lang, "kind.subject"), Title: s.Name,
				Names: strings.Join(append(s.Aliases, s.ID, s.Organization), " "), URL: c.fromSearch("/subjects/"+s.ID, lang)})
		}
	}
	return out, nil
}

func (c *copier) fromSearch(address, lang string) string {
	return link(place{address: "/search", lang: lang}.file(), place{address: address, lang: lang}.file())
}

func (c *copier) decode(ctx context.Context, address, lang string, into any) error {
	answer, err := c.cfg.Get(ctx, address, lang)
	if err == nil && answer.Status != http.StatusOK {
		err = fmt.Errorf("answered %s", strconv.Itoa(answer.Status))
	}
	if err == nil {
		err = json.Unmarshal(answer.Body, into)
	}
	if err != nil {
		return fmt.Errorf("mirror %s: %w", address, err)
	}
	return nil
}

func (c *copier) writeMarker() error {
	body, err := json.MarshalIndent(c.summary, "", "  ")
	if err != nil {
		return fmt.Errorf("mirror: %w", err)
	}
	return c.write(marker, append(body, '\n'))
}
