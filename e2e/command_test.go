package e2e

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gofrs/flock"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// Each of these is one line that says what and why, and exit code 1; what could be read is kept, and nothing is half written.
func TestBadInput(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	in := t.TempDir()
	write(t, filepath.Join(in, "figures", "scores.csv"), "metric,subject,time,value\nexam,a,2024-01-01,0.5\nexam,b,2024-02-30,0.6\nexam,c,2024-03-01,0.7\n")
	write(t, filepath.Join(in, "shape", "scores.csv"), "metric,subject,value\nexam,a,0.5\n")
	write(t, filepath.Join(in, "reports", "good.md"), "# 좋은 글\n\n본문이 있는 글이다.\n")
	write(t, filepath.Join(in, "reports", "bad.md"), "# \xc7\xd1\xb1\xdb\n\n\xc0\xcc \xb1\xdb\xc0\xba EUC-KR\xb7\xce \xbd\xe1\xb4\xd9.\n")
	held := t.TempDir()
	lock := flock.New(filepath.Join(held, ".lock"))
	if ok, err := lock.TryLock(); err != nil || !ok {
		t.Fatal(ok, err)
	}
	defer lock.Unlock()

	for _, test := range []struct {
		name string
		args []string
		code int
		says []string
	}{
		{"missing folder", []string{"ingest", "--data", t.TempDir(), "--from", filepath.Join(in, "none"), "reports"}, 1, []string{filepath.Join(in, "none"), "no such file"}},
		{"broken row", []string{"ingest", "--data", t.TempDir(), "--from", filepath.Join(in, "figures"), "csv"}, 1, []string{"scores.csv", "row 3", "2024-02-30", "2 added"}},
		{"column gone", []string{"ingest", "--data", t.TempDir(), "--from", filepath.Join(in, "shape"), "csv"}, 1, []string{"scores.csv", `"time"`}},
		{"not UTF-8", []string{"ingest", "--data", t.TempDir(), "--from", filepath.Join(in, "reports"), "reports"}, 1, []string{"bad.md", "UTF-8"}},
		{"unknown kind", []string{"ingest", "--data", t.TempDir(), "--from", in, "tea-leaves"}, 1, []string{"tea-leaves"}},
		{"unreachable InfluxDB", []string{"ingest", "--data", t.TempDir(), "--metrics", "influx", "--from", filepath.Join(in, "figures"), "csv"}, 1, []string{"127.0.0.1:1"}},
		{"data directory in use", []string{"ingest", "--data", held, "--from", filepath.Join(in, "figures"), "csv"}, 1, []string{held, "in use"}},
		{"port in use", []string{"serve", "--data", t.TempDir(), "--addr", listener.Addr().String()}, 1, []string{listener.Addr().String(), "in use"}},
		{"unknown flag", []string{"serve", "--colour"}, 2, []string{"--colour"}},
		{"no arguments", []string{"search"}, 2, []string{"arg"}},
		{"unreadable question", []string{"trend", "--data", t.TempDir(), "gpqa-diamond", "--fit", "cubic"}, 2, []string{"linear"}},
		{"unknown metric", []string{"trend", "--data", t.TempDir(), "none"}, 1, []string{"none"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv("SCALEBOOK_INFLUX_URL", "http://127.0.0.1:1")
			t.Setenv("SCALEBOOK_INFLUX_TOKEN", "very-secret")
			code, stdout, stderr := run(t, test.args...)
			if code != test.code {
				t.Errorf("exit code %d, want %d", code, test.code)
			}
			if lines := strings.Count(strings.TrimSpace(stderr), "\n") + 1; lines != 1 {
				t.Errorf("%d lines on stderr:\n%s", lines, stderr)
			}
			for _, part := range test.says {
				if !strings.Contains(stderr, part) {
					t.Errorf("stderr does not say %q: %s", part, stderr)
				}
			}
			if stdout != "" || strings.Contains(stderr, "very-secret") {
				t.Errorf("stdout %q, stderr %q", stdout, stderr)
			}
		})
	}
}

// Good rows of an input with a bad one are served, and doctor lists the bad one.
func TestGoodRowsAreKept(t *testing.T) {
	in, data := t.TempDir(), t.TempDir()
	write(t, filepath.Join(in, "scores.csv"), "metric,subject,time,value\nexam,a,2024-01-01,0.5\nexam,b,2024-01-02,much\nexam,c,2024-03-01,0.7\n")
	if code, _, stderr := run(t, "ingest", "--data", data, "--from", in, "csv"); code != 1 {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	if _, stdout, _ := run(t, "doctor", "--data", data); !strings.Contains(stdout, "scores.csv row 3") {
		t.Errorf("doctor does not list the row:\n%s", stdout)
	}
	code, stdout, stderr := run(t, "export", "--data", data, "--format", "csv", "exam")
	if code != 0 || strings.Count(stdout, "\r\n") != 3 {
		t.Errorf("export: %d, %q, %s", code, stdout, stderr)
	}
}

// What is ingested while the server runs appears without a restart, and a second ingest changes nothing.
func TestIngestWhileServing(t *testing.T) {
	data, in := t.TempDir(), t.TempDir()
	address := serve(t, "--data", data, "--no-bundled")
	write(t, filepath.Join(in, "20250101-sample.md"), "# 견본 보고서\n\n액침 냉각을 다룬 글이다. 무어의 법칙도 나온다.\n")
	if code, _, stderr := run(t, "ingest", "--data", data, "--from", in, "reports"); code != 0 {
		t.Fatal(stderr)
	}
	var found struct{ Total int }
	waitFor(t, func() bool {
		fetchJSON(t, address+"/api/v1/search?q=%EC%95%A1%EC%B9%A8", &found)
		return found.Total == 1
	})
	_, _, stderr := run(t, "ingest", "--data", data, "--from", in, "reports")
	if !strings.Contains(stderr, "nothing changed") {
		t.Errorf("a second ingest says %q", stderr)
	}
	code, stdout, _ := run(t, "search", "--data", data, "--json", "무어")
	if code != 0 || !strings.Contains(stdout, "20250101-sample") {
		t.Errorf("search: %d %s", code, stdout)
	}
}

func fetchJSON(t *testing.T, address string, into any) {
	t.Helper()
	res, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(body, into); err != nil {
		t.Fatalf("%s: %v: %.200s", address, err, body)
	}
}
