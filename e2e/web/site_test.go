package web

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/scalebook/scalebook/testpart"
)

// site is a running scalebook and the browser that looks at it.
type site struct {
	url       string
	browser   context.Context
	artifacts string
}

// TestSite runs everything against one server and one browser: starting either costs more than most of the tests.
func TestSite(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program and starts a browser")
	}
	s := &site{browser: startBrowser(t), url: startServer(t), artifacts: filepath.Join("..", "..", "artifacts")}
	if err := os.MkdirAll(s.artifacts, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Run("pages", s.testPages)
	t.Run("names", s.testNames)
	t.Run("keyboard", s.testKeyboard)
	t.Run("chart", s.testChart)
	t.Run("chart sheet", s.testChartSheet)
	t.Run("report chart", s.testReportChart)
	t.Run("states", s.testStates)
	t.Run("paper", s.testPaper)
	t.Run("noscript", s.testWithoutScript)
	t.Run("budget", s.testBudget)
	t.Run("tasks", s.testTasks)
}

// startBrowser starts a headless browser that ends with the test.
func startBrowser(t *testing.T) context.Context {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome", "headless-shell"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		testpart.Missing(t, "no browser is installed: `make packages`")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("lang", "ko"),
		chromedp.WSURLReadTimeout(time.Minute))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(func() {
		if err := chromedp.Cancel(ctx); err != nil {
			t.Logf("stop the browser: %v", err)
		}
		cancel()
		stop()
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start %s: %v", path, err)
	}
	return ctx
}

// startServer builds scalebook, starts it on an empty data directory and returns its address. SCALEBOOK_TEST_URL names a
// server with the bundled content and --dev to use instead, while pages are being worked on.
func startServer(t *testing.T) string {
	t.Helper()
	if address := os.Getenv("SCALEBOOK_TEST_URL"); address != "" {
		return strings.TrimSuffix(address, "/")
	}
	program := filepath.Join(t.TempDir(), "scalebook")
	build := exec.Command("go", "build", "-o", program, "../../cmd/scalebook")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	cmd := exec.Command(program, "serve", "--dev", "--addr", "127.0.0.1:0", "--data", t.TempDir())
	var progress strings.Builder
	cmd.Stderr = &progress
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Logf("stop the server: %v", err)
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("the server ended with %v\n%s", err, progress.String())
		}
	})
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		if address, ok := strings.CutPrefix(lines.Text(), "serving "); ok {
			return strings.TrimSuffix(strings.TrimSpace(address), "/")
		}
	}
	t.Fatalf("the server printed no address\n%s", progress.String())
	return ""
}

// ask decodes an answer of the API, which the pages are compared with.
func (s *site) ask(t *testing.T, path string, into any) {
	t.Helper()
	res, err := http.Get(s.url + "/api/v1" + path)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: status %d, %v: %s", path, res.StatusCode, err, body)
	}
	if err := json.Unmarshal(body, into); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

// slugs lists the reports in a language, newest first.
func (s *site) slugs(t *testing.T, lang string) []string {
	t.Helper()
	var list struct{ Reports []struct{ Slug string } }
	s.ask(t, "/reports?limit=100&lang="+lang, &list)
	if len(list.Reports) == 0 {
		t.Fatalf("no reports in %s", lang)
	}
	var out []string
	for _, r := range list.Reports {
		out = append(out, r.Slug)
	}
	return out
}

// record is the last of a metric's records.
func (s *site) record(t *testing.T, metric string) (subject, name string, value float64) {
	t.Helper()
	var f struct {
		Records []struct {
			Subject, Name string
			Value         float64
		}
	}
	s.ask(t, "/frontier?metric="+metric, &f)
	if len(f.Records) == 0 {
		t.Fatalf("%s has no record", metric)
	}
	last := f.Records[len(f.Records)-1]
	return last.Subject, last.Name, last.Value
}

// withLang adds a language to an address.
func withLang(path, lang string) string {
	u, err := url.Parse(path)
	if err != nil {
		panic(fmt.Sprintf("address %s of a test: %v", path, err))
	}
	q := u.Query()
	q.Set("lang", lang)
	u.RawQuery = q.Encode()
	return u.String()
}
