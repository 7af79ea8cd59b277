package templates

import (
	"bytes"
	"math"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
)

// TestAssetsRefer checks that what a style sheet names is there and under the same hash.
func TestAssetsRefer(t *testing.T) {
	e := newEngine(t)
	hash := e.assets.hash
	ref := regexp.MustCompile(`url\(["']?([^"')]+)`)
	n := 0
	for name, a := range e.assets.byName {
		if path.Ext(name) != ".css" {
			continue
		}
		for _, m := range ref.FindAllSubmatch(a.Body, -1) {
			n++
			target := path.Join(path.Dir(name), string(m[1]))
			if strings.HasPrefix(string(m[1]), "data:") {
				continue
			}
			got, current, ok := e.Asset(hash, target)
			if !ok || !current || len(got.Body) == 0 {
				t.Errorf("%s names %s, which is not served", name, m[1])
			}
		}
	}
	if n < 50 {
		t.Errorf("%d references; the fonts alone are more", n)
	}
	if _, current, ok := e.Asset("0123", "scalebook.css"); !ok || current {
		t.Error("an asset of another version has to be served, and not for good")
	}
	if _, _, ok := e.Asset(hash, "../layout.html"); ok {
		t.Error("a template is served as an asset")
	}
}

// TestSheets checks that every part of the style sheet is in the cascade.
func TestSheets(t *testing.T) {
	entries, err := assetFiles.ReadDir("assets/style")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !slices.Contains(sheets(), strings.TrimSuffix(e.Name(), ".css")) {
			t.Errorf("%s is served to nobody", e.Name())
		}
	}
}

// TestBudget holds what every page loads, fonts apart, to what a phone can wait for.
func TestBudget(t *testing.T) {
	e := newEngine(t)
	for _, c := range []struct {
		names []string
		limit int
	}{
		{[]string{"scalebook.js"}, 30 << 10},
		{[]string{"scalebook.js", "scalebook.css", "fonts.css", "chart.css"}, 40 << 10},
	} {
		total := 0
		for _, name := range c.names {
			a, _, ok := e.Asset(e.assets.hash, name)
			if !ok {
				t.Fatalf("%s is missing", name)
			}
			var b bytes.Buffer
			w := brotli.NewWriterLevel(&b, 5)
			if _, err := w.Write(a.Body); err != nil {
				t.Fatal(err)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			total += b.Len()
		}
		if total > c.limit {
			t.Errorf("%v are %d bytes compressed, limit %d", c.names, total, c.limit)
		}
	}
}

// TestContrast measures the colours by WCAG 2.2: text 4.5:1, marks and controls 3:1, in both schemes.
func TestContrast(t *testing.T) {
	a, _, _ := newEngine(t).Asset("", "scalebook.css")
	light, dark := schemes(t, string(a.Body))
	for name, scheme := range map[string]map[string]string{"light": light, "dark": dark} {
		for _, c := range []struct {
			fore, back string
			least      float64
		}{
			{"ink", "paper", 7}, {"ink-2", "paper", 4.5}, {"ink-3", "paper", 4.5}, {"ink-2", "paper-2", 4.5}, {"link", "paper", 4.5},
			{"now", "paper", 4.5}, {"ink", "mark", 4.5}, {"link", "mark", 4.5}, {"focus", "paper", 3}, {"tick-strong", "paper", 3},
			{"c1", "paper", 3}, {"c2", "paper", 3}, {"c3", "paper", 3}, {"c4", "paper", 3}, {"c5", "paper", 3},
			{"c1-ink", "paper", 4.5}, {"c2-ink", "paper", 4.5}, {"c3-ink", "paper", 4.5}, {"c4-ink", "paper", 4.5}, {"c5-ink", "paper", 4.5},
		} {
			fore, back := scheme[c.fore], scheme[c.back]
			if fore == "" || back == "" {
				t.Errorf("%s: no --%s or no --%s", name, c.fore, c.back)
				continue
			}
			if got := contrast(t, fore, back); got < c.least {
				t.Errorf("%s: --%s on --%s is %.2f:1, least %.1f:1", name, c.fore, c.back, got, c.least)
			}
		}
	}
}

// schemes reads the colour tokens: the first rule sets light, a rule under the dark media query changes them.
func schemes(t *testing.T, css string) (light, dark map[string]string) {
	t.Helper()
	token := regexp.MustCompile(`--([a-z0-9-]+):\s*(#[0-9a-fA-F]{6})`)
	before, after, ok := strings.Cut(css, "prefers-color-scheme: dark")
	if !ok {
		before, after, ok = strings.Cut(css, "prefers-color-scheme:dark")
	}
	if !ok {
		t.Fatal("the style sheet has no dark scheme")
	}
	light, dark = map[string]string{}, map[string]string{}
	for _, m := range token.FindAllStringSubmatch(before, -1) {
		light[m[1]], dark[m[1]] = m[2], m[2]
	}
	for _, m := range token.FindAllStringSubmatch(after, -1) {
		dark[m[1]] = m[2]
	}
	return light, dark
}

// contrast is the ratio of relative luminances, https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio.
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	luminance := func(hex string) float64 {
		n, err := strconv.ParseUint(hex[1:], 16, 32)
		if err != nil {
			t.Fatal(err)
		}
		channel := func(shift uint) float64 {
			v := float64(n>>shift&0xff) / 255
			if v <= 0.04045 {
				return v / 12.92
			}
			return math.Pow((v+0.055)/1.055, 2.4)
		}
		return 0.2126*channel(16) + 0.7152*channel(8) + 0.0722*channel(0)
	}
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// TestStates checks that what a reader's hand brings about can be shown by a class, under the same conditions.
func TestStates(t *testing.T) {
	got := string(states([]byte("a { color: red; }\na:hover, .plain a:hover, b { color: blue; }\n@media (max-width: 9rem) {\n  :focus-visible { outline: 2px; }\n}\n")))
	if want := "a.is-hover, .plain a.is-hover { color: blue; }\n.is-focus { outline: 2px; }\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
