package content

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestLintTexts reads every call that makes a lint: its rule is listed, what it says is there in both languages, and takes
// as many arguments as it gets.
func TestLintTexts(t *testing.T) {
	rules := map[string]bool{}
	for _, r := range LintRules() {
		rules[r.Name] = true
	}
	said := map[string]bool{"rendering/term": true} // made by Findings
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
