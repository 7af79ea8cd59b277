package content

import (
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares a result with a file of testdata, or rewrites the file.
func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Error(diff)
	}
}

// outline is what a golden of a pass shows: what the pass can change.
func outline(t *testing.T, src []byte, skip []string) string {
	t.Helper()
	r, err := Parse(src, ParseConfig{Path: "20240102-a.md", Skip: skip})
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.MarshalIndent(struct {
		Title, Summary, OriginalURL, Translator string
		Keywords                                []string
		Trends                                  []TrendBlock
		Lint                                    []Lint
	}{r.Title, r.Summary, r.OriginalURL, r.Translator, r.Keywords, r.Trends, r.Lint}, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b) + "\n" + r.HTML
}

// TestPasses shows each pass alone at work, and that without it the result is another.
func TestPasses(t *testing.T) {
	for _, name := range Passes() {
		t.Run(name, func(t *testing.T) {
			src, err := os.ReadFile(filepath.Join("testdata", "passes", name+".md"))
			if err != nil {
				t.Fatal(err)
			}
			others := slices.DeleteFunc(Passes(), func(n string) bool { return n == name })
			got := outline(t, src, others)
			golden(t, filepath.Join("testdata", "passes", name+".golden"), got)
			if got == outline(t, src, Passes()) {
				t.Error("the pass changes nothing")
			}
		})
	}
}

// TestPassesKeepWords shows that no pass, alone or with the others, adds or loses a letter of the text.
func TestPassesKeepWords(t *testing.T) {
	letters := func(src []byte, skip []string) string {
		r, err := Parse(src, ParseConfig{Path: "20240102-a.md", Skip: skip})
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		if len(skip) == 0 || !slices.Contains(skip, "title") {
			b.WriteString(r.Title)
		}
		for _, s := range r.Sections {
			b.WriteString(rawText(s.HTML))
		}
		var ls []rune
		for _, c := range b.String() {
			if unicode.Is(unicode.Hangul, c) {
				ls = append(ls, c)
			}
		}
		return string(ls)
	}
	for _, name := range []string{"heading-space", "bold-space", "broken-cell", "table-delimiter", "paragraph-lines", "accidental-code", "heading-paragraph", "heading-level", "literal-stars", "note", "bold-heading", "wiki-link", "delimited-table"} {
		src, err := os.ReadFile(filepath.Join("testdata", "passes", name+".md"))
		if err != nil {
			t.Fatal(err)
		}
		with := letters(src, []string{"title", "figure"})
		if without := letters(src, Passes()); with != without {
			t.Errorf("%s: %s", name, cmp.Diff(without, with))
		}
	}
}

// TestSourcePassesLeaveCommonMarkAlone runs the line passes over the specification's examples. Those that a pass changes
// are listed with the reason.
func TestSourcePassesLeaveCommonMarkAlone(t *testing.T) {
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/yuin/goldmark").Output()
	if err != nil {
		t.Fatalf("goldmark's module can't be found: %v", err)
	}
	b, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), "_test", "spec.json"))
	if err != nil {
		t.Fatalf("goldmark's module comes without the examples: %v", err)
	}
	var examples []struct {
		Markdown string
		Example  int
		Section  string
	}
	if err := json.Unmarshal(b, &examples); err != nil {
		t.Fatal(err)
	}
	changed := map[string][]int{}
	for _, e := range examples {
		for _, p := range sourcePasses {
			s := newSource([]byte(e.Markdown), 1, &Report{}, nil)
			before := string(s.bytes())
			p.run(s)
			if string(s.bytes()) != before {
				changed[p.name] = append(changed[p.name], e.Example)
			}
		}
	}
	var lines []string
	for _, name := range Passes() {
		for _, n := range changed[name] {
			i := slices.IndexFunc(examples, func(e struct {
				Markdown string
				Example  int
				Section  string
			}) bool {
				return e.Example == n
			})
			q, err := json.Marshal(examples[i].Markdown)
			if err != nil {
				t.Fatal(err)
			}
			lines = append(lines, name+"\t"+examples[i].Section+"\t"+string(q))
		}
	}
	golden(t, filepath.Join("testdata", "commonmark-differences.txt"), strings.Join(lines, "\n")+"\n")
}
