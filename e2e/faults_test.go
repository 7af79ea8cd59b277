package e2e

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// sample makes a data directory with a report, its image and a table, and returns it with the folders they came from.
func sample(t *testing.T) (data, reports, figures string) {
	t.Helper()
	data, reports, figures = t.TempDir(), t.TempDir(), t.TempDir()
	write(t, filepath.Join(reports, "20250101-sample.md"), "# 견본 보고서\n\n액침 냉각을 다룬 글이다.\n\n![그림](x.svg)\n")
	write(t, filepath.Join(reports, "x.svg"), `<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"/>`)
	write(t, filepath.Join(figures, "scores.csv"), "metric,subject,time,value\nexam,a,2024-01-01,0.5\nexam,b,2024-03-01,0.7\n")
	for from, kind := range map[string]string{reports: "reports", figures: "csv"} {
		if code, _, stderr := run(t, "ingest", "--data", data, "--from", from, kind); code != 0 {
			t.Fatal(stderr)
		}
	}
	return data, reports, figures
}

// damage changes the last file of a pattern: of segments and generations, which are numbered, the last is in use for sure, and
// earlier ones may be kept just for readers that have them open.
func damage(t *testing.T, pattern string, how func([]byte) []byte) {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatal(pattern, err)
	}
	last := files[len(files)-1]
	body, err := os.ReadFile(last)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(last, how(body), 0o644); err != nil {
		t.Fatal(err)
	}
}

// Doctor names the part of a data directory that is damaged and how to mend it, and mending it that way works.
func TestDamage(t *testing.T) {
	half := func(b []byte) []byte { return b[:len(b)/2] }
	flip := func(b []byte) []byte {
		for i := 0; i < len(b); i += max(1, len(b)/16) {
			b[i] ^= 0x55
		}
		return b
	}
	whole, reports, figures := sample(t)
	for _, test := range []struct {
		name, file string
		how        func([]byte) []byte
		part       string
		remove     string // what the advice says to remove
	}{
		{"ledger cut", "metrics.db", half, "ledger", "metrics.db*"},
		{"ledger flipped", "metrics.db", flip, "ledger", "metrics.db*"},
		{"journal flipped", "ingest.db", flip, "journal", "ingest.db*"},
		{"forecasts flipped", "forecasts.db", flip, "forecasts", "forecasts.db*"},
		{"pointer flipped", "index/CURRENT", flip, "index", "index"},
		{"owners cut", "index/seg-*/owners.json", half, "index", "index"},
		{"manifest cut", "library/*/manifest.json", half, "library", "library/*"},
		{"blob cut", "library/*/blobs/*/*", half, "library", "library/*"},
		{"blob flipped", "library/*/blobs/*/*", flip, "library", "library/*"},
	} {
		t.Run(test.name, func(t *testing.T) {
			data := t.TempDir()
			if err := os.CopyFS(data, os.DirFS(whole)); err != nil {
				t.Fatal(err)
			}
			damage(t, filepath.Join(data, test.file), test.how)
			code, stdout, stderr := run(t, "doctor", "--data", data)
			if code != 1 || !strings.Contains(stdout, "wrong  "+test.part) || !strings.Contains(stdout, "mend: ") || strings.Contains(stdout+stderr, "panic") {
				t.Fatalf("doctor: %d\n%s%s", code, stdout, stderr)
			}
			gone, err := filepath.Glob(filepath.Join(data, test.remove))
			if err != nil {
				t.Fatal(err)
			}
			for _, path := range gone {
				if err := os.RemoveAll(path); err != nil {
					t.Fatal(err)
				}
			}
			for from, kind := range map[string]string{reports: "reports", figures: "csv"} {
				if code, _, stderr := run(t, "ingest", "--data", data, "--force", "--from", from, kind); code != 0 {
					t.Fatal(stderr)
				}
			}
			if code, stdout, _ := run(t, "doctor", "--data", data); code != 0 {
				t.Errorf("after mending doctor says\n%s", stdout)
			}
			if _, stdout, _ := run(t, "search", "--data", data, "--json", "액침"); !strings.Contains(stdout, "20250101-sample") {
				t.Errorf("after mending a search finds %s", stdout)
			}
			if _, stdout, _ := run(t, "export", "--data", data, "--format", "csv", "exam"); strings.Count(stdout, "\r\n") != 3 {
				t.Errorf("after mending there are %q", stdout)
			}
		})
	}
}

// A server that is killed leaves a data directory that the next one serves at once.
func TestKilledServer(t *testing.T) {
	data, _, _ := sample(t)
	for range 3 {
		cmd := exec.CommandContext(t.Context(), program, "serve", "--addr", "127.0.0.1:0", "--no-bundled", "--data", data)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || !strings.HasPrefix(line, "serving ") {
			t.Fatal(line, err)
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // it was killed
	}
	if code, stdout, _ := run(t, "doctor", "--data", data); code != 0 {
		t.Errorf("doctor says\n%s", stdout)
	}
	var found struct{ Total int }
	fetchJSON(t, serve(t, "--data", data, "--no-bundled")+"/api/v1/reports", &found)
	if found.Total != 1 {
		t.Errorf("%d reports are left", found.Total)
	}
}
