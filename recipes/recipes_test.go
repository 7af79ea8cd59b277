// Package recipes has scripts that ask scalebook from other languages. Tests run each against a live server.
package recipes

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/scalebook/scalebook/chart"
	"github.com/scalebook/scalebook/server"
	"github.com/scalebook/scalebook/server/servertest"
	"github.com/scalebook/scalebook/templates"
	"github.com/scalebook/scalebook/testpart"
)

// python has the packages that recipes import; `make recipe-tools` makes it.
var python = filepath.Join("..", ".cache", "python", "bin", "python")

func TestRecipes(t *testing.T) {
	address := serve(t)
	for _, r := range []struct {
		file, interpreter string
		prints            []string
	}{
		{"curl.sh", "sh", []string{`{"metric":{"id":"gpqa-diamond"`, "gpqa-diamond", "@misc{scalebook-gpqa-diamond-frontier-"}},
		{"trend.mjs", "node", []string{"doubling every 2.0", "data revision"}},
		{"pandas_series.py", python, []string{"2024-", "0.8"}},
		{"duckdb_tables.py", python, []string{"rows", "0.0"}},
		{"doubling.R", "Rscript", []string{"doubling every 2.0"}},
	} {
		t.Run(r.file, func(t *testing.T) {
			interpreter, err := exec.LookPath(r.interpreter)
			if err != nil {
				testpart.Missing(t, "%s is missing: `make packages recipe-tools`", r.interpreter)
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			cmd := exec.CommandContext(ctx, interpreter, r.file)
			cmd.Env = append(os.Environ(), "SCALEBOOK="+address)
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			for _, part := range r.prints {
				if !strings.Contains(string(out), part) {
					t.Errorf("no %q in:\n%s", part, out)
				}
			}
		})
	}
}

// TestGeneratedClient generates a client from the description that a server gives, and asks every route with it.
func TestGeneratedClient(t *testing.T) {
	interpreter, err := filepath.Abs(python)
	if err != nil {
		t.Fatal(err)
	}
	generator := filepath.Join(filepath.Dir(interpreter), "openapi-python-client")
	if _, err := os.Stat(generator); err != nil {
		testpart.Missing(t, "openapi-python-client is missing: `make recipe-tools`")
	}
	address, dir := serve(t), t.TempDir()
	description, err := server.Description()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "openapi.json")
	if err := os.WriteFile(file, description, 0o644); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	generate := exec.CommandContext(ctx, generator, "generate", "--path", file, "--meta", "none", "--output-path", filepath.Join(dir, "generated"))
	if out, err := generate.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	out, err := exec.CommandContext(ctx, interpreter, filepath.Join("testdata", "generated.py"), dir, address).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "routes answered") {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestRecipesAreDocumented holds docs/recipes.md to the files: each is there as it is.
func TestRecipesAreDocumented(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "docs", "recipes.md"))
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("*.*")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if filepath.Ext(file) == ".go" {
			continue
		}
		script, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(page), string(script)) {
			t.Errorf("docs/recipes.md does not have %s as it is", file)
		}
	}
}

// serve returns the address of a server of the bundled content.
func serve(t *testing.T) string {
	t.Helper()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	bundled, err := servertest.Open(t.TempDir())
	check(err)
	pages, err := templates.New(templates.Config{ChartCSS: chart.CSS()})
	check(err)
	s, err := server.New(server.Config{Ledger: bundled.Ledger, Library: bundled.Library, Index: bundled.Index, Glossary: bundled.Glossary, Templates: pages, Version: "test"})
	check(err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, listener) }()
	t.Cleanup(func() {
		stop()
		check(<-ended)
	})
	return "http://" + listener.Addr().String()
}
