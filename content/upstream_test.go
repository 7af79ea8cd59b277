package content

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// upstreamReports returns the folder of real reports that tests read but the repository does not hold.
func upstreamReports(t testing.TB) string {
	t.Helper()
	dir := filepath.Join("..", "..", "shared", "upstream", "reports")
	if _, err := os.Stat(dir); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("the upstream reports are absent: %v", err)
		}
		t.Skipf("the upstream reports are absent: %v", err)
	}
	return dir
}

func TestUpstreamReportsReadWell(t *testing.T) {
	dir := upstreamReports(t)
	files, _ := filepath.Glob(filepath.Join(dir, "2*.md"))
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if len(src) < 100 {
			continue
		}
		r, err := Parse(src, ParseConfig{Path: filepath.Base(file)})
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(r.HTML, ""), "**") {
			t.Errorf("%s: literal **", r.Slug)
		}
		if strings.Contains(r.HTML, "<pre") {
			t.Errorf("%s: a code block where the source has none", r.Slug)
		}
		for _, s := range r.Sections {
			if len([]rune(s.Heading)) > 100 || strings.HasSuffix(s.Heading, ".") {
				t.Errorf("%s: a paragraph set as a heading: %s", r.Slug, s.Heading)
			}
		}
	}
}
