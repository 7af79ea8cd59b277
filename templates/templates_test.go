package templates

import (
	"bytes"
	"html/template"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

func newEngine(t *testing.T) *Engine {
	t.Helper()
	e, err := New(Config{ChartCSS: ".plot{}"})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// TestRender executes each template with a page whose every field is set, and with one whose every field is blank, in
// both languages: a field or message that a template misspells fails here, and so does a value in the wrong context.
func TestRender(t *testing.T) {
	e := newEngine(t)
	for _, p := range Pages() {
		for _, lang := range []string{"ko", "en"} {
			for name, set := range map[string]bool{"full": true, "blank": false} {
				t.Run(p.Template()+"/"+lang+"/"+name, func(t *testing.T) {
					page := reflect.New(reflect.TypeOf(p)).Elem()
					if set {
						fill(page, 0)
					}
					page.FieldByName("Frame").FieldByName("Lang").SetString(lang)
					body, err := e.Render(page.Interface().(Page))
					if err != nil {
						t.Fatal(err)
					}
					for _, wrong := range []string{"%!", "<no value>", "ZgotmplZ", "<nil>"} {
						if at := bytes.Index(body, []byte(wrong)); at >= 0 {
							t.Errorf("the page says %s: …%s", wrong, body[max(0, at-80):min(len(body), at+40)])
						}
					}
					if !bytes.HasSuffix(bytes.TrimSpace(body), []byte("</html>")) {
						t.Error("the page does not end with </html>")
					}
					if set && !bytes.Contains(body, []byte(`<html lang="`+lang+`"`)) {
						t.Errorf("the page does not say that it is in %s", lang)
					}
				})
			}
		}
	}
}

// fill sets every field that can be set: two of each slice, something in each string.
func fill(v reflect.Value, depth int) {
	if depth > 6 {
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				fill(v.Field(i), depth+1)
			}
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), depth+1)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fallthrough
	case reflect.Array:
		for i := range v.Len() {
			fill(v.Index(i), depth+1)
		}
	case reflect.String:
		switch v.Type() {
		case reflect.TypeFor[template.JS]():
			v.SetString("{}")
		case reflect.TypeFor[template.HTML]():
			v.SetString("<i>x</i>")
		default:
			v.SetString("/x")
		}
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(1)
	case reflect.Float64:
		v.SetFloat(1)
	}
}

func TestRenderEscapes(t *testing.T) {
	page := Problem{Frame: Frame{Lang: "en", Title: `</title><script>`, Query: `"><script>`}, Heading: "<script>", Detail: "<script>"}
	body, err := newEngine(t).Render(page)
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(body, []byte("<script")); n != 1 {
		t.Errorf("%d script elements; want the one of the layout:\n%s", n, body)
	}
}

// TestChartSheet checks that the sheet of charts is loaded where there is one, and that a text about one is none.
func TestChartSheet(t *testing.T) {
	for markup, want := range map[template.HTML]bool{`<svg class="plot full"></svg>`: true, ``: false, `class=&#34;plot full`: false} {
		body, err := newEngine(t).Render(Design{Frame: Frame{Lang: "ko", Query: `class="plot `}, Chart: &Chart{Wide: markup}})
		if err != nil {
			t.Fatal(err)
		}
		if got := bytes.Contains(body, []byte("chart.css")); got != want {
			t.Errorf("with %q the page loads the sheet of charts: %v", markup, got)
		}
	}
}

type unknownPage struct{ Frame }

func (unknownPage) Template() string { return "unknown" }

func TestRenderUnknownPage(t *testing.T) {
	if _, err := newEngine(t).Render(unknownPage{}); err == nil || !strings.Contains(err.Error(), "unknown") {
		t.Errorf("got %v; want an error that names the template", err)
	}
}

// TestPolicy keeps the markup to what the content security policy lets a browser use.
func TestPolicy(t *testing.T) {
	inline := regexp.MustCompile(`(?i)<style|\sstyle=|\son[a-z]+=|<script>|javascript:|<iframe|src="https?:`)
	for _, name := range templateFiles(t) {
		body, err := files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if m := inline.Find(body); m != nil {
			t.Errorf("%s has %q, which a browser would refuse", name, m)
		}
	}
}
