package markdown

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"

	"github.com/scalebook/scalebook/testpart"
)

// specExample is an example of the CommonMark specification, as goldmark's module carries them.
type specExample struct {
	Markdown string
	HTML     string
	Example  int
	Section  string
}

func specExamples(t *testing.T) []specExample {
	t.Helper()
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/yuin/goldmark").Output()
	if err != nil {
		testpart.Missing(t, "goldmark's module can't be found: %v", err)
	}
	b, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), "_test", "spec.json"))
	if err != nil {
		testpart.Missing(t, "goldmark's module comes without the examples: %v", err)
	}
	var examples []specExample
	if err := json.Unmarshal(b, &examples); err != nil {
		t.Fatal(err)
	}
	return examples
}

// differing are the examples that render differently on purpose: none of CommonMark's own does.
var differing = map[int]string{}

// TestCommonMark renders the specification's examples with the extensions of this package.
func TestCommonMark(t *testing.T) {
	examples := specExamples(t)
	if len(examples) < 600 {
		t.Fatalf("only %d examples", len(examples))
	}
	md := goldmark.New(goldmark.WithExtensions(Emphasis, Math), goldmark.WithRendererOptions(html.WithXHTML(), html.WithUnsafe()))
	for _, e := range examples {
		var b bytes.Buffer
		if err := md.Convert([]byte(e.Markdown), &b); err != nil {
			t.Fatal(err)
		}
		_, listed := differing[e.Example]
		if same := strings.TrimSpace(b.String()) == strings.TrimSpace(e.HTML); same == listed {
			t.Errorf("example %d (%s), listed as differing: %v\n%s\ngot  %s\nwant %s", e.Example, e.Section, listed, e.Markdown, b.String(), e.HTML)
		}
	}
}

// FuzzMarkdown looks for panics, and for text of other scripts that the extensions would read differently from goldmark.
func FuzzMarkdown(f *testing.F) {
	for _, s := range []string{"**a(b)**는", "$x$ $$y$$", "$$\n\n", "***_*$`", "~~$~~$", "| $a | b$ |\n|--|--|\n"} {
		f.Add(s)
	}
	ours := goldmark.New(goldmark.WithExtensions(extension.GFM, Emphasis, Math))
	plain := goldmark.New(goldmark.WithExtensions(extension.GFM))
	f.Fuzz(func(t *testing.T, s string) {
		var a, b bytes.Buffer
		if err := ours.Convert([]byte(s), &a); err != nil {
			t.Fatal(err)
		}
		if strings.ContainsFunc(s, IsCJK) || strings.Contains(s, "$") {
			return
		}
		if err := plain.Convert([]byte(s), &b); err != nil {
			t.Fatal(err)
		}
		if a.String() != b.String() {
			t.Errorf("%q\nours  %q\nplain %q", s, a.String(), b.String())
		}
	})
}
