package content

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

// TestLintTexts reads every call that makes a lint: its rule is listed, what it says is there in both languages, and takes
// as many arguments as it gets.
func TestLintTexts(t *testing.T) {
	rules := map[string]bool{}
	for _, r := range LintRules() {
		rules[r.Name] = true
	}
	said := map[string]bool{"rendering/term": true, "rendering/within": true} // made by Findings
	check := func(call *ast.CallExpr) {
		name, ok := call.Fun.(*ast.SelectorExpr)
		if !ok || len(call.Args) < 2 || name.Sel.Name != "lint" && name.Sel.Name != "lintCopy" && name.Sel.Name != "setAside" {
			return
		}
		literal, ok := call.Args[1].(*ast.BasicLit)
		if !ok {
			return // passed on
		}
		code, err := strconv.Unquote(literal.Value)
		if err != nil {
			t.Fatal(err)
		}
		rule, detail, _ := strings.Cut(code, "/")
		text, listed := lintDetails[code]
		said[code] = true
		args := len(call.Args) - 2
		if !rules[rule] || listed != (detail != "") || strings.Count(text.Ko, "%s") != args || strings.Count(text.En, "%s") != args {
			t.Errorf("%s with %d arguments says %+v", code, args, text)
		}
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				check(call)
			}
			return true
		})
	}
	for code := range lintDetails {
		if !said[code] {
			t.Errorf("nothing says %s", code)
		}
	}
	if len(said) < 30 {
		t.Errorf("only %d calls were read", len(said))
	}
}

// TestRenderings: a report that renders a term in two ways is told so, one that renders it otherwise than others is told by which.
func TestRenderings(t *testing.T) {
	l := openLibrary(t, t.TempDir())
	files := fstest.MapFS{
		"20240101-a.md": {Data: []byte("# 가\n\n체인 오브 소트(chain of thought)는 생각 사슬(chain of thought)이라고도 한다.\n")},
		"20240102-b.md": {Data: []byte("# 나\n\n체인 오브 소트(chain of thought)를 쓴다.\n")},
		"20240103-c.md": {Data: []byte("# 다\n\n사고 연쇄(chain of thought)를 쓴다.\n")},
	}
	if _, err := l.Sync(t.Context(), SourceConfig{Name: "s", Public: true}, files, "v1"); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range l.Findings() {
		if f.Rule == "rendering" {
			got = append(got, f.Path+" "+f.Other+" "+f.Text().Ko)
		}
	}
	want := []string{
		"20240101-a.md 20240101-a chain of thought: 이 글에서 ‘생각 사슬’, ‘체인 오브 소트’ 두 가지로 옮겼다",
		"20240103-c.md 20240101-a chain of thought: 이 글에서는 ‘사고 연쇄’, ‘체인 오브 소트’로 옮긴 글: 20240101-a",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
