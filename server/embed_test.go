package server

import (
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// TestEmbed follows the snippet that a metric's page offers, with framing allowed and not.
func TestEmbed(t *testing.T) {
	for ancestors, want := range map[string]string{"": "<img src=", "https://blog.example": "<iframe src="} {
		cfg := newTestServer(t).cfg
		cfg.FrameAncestors = ancestors
		s, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		_, _, page := get(t, s, "/metrics/gpqa-diamond?lang=en")
		snippet := html.UnescapeString(page)
		at := strings.Index(snippet, want)
		if at < 0 {
			t.Errorf("framing by %q: the page offers no %s", ancestors, want)
			continue
		}
		if !strings.Contains(snippet, "<img src=") {
			t.Errorf("framing by %q: the page offers no picture", ancestors)
		}
		address := html.UnescapeString(regexp.MustCompile(`src="([^"]+)"`).FindStringSubmatch(snippet[at:])[1])
		status, header, _ := get(t, s, address)
		allowed := "frame-ancestors 'none'"
		if ancestors != "" {
			allowed = "frame-ancestors " + ancestors
		}
		if status != 200 || !strings.HasSuffix(header.Get("Content-Security-Policy"), allowed) || (header.Get("X-Frame-Options") == "DENY") != (ancestors == "") {
			t.Errorf("framing by %q: %d %q %q", ancestors, status, header.Get("Content-Security-Policy"), header.Get("X-Frame-Options"))
		}
	}
}

// TestHardwareAsOf looks at the explorer before anything was known, and as it is now.
func TestHardwareAsOf(t *testing.T) {
	s := newTestServer(t)
	status, _, before := get(t, s, "/hardware.csv?as_of=1999-12-31")
	if status != 200 || strings.Count(before, "\r\n") != 1 {
		t.Errorf("before the first record: %d %.300q", status, before)
	}
	if status, _, _ := get(t, s, "/hardware?as_of=1999-12-31"); status != 200 {
		t.Errorf("the page before the first record: %d", status)
	}
	if status, _, _ := get(t, s, "/hardware?as_of=soon"); status != 400 {
		t.Errorf("as_of=soon: %d", status)
	}
	_, _, now := get(t, s, "/hardware.csv?since=all")
	_, _, page := get(t, s, "/hardware?since=all")
	pinned := regexp.MustCompile(`href="([^"]*as_of=[^"]*)"`).FindStringSubmatch(page)
	if pinned == nil {
		t.Fatal("the page has no pinned address")
	}
	u, err := url.Parse(html.UnescapeString(pinned[1]))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, then := get(t, s, "/hardware.csv?"+u.RawQuery); then != now || strings.Count(now, "\r\n") < 20 {
		t.Errorf("the pinned address has %d lines, the page %d", strings.Count(then, "\n"), strings.Count(now, "\n"))
	}
}

// TestPinnedPageSaysSo checks that a page with the data of a day says as at when, there and in its citation, and leads to the
// data of now.
func TestPinnedPageSaysSo(t *testing.T) {
	s := newTestServer(t)
	for _, page := range []string{"/metrics/gpqa-diamond", "/trends", "/hardware", "/index", "/trends/price", "/compare", "/subjects/nvidia-h100"} {
		_, _, now := get(t, s, page+"?lang=en")
		_, _, then := get(t, s, page+"?lang=en&as_of=2099-01-02T03:04:05Z")
		if strings.Contains(now, `class="pinned"`) || !strings.Contains(then, "as at 2099-01-02T03:04:05Z") || !strings.Contains(then, `href="`+page+`?lang=en"`) {
			t.Errorf("%s does not say as at when it is", page)
		}
		if m := regexp.MustCompile(`<dt>Data revision</dt><dd>([^<]*)`).FindStringSubmatch(then); m != nil && m[1] != "2099-01-02T03:04:05Z" {
			t.Errorf("%s is of the data revision %q", page, m[1])
		}
	}
	_, _, then := get(t, s, "/metrics/gpqa-diamond?lang=en&as_of=2099-01-02T03:04:05Z")
	if !strings.Contains(then, "data revision 2099-01-02T03:04:05Z") {
		t.Error("the citation does not name the day")
	}
}
