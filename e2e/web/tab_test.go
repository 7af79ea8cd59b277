package web

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

const actionTimeout = 30 * time.Second

// tab is a tab with its own cookies and storage. It notes whatever the browser complains about.
type tab struct {
	ctx  context.Context
	site *site

	mu       sync.Mutex
	problems []string
	expected int // status that the page itself may have
	loaded   map[network.RequestID]*resource
}

// resource is something the page loaded.
type resource struct {
	kind  network.ResourceType
	url   string
	bytes float64
}

// open opens a tab of a given width; scheme is light or dark.
func (s *site) open(t *testing.T, width int64, scheme string) *tab {
	t.Helper()
	tb := &tab{site: s, loaded: map[network.RequestID]*resource{}}
	ctx, cancel := chromedp.NewContext(s.browser, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	tb.ctx = ctx
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Listen(ctx, tb.note); err != nil {
		t.Fatal(err)
	}
	tb.resize(t, width)
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}}
	if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, media); err != nil {
		t.Fatal(err)
	}
	return tb
}

func (tb *tab) resize(t *testing.T, width int64) {
	t.Helper()
	height := int64(900)
	if width < 500 {
		height = 780
	}
	if err := chromedp.Do(tb.ctx, chromedp.EmulateViewport(width, height)); err != nil {
		t.Fatal(err)
	}
}

// note keeps what must not happen on any page: errors, refusals of the content security policy, failed loads, and
// requests to other hosts.
func (tb *tab) note(ev any) {
	tb.mu.Lock()
	defer tb.mu.Unlock()
	switch e := ev.(type) {
	case *runtime.EventExceptionThrown:
		tb.problems = append(tb.problems, fmt.Sprintf("exception: %v", e.ExceptionDetails))
	case *runtime.EventConsoleAPICalled:
		if e.Type == "error" || e.Type == "assert" {
			tb.problems = append(tb.problems, fmt.Sprintf("console: %s", e.Args[0].Value))
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == "error" && e.Entry.Source != "network" {
			tb.problems = append(tb.problems, fmt.Sprintf("%s: %s %s", e.Entry.Source, e.Entry.Text, e.Entry.URL))
		}
	case *network.EventRequestWillBeSent:
		if u, err := url.Parse(e.Request.URL); err == nil && u.Scheme != "data" && u.Scheme != "blob" && !strings.HasPrefix(e.Request.URL, tb.site.url) {
			tb.problems = append(tb.problems, "request to another host: "+e.Request.URL)
		}
		tb.loaded[e.RequestID] = &resource{kind: e.Type, url: e.Request.URL}
	case *network.EventResponseReceived:
		if e.Response.Status >= 400 && int(e.Response.Status) != tb.expected {
			tb.problems = append(tb.problems, fmt.Sprintf("status %d: %s", int(e.Response.Status), e.Response.URL))
		}
	case *network.EventLoadingFinished:
		if r := tb.loaded[e.RequestID]; r != nil {
			r.bytes = e.EncodedDataLength
		}
	}
}

// complaints returns what was noted since the last call.
func (tb *tab) complaints() []string {
	tb.mu.Lock()
	defer tb.mu.Unlock()
	out := tb.problems
	tb.problems = nil
	return out
}

// visit opens an address of the site; status is what it answers.
func (tb *tab) visit(t *testing.T, path string, status int) {
	t.Helper()
	tb.mu.Lock()
	tb.expected = status
	clear(tb.loaded)
	tb.mu.Unlock()
	ctx, cancel := context.WithTimeout(tb.ctx, actionTimeout)
	defer cancel()
	res, err := chromedp.Run(ctx, chromedp.NavigateResponse(tb.site.url+path))
	if err != nil {
		t.Fatalf("open %s: %v", path, err)
	}
	if res != nil && int(res.Status) != status {
		t.Fatalf("%s answers %d, want %d", path, int(res.Status), status)
	}
}

// read evaluates an expression in the page.
func read[T any](t *testing.T, tb *tab, expression string) T {
	t.Helper()
	ctx, cancel := context.WithTimeout(tb.ctx, 2*actionTimeout)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("evaluate %.120s: %v", expression, err)
	}
	return v
}

// until waits for an expression to be true, through navigations.
func (tb *tab) until(t *testing.T, expression string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(tb.ctx, actionTimeout)
	defer cancel()
	tick := time.NewTicker(30 * time.Millisecond)
	defer tick.Stop()
	var err error
	for {
		var ok bool
		// while one page gives way to the next there is none to ask
		if ok, err = chromedp.Run(ctx, chromedp.Evaluate[bool](expression)); err == nil && ok {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("wait for %s: %v at %s", expression, err, read[string](t, tb, "location.href"))
		case <-tick.C:
		}
	}
}

// press sends keys to whatever has the focus.
func (tb *tab) press(t *testing.T, keys string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(tb.ctx, actionTimeout)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.KeyEvent(keys)); err != nil {
		t.Fatalf("press %q: %v", keys, err)
	}
}

// strike presses a key that the page takes for itself, without the character that a separate event of the protocol would
// type into whatever has the focus by then.
func (tb *tab) strike(t *testing.T, key, code string, number int64) {
	t.Helper()
	for _, kind := range []input.DispatchKeyEventType{input.DispatchKeyEventTypeRawKeyDown, input.DispatchKeyEventTypeKeyUp} {
		p := input.DispatchKeyEventParams{Type: kind, Key: key, Code: code, WindowsVirtualKeyCode: number}
		if _, err := chromedp.Call(tb.ctx, input.DispatchKeyEvent, p); err != nil {
			t.Fatalf("press %s: %v", key, err)
		}
	}
}

// slash goes to the search field.
func (tb *tab) slash(t *testing.T) {
	t.Helper()
	tb.strike(t, "/", "Slash", 191)
	tb.until(t, `document.activeElement.id === "q"`)
}

// picture leaves a screenshot of the whole page in artifacts/.
func (tb *tab) picture(t *testing.T, name string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(tb.ctx, actionTimeout)
	defer cancel()
	image, err := chromedp.Run(ctx, chromedp.FullScreenshot(85))
	if err != nil {
		t.Errorf("screenshot %s: %v", name, err)
		return
	}
	if err := os.WriteFile(filepath.Join(tb.site.artifacts, name+".jpg"), image, 0o644); err != nil {
		t.Error(err)
	}
}
