package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/scalebook/scalebook/"

// TestImports holds the packages to the direction that data goes in: docs/design/0001 and the table of packages.
func TestImports(t *testing.T) {
	allowed := map[string][]string{
		"metrics":       {},
		"metrics/*":     {"metrics"},
		"trend":         {},
		"quantity":      {},
		"chart":         {"quantity"},
		"content":       {"content", "metrics"},
		"content/*":     {"content", "metrics"},
		"search/korean": {},
		"search/*":      {"search"},
		"search":        {"search", "content", "metrics"},
		"query":         {"metrics", "content", "trend", "quantity"},
		"ingest":        {"ingest", "metrics", "content", "search", "tracing"},
		"tracing":       {"metrics"},
		"ingest/*":      {"ingest", "metrics", "content"},
		"templates":     {},
		"mirror":        {"templates"},
		"mcp":           {"query", "search", "content", "metrics"},
		"client":        {"query", "search/hits", "metrics"},
		"server":        {"metrics", "content", "search", "trend", "query", "templates", "chart", "quantity", "tracing"},
	}
	list := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", module+"...")
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(strings.NewReader(string(out)))
	seen := 0
	for {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		name, ok := strings.CutPrefix(p.ImportPath, module)
		rule, known := ruleOf(allowed, name)
		if !ok || !known {
			continue
		}
		seen++
		for _, imported := range p.Imports {
			target, ours := strings.CutPrefix(imported, module)
			if ours && target != "testpart" && !within(name, target) && !permits(rule, target) { // testpart is for the tests of every package
				t.Errorf("%s imports %s; it may import only %v", name, target, rule)
			}
		}
	}
	if seen < 15 {
		t.Errorf("only %d packages were held to the rules", seen)
	}
}

func ruleOf(allowed map[string][]string, name string) ([]string, bool) {
	if rule, ok := allowed[name]; ok {
		return rule, true
	}
	top, _, nested := strings.Cut(name, "/")
	rule, ok := allowed[top+"/*"]
	return rule, ok && nested
}

// within reports whether target is a part of the package itself.
func within(name, target string) bool { return strings.HasPrefix(target, name+"/") }

func permits(rule []string, target string) bool {
	top, _, _ := strings.Cut(target, "/")
	return slices.Contains(rule, target) || slices.Contains(rule, top)
}
