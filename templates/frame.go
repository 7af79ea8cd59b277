package templates

import (
	"fmt"
	"html/template"
)

// Frame is what every page has around its own content.
type Frame struct {
	Lang        string // ko or en
	Title       string // of the page; the site's name is added
	Description string
	Lookalikes  []string // what in the title reads as something else
	Section     string   // the entry of the main menu that the page belongs to
	Query       string   // what the search field holds
	KoURL       string   // this page in Korean and in English
	EnURL       string
	Canonical   string // absolute, where the server knows its address
	Image       string // address of a picture for previews, absolute where the server knows its own
	Feed        string // address of a feed of this page
	Revision    string // of the data
	Updated     string // date of the newest entry of the ledger
	Pinned      string // as at when the page shows the data, where that is not now
	Unpinned    string // address of the page with the data of now
	NoIndex     bool
	Article     template.JS // JSON-LD
}

func (f Frame) frame() Frame { return f }

// T returns a message of the catalogue in the page's language. A key that is not in it is an error, which a test finds.
func (f Frame) T(key string, args ...any) (string, error) {
	m, ok := messages[key]
	if !ok {
		return "", fmt.Errorf("message %s: not in the catalogue", key)
	}
	s := m.ko
	if f.Lang == "en" {
		s = m.en
	}
	if len(args) > 0 {
		s = fmt.Sprintf(s, args...)
	}
	return s, nil
}

// Message returns a message of the catalogue, or its key where there is none.
func Message(lang, key string, args ...any) string {
	s, err := Frame{Lang: lang}.T(key, args...)
	if err != nil {
		return key
	}
	return s
}

// Ko reports whether the page is in Korean.
func (f Frame) Ko() bool { return f.Lang != "en" }

// Choice is an option among others: a link or an option of a select.
type Choice struct {
	Label   string
	Value   string // of a select's option
	URL     string
	Count   string
	Current bool
	Lang    string // of the label, where it differs from the page's
}

// Chart is a figure: the finding, what is drawn, two renderings, its source, and ways to take it along.
type Chart struct {
	ID      string
	What    string
	Unit    string
	Wide    template.HTML
	Narrow  template.HTML
	Legend  []LegendItem // what is drawn, each with the way to hide it
	Scales  []Choice     // of the value axis
	Zoom    string       // the parameter by which the address can ask for a part of it, if any does
	Reset   string       // address of the whole, where a part is shown
	Caption template.HTML
	Tools   *Tools
}

// LegendItem is a part of a chart and the address that hides it, or shows it again.
type LegendItem struct {
	Label, URL string
	Mark       template.HTML
	Hidden     bool
}

// Tools are the links under a chart.
type Tools struct {
	CSV, JSON, SVG, PNG string
	Cite, BibTeX        string
	Cited               string   // address of the answer that is cited, where it is not JSON
	Embed               []string // HTML that embeds the chart, in each way that there is
	Pinned              string   // address that keeps the state of the data
}

// Basis is how an answer was reached: a term and its value.
type Basis struct{ Term, Value string }
