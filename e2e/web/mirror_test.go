package web

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestMirror opens a static copy of the bundled content from its folder, with the network cut, and uses it as a reader does.
func TestMirror(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program, copies every page and starts a browser")
	}
	s := &site{browser: startBrowser(t), artifacts: filepath.Join("..", "..", "artifacts")}
	if err := os.MkdirAll(s.artifacts, 0o755); err != nil {
		t.Fatal(err)
	}
	s.url = "file://" + writeMirror(t)
	tb := s.open(t, 1440, "light")
	offline := network.EmulateNetworkConditionsByRuleParams{MatchedNetworkConditions: []*network.Conditions{{Offline: true}}}
	if _, err := chromedp.Call(tb.ctx, network.EmulateNetworkConditionsByRule, offline); err != nil {
		t.Fatal(err)
	}
	click := func(t *testing.T, selector, leadsTo string) {
		t.Helper()
		read[bool](t, tb, `(document.querySelector(`+quote(selector)+`).click(), true)`)
		tb.until(t, `document.readyState === "complete" && decodeURIComponent(location.pathname).endsWith(`+quote(leadsTo)+`)`)
	}
	calm := func(t *testing.T) {
		t.Helper()
		if problems := tb.complaints(); len(problems) > 0 {
			t.Errorf("at %s: %q", read[string](t, tb, "location.href"), problems)
		}
	}

	tb.open(t, "/index.html")
	tb.picture(t, "mirror-home")
	calm(t)
	t.Run("search in Korean", func(t *testing.T) {
		tb.strike(t, "/", "Slash", 191)
		tb.until(t, `document.activeElement.id === "copy-q"`)
		tb.press(t, "무어의 법칙을")
		tb.press(t, kb.Enter)
		tb.until(t, `document.querySelectorAll("#hits .hit").length > 0`)
		if got := read[[]string](t, tb, `[...document.querySelectorAll("#hits .hit h2 a")].slice(0, 3).map((a) => a.getAttribute("href"))`); !strings.Contains(strings.Join(got, " "), "/reports/") {
			t.Errorf("no report is among the first hits for Moore's law: %q", got)
		}
		if got := read[string](t, tb, `document.querySelector("#hits mark").textContent`); !strings.HasPrefix("무어의 법칙을", got) && !strings.HasPrefix("법칙을", got) {
			t.Errorf("%q is marked", got)
		}
		tb.picture(t, "mirror-search")
		click(t, `#hits .hit a[href*="/reports/"]`, "/index.html")
		calm(t)
	})
	t.Run("read, and follow a number", func(t *testing.T) {
		tb.open(t, "/reports/index.html")
		click(t, `main a[href*="harder-benchmarks"]`, "harder-benchmarks/index.html")
		click(t, `a.mention[href*="gpqa-diamond"]`, "/metrics/gpqa-diamond/index.html")
		if !read[bool](t, tb, `document.querySelector("svg.plot.full") !== null && document.querySelectorAll("table.table tbody tr").length > 3`) {
			t.Error("the metric's page lacks its chart or its records")
		}
		tb.picture(t, "mirror-metric")
		calm(t)
	})
	t.Run("the other language", func(t *testing.T) {
		click(t, `.langs a[lang="en"]`, "/en/metrics/gpqa-diamond/index.html")
		if got := read[string](t, tb, `document.documentElement.lang`); got != "en" {
			t.Errorf("the English page is in %s", got)
		}
		calm(t)
	})
}

// open opens an address that has no status.
func (tb *tab) open(t *testing.T, path string) {
	t.Helper()
	if err := chromedp.Do(tb.ctx, chromedp.Navigate(tb.site.url+path)); err != nil {
		t.Fatalf("open %s: %v", path, err)
	}
	tb.until(t, `document.readyState === "complete"`)
}

// writeMirror copies the bundled content into a folder and returns it. A link that leads nowhere fails the test.
func writeMirror(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	program, data, copied := filepath.Join(dir, "scalebook"), filepath.Join(dir, "data"), filepath.Join(dir, "copy")
	build := exec.Command("go", "build", "-o", program, "../../cmd/scalebook")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	for _, cmd := range []*exec.Cmd{build, exec.Command(program, "ingest", "--bundled", "--data", data), exec.Command(program, "export", "--site", copied, "--data", data)} {
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", strings.Join(cmd.Args[1:], " "), err, out)
		}
		if dead := "a link leads nowhere"; strings.Contains(string(out), dead) {
			t.Errorf("%s", out)
		}
	}
	return copied
}
