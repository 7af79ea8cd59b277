// Package templates is how scalebook looks: HTML, styles, script, fonts and the messages of the interface in Korean and
// English, all embedded. A page is a struct; its template is found and checked when the program starts.
package templates

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"strings"
	"unicode"
)

//go:embed layout.html pages/*.html partials/*.html
var files embed.FS

// Page is a page struct, with a [Frame] in it: what a template is executed with.
type Page interface {
	// Template is the name of the page's file in pages/, without its extension.
	Template() string
	frame() Frame
}

// Config sets up an [Engine].
type Config struct {
	// ChartCSS styles the charts that pages draw; it is served beside the other styles.
	ChartCSS string
}

// Engine renders pages. It is safe for concurrent use.
type Engine struct {
	pages  map[string]*template.Template
	parts  *template.Template // that pages are made of
	health *template.Template
	assets *assets
}

// New parses every template. A page without a template, a template without a page, and one that does not parse are errors.
func New(cfg Config) (*Engine, error) {
	a, err := loadAssets(cfg.ChartCSS)
	if err != nil {
		return nil, err
	}
	health, err := parseHealth()
	if err != nil {
		return nil, err
	}
	e := &Engine{pages: map[string]*template.Template{}, health: health, assets: a}
	functions := template.FuncMap{"asset": a.url, "particle": Particle, "lang": languageOf, "hangul": hangul, "list": list, "dict": dict}
	base, err := template.New("layout.html").Funcs(functions).Option("missingkey=error").ParseFS(files, "layout.html", "partials/*.html")
	if err != nil {
		return nil, fmt.Errorf("templates: %w", err)
	}
	if e.parts, err = base.Clone(); err != nil {
		return nil, fmt.Errorf("templates: %w", err)
	}
	for _, p := range Pages() {
		name := p.Template()
		clone, err := base.Clone()
		if err != nil {
			return nil, fmt.Errorf("template %s: %w", name, err)
		}
		t, err := clone.ParseFS(files, "pages/"+name+".html")
		if err != nil {
			return nil, fmt.Errorf("template %s: %w", name, err)
		}
		if t.Lookup("main") == nil {
			return nil, fmt.Errorf("template %s: it defines no main block", name)
		}
		e.pages[name] = t
	}
	return e, e.checkUnused()
}

// checkUnused reports a template that no page struct names.
func (e *Engine) checkUnused() error {
	names, err := fs.Glob(files, "pages/*.html")
	if err != nil {
		return err
	}
	for _, name := range names {
		if base := strings.TrimSuffix(path.Base(name), ".html"); e.pages[base] == nil {
			return fmt.Errorf("template %s: no page struct uses it", base)
		}
	}
	return nil
}

// Render returns the page as HTML. Nothing is written unless the whole page could be rendered.
func (e *Engine) Render(p Page) ([]byte, error) {
	t, ok := e.pages[p.Template()]
	if !ok {
		return nil, fmt.Errorf("template %s: not found", p.Template())
	}
	var main, whole bytes.Buffer
	if err := t.ExecuteTemplate(&main, "main", p); err != nil {
		return nil, fmt.Errorf("template %s: %w", p.Template(), err)
	}
	around := layout{Frame: p.frame(), Main: template.HTML(main.String()), Charts: bytes.Contains(main.Bytes(), []byte(`class="plot `))}
	if err := t.Execute(&whole, around); err != nil {
		return nil, fmt.Errorf("template %s: %w", p.Template(), err)
	}
	return whole.Bytes(), nil
}

// Figure returns what stands within the figure of a chart, as pages show it, in the words of a language.
func (e *Engine) Figure(lang string, chart *Chart) (template.HTML, error) {
	var out strings.Builder
	if err := e.parts.ExecuteTemplate(&out, "figure", list(Frame{Lang: lang}, chart)); err != nil {
		return "", fmt.Errorf("template figure: %w", err)
	}
	return template.HTML(out.String()), nil
}

// layout is what layout.html is executed with. The sheet that styles charts is named only where there are any.
type layout struct {
	Frame
	Main   template.HTML
	Charts bool
}

// languageOf is the language to mark a name with that comes from data: Korean where it has Hangul, else English.
func languageOf(name string) string {
	if hangul(name) {
		return "ko"
	}
	return "en"
}

// hangul reports whether a text has Korean in it, and so is to be read as Korean whatever the page's language.
func hangul(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Hangul, r) })
}

// list lets a template pass several values to a partial in order.
func list(values ...any) []any { return values }

// dict lets a template pass named values to a partial.
func dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("dict: %d arguments are no pairs", len(pairs))
	}
	out := make(map[string]any, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		key, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict: %v is no name", pairs[i])
		}
		out[key] = pairs[i+1]
	}
	return out, nil
}
