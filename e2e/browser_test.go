package e2e

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// browser starts a headless Chromium. Where none is installed the test is skipped, but not in CI.
func browser(t *testing.T) context.Context {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("no Chromium")
		}
		t.Skip("no Chromium is installed: make chromium, as root")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.Flag("no-first-run", true), chromedp.UserDataDir(t.TempDir()))
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatal(err)
	}
	return ctx
}

// complaints collects what the browser says is wrong: console errors, exceptions, policy violations, failed loads.
type complaints struct {
	mu   sync.Mutex
	list []string
}

func (c *complaints) listen(t *testing.T, ctx context.Context) {
	t.Helper()
	err := chromedp.Listen(ctx, func(event any) {
		c.mu.Lock()
		defer c.mu.Unlock()
		switch e := event.(type) {
		case *runtime.EventConsoleAPICalled:
			if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning {
				c.list = append(c.list, fmt.Sprintf("console: %v", e.Args))
			}
		case *runtime.EventExceptionThrown:
			c.list = append(c.list, "exception: "+e.ExceptionDetails.Text)
		case *log.EventEntryAdded:
			if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning || e.Entry.Source == log.EntrySourceSecurity {
				c.list = append(c.list, fmt.Sprintf("%s: %s %s", e.Entry.Source, e.Entry.Text, e.Entry.URL))
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, runtime.Enable, cdp.Empty{}); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, log.Enable, cdp.Empty{}); err != nil {
		t.Fatal(err)
	}
}

func (c *complaints) take() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	list := c.list
	c.list = nil
	return list
}

// artifacts is where screenshots are kept.
func artifacts(t *testing.T) string {
	t.Helper()
	dir := filepath.Join("..", "artifacts", "screenshots")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

var pages = []string{
	"/", "/reports", "/reports/20250324-harder-benchmarks", "/reports/20250324-harder-benchmarks?view=both", "/reports/20251103-accelerators-en",
	"/search?q=추론", "/search", "/metrics", "/metrics/gpqa-diamond", "/metrics/cpu-transistors?of=all", "/metrics/re-bench", "/metrics/hardware-flops-per-watt",
	"/subjects/nvidia-h100", "/hardware", "/trends", "/trends?metric=gpqa-diamond&fit=logistic&threshold=0.9", "/compare?metric=gpqa-diamond&metric=mmlu",
	"/index", "/glossary", "/changes", "/about", "/docs/api",
}

// views are the widths, languages and colour schemes every page is opened in.
var views = []struct {
	name, lang, scheme string
	width, height      int64
}{
	{"ko-light-1440", "ko", "light", 1440, 900},
	{"ko-dark-360", "ko", "dark", 360, 740},
	{"en-light-768", "en", "light", 768, 1024},
}

func TestPagesInABrowser(t *testing.T) {
	address := serve(t, "--data", t.TempDir())
	ctx := browser(t)
	var wrong complaints
	wrong.listen(t, ctx)
	dir := artifacts(t)
	for _, view := range views {
		t.Run(view.name, func(t *testing.T) {
			for _, page := range pages {
				check(t, ctx, &wrong, address, page, view.lang, view.scheme, view.width, view.height, filepath.Join(dir, view.name+fileName(page)+".png"))
			}
		})
	}
}

func check(t *testing.T, ctx context.Context, wrong *complaints, address, page, lang, scheme string, width, height int64, shot string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(ctx, 40*time.Second)
	defer cancel()
	wrong.take()
	target := withLang(address+page, lang)
	if err := emulate(ctx, scheme, width, height); err != nil {
		t.Errorf("%s: %v", page, err)
		return
	}
	if err := chromedp.Do(ctx, chromedp.Navigate(target), chromedp.WaitReady("footer.foot")); err != nil {
		t.Errorf("%s: %v", page, err)
		return
	}
	overflow := evaluate[int](t, ctx, `document.documentElement.scrollWidth - document.documentElement.clientWidth`)
	// Pictures that load lazily are asked for, and then have to be there.
	broken := evaluate[[]string](t, ctx, `(async () => { const all = [...document.images]; all.forEach(i => i.loading = "eager"); await Promise.all(all.map(i => i.decode().catch(() => {}))); return all.filter(i => !i.naturalWidth).map(i => i.src) })()`)
	text := evaluate[string](t, ctx, `document.body.innerText`)
	htmlLang := evaluate[string](t, ctx, `document.documentElement.lang`)
	picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		t.Errorf("%s: %v", page, err)
		return
	}
	if err := os.WriteFile(shot, picture, 0o644); err != nil {
		t.Error(err)
	}
	if overflow > 0 {
		t.Errorf("%s at %d px: %d px stick out sideways", page, width, overflow)
	}
	if len(broken) > 0 {
		t.Errorf("%s: pictures that do not load: %v", page, broken)
	}
	if htmlLang != lang {
		t.Errorf("%s: lang=%q, want %q", page, htmlLang, lang)
	}
	for _, bad := range []string{"%!", "<no value>", "NaN", "undefined", "**"} {
		if strings.Contains(text, bad) {
			t.Errorf("%s: the page shows %q", page, bad)
		}
	}
	for _, complaint := range wrong.take() {
		t.Errorf("%s: %s", page, complaint)
	}
}

func emulate(ctx context.Context, scheme string, width, height int64) error {
	_, err := chromedp.Call(ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: height, DeviceScaleFactor: 1, Mobile: width < 500})
	if err != nil {
		return err
	}
	_, err = chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
	return err
}

func evaluate[T any](t *testing.T, ctx context.Context, script string) T {
	t.Helper()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Errorf("%.60s…: %v", script, err)
	}
	return v
}

func withLang(address, lang string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	q := u.Query()
	q.Set("lang", lang)
	u.RawQuery = q.Encode()
	return u.String()
}

func fileName(page string) string {
	clean := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, page)
	return "-" + strings.Trim(clean, "-")
}

// A reader presses "/", types, and reaches a passage of a report with the keyboard alone.
func TestSearchByKeyboard(t *testing.T) {
	address := serve(t, "--data", t.TempDir())
	ctx, cancel := context.WithTimeout(browser(t), 60*time.Second)
	defer cancel()
	err := chromedp.Do(ctx,
		chromedp.Navigate(address+"/?lang=ko"),
		chromedp.WaitReady("#q"),
		chromedp.KeyEvent("/"),
		chromedp.WaitReady("#q:focus"),
		chromedp.KeyEvent("무어의 법칙"),
		chromedp.KeyEvent(kb.Enter),
		chromedp.WaitReady("#hits .hit"),
		chromedp.Focus(`#hits .hit h2 a[href^="/reports/"]`),
		chromedp.KeyEvent(kb.Enter),
		chromedp.WaitReady("article.report h1"),
	)
	if err != nil {
		t.Fatal(err)
	}
	title, err := chromedp.Run(ctx, chromedp.Text("article.report h1"))
	if err != nil {
		t.Fatal(err)
	}
	location, err := chromedp.Run(ctx, chromedp.Location())
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(location, "/reports/") || title == "" {
		t.Errorf("reached %s, %q", location, title)
	}
}
