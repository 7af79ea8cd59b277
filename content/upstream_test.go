package content

import (
	"context"
	"os"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/scalebook/scalebook/testpart"
)

// upstreamReports returns the folder of real reports that tests read but the repository does not hold.
func upstreamReports(t testing.TB) string {
	t.Helper()
	return testpart.Shared(t, "upstream/reports")
}

// TestUpstreamReportsReadWell takes real reports through the library and looks at what a reader would trip over.
func TestUpstreamReportsReadWell(t *testing.T) {
	readsWell(t, upstreamReports(t), 2)
}

func TestBundledReportsReadWell(t *testing.T) {
	readsWell(t, "reports", 16)
}

func readsWell(t *testing.T, dir string, reports int) {
	l := openLibrary(t, t.TempDir())
	res, err := l.Sync(context.Background(), SourceConfig{Name: "real", Public: true}, os.DirFS(dir), "v1")
	if err != nil {
		t.Fatal(err)
	}
	if len(res.Added) != reports {
		t.Errorf("%d reports: %v, set aside %v", len(res.Added), res.Added, res.SetAside)
	}
	for _, r := range l.Reports() {
		full, ok := l.Report(r.Slug)
		if !ok {
			t.Fatalf("%s is listed but can't be read", r.Slug)
		}
		if full.Title == "" || full.Date.IsZero() || full.Summary == "" || len(full.Sections) < 4 || full.Minutes() < 2 {
			t.Errorf("%s: title %q, date %v, summary %q, %d sections, %d minutes", r.Slug, full.Title, full.Date, full.Summary, len(full.Sections), full.Minutes())
		}
		checkHTML(t, r.Slug, full.HTML)
		for _, s := range full.Sections {
			if len([]rune(s.Heading)) > 100 || strings.HasSuffix(s.Heading, "다.") && len([]rune(s.Heading)) > 40 {
				t.Errorf("%s: a paragraph set as a heading: %s", r.Slug, s.Heading)
			}
		}
		for _, p := range full.Passages {
			if strings.Contains(p.Text, "**") && p.Kind != "code" {
				t.Errorf("%s: literal stars in %q", r.Slug, p.Text)
			}
			if p.Kind == "code" && !strings.HasPrefix(p.Text, "$$") {
				t.Errorf("%s: a code block where the source has none: %q", r.Slug, p.Text)
			}
		}
		checkReferences(t, l, full)
	}
}

// checkReferences looks at every link and image of a rendered report: internal links lead to a report and an id that
// exists, images to a file that the library serves, and both say so where there is none.
func checkReferences(t *testing.T, l *Library, r *Report) {
	t.Helper()
	ids := map[string]bool{}
	var links, images []string
	z := html.NewTokenizer(strings.NewReader(r.HTML))
	for tt := z.Next(); tt != html.ErrorToken; tt = z.Next() {
		tok := z.Token()
		for _, a := range tok.Attr {
			switch {
			case tt == html.EndTagToken:
			case a.Key == "id":
				if ids[a.Val] {
					t.Errorf("%s: id %s twice", r.Slug, a.Val)
				}
				ids[a.Val] = true
			case a.Key == "href":
				links = append(links, a.Val)
			case a.Key == "src":
				images = append(images, a.Val)
			}
		}
	}
	for _, h := range links {
		switch {
		case strings.HasPrefix(h, "#"):
			if !ids[h[1:]] {
				t.Errorf("%s: %s leads nowhere", r.Slug, h)
			}
		case strings.HasPrefix(h, "/reports/"):
			slug, _, _ := strings.Cut(strings.TrimPrefix(h, "/reports/"), "#")
			if _, ok := l.Report(slug); !ok {
				t.Errorf("%s: %s leads nowhere", r.Slug, h)
			}
		case safeURL(h) == "":
			t.Errorf("%s: %s is neither of the library nor of the web", r.Slug, h)
		}
	}
	for _, src := range images {
		name, ok := strings.CutPrefix(src, "/files/")
		if a, err := l.Asset(name); !ok || err != nil {
			t.Errorf("%s: image %s: %v %v", r.Slug, src, a, err)
		}
	}
	missing := strings.Count(r.HTML, `class="image-missing"`)
	for _, f := range r.Figures {
		if f.Missing {
			missing--
		} else if f.Width == 0 || f.Height == 0 {
			t.Errorf("%s: image %s has no size", r.Slug, f.Src)
		}
	}
	if missing != 0 {
		t.Errorf("%s: %d placeholders too many", r.Slug, missing)
	}
}
