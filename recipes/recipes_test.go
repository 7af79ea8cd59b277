// Package recipes has scripts that ask scalebook from other languages. Tests run each against a live server.
package recipes

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
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
	address := serve(t, nil)
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

// TestNotebook shows the notebook by Observable's runtime and Plot: every cell comes to something, the chart has the
// records, and a cell that is redefined is followed.
func TestNotebook(t *testing.T) {
	modules, err := filepath.Abs(filepath.Join("..", ".cache", "observable", "node_modules"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(modules, "@observablehq", "runtime")); err != nil {
		testpart.Missing(t, "Observable's runtime is missing: `make recipe-tools`")
	}
	notebook, err := filepath.Abs("notebook.mjs")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir() // Node looks for modules beside the script
	script, err := os.ReadFile(filepath.Join("testdata", "observe.mjs"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "observe.mjs"), script, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(modules, filepath.Join(dir, "node_modules")); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", filepath.Join(dir, "observe.mjs"), notebook)
	cmd.Env = append(os.Environ(), "SCALEBOOK="+serve(t, nil))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, part := range []string{"metric: gpqa-diamond", `records: [{"time":"20`, "chart: <svg", "<circle", "source: ", "data revision", "redefined: cpu-transistors, true"} {
		if !strings.Contains(string(out), part) {
			t.Errorf("no %q in:\n%.3000s", part, out)
		}
	}
}

// starts records which sources a server was told to ingest.
type starts struct {
	server.Ingests
	mu    sync.Mutex
	named [][]string
}

func (s *starts) Runs(context.Context, int) ([]server.IngestRun, error) {
	return []server.IngestRun{}, nil
}

func (s *starts) Start(_ context.Context, names []string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.named = append(s.named, names)
	return nil
}

// TestGeneratedClient generates a client from the description that a server gives, asks every route with it and starts
// an ingest.
func TestGeneratedClient(t *testing.T) {
	interpreter, err := filepath.Abs(python)
	if err != nil {
		t.Fatal(err)
	}
	generator := filepath.Join(filepath.Dir(interpreter), "openapi-python-client")
	if _, err := os.Stat(generator); err != nil {
		testpart.Missing(t, "openapi-python-client is missing: `make recipe-tools`")
	}
	told, dir := &starts{}, t.TempDir()
	address := serve(t, told)
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
	out, err := exec.CommandContext(ctx, interpreter, filepath.Join("testdata", "generated.py"), dir, address, ingestToken).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "routes answered") {
		t.Fatalf("%v\n%s", err, out)
	}
	if want := [][]string{{"epoch-benchmarks"}, {}}; !reflect.DeepEqual(told.named, want) {
		t.Errorf("told to ingest %q, not %q", told.named, want)
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

// ingestToken lets its bearer start an ingest.
const ingestToken = "0123456789abcdef0123456789abcdef"

// serve returns the address of a server of the bundled content, which ingests where there is something that does.
func serve(t *testing.T, ingests server.Ingests) string {
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
	s, err := server.New(server.Config{Ledger: bundled.Ledger, Library: bundled.Library, Index: bundled.Index, Glossary: bundled.Glossary, Templates: pages, Version: "test",
		Ingests: ingests, Tokens: server.Token(ingestToken)})
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
