package content

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

// TestWildReports renders reports that hold what markdown in the wild holds: each golden was read and found right. Where a
// rendering is another than a writer may have meant (a bold that never closes), no letter of it is lost.
func TestWildReports(t *testing.T) {
	files := fstest.MapFS{}
	paths, err := filepath.Glob("testdata/wild/*.md")
	if err != nil || len(paths) < 30 {
		t.Fatalf("%d reports: %v", len(paths), err)
	}
	for _, p := range paths {
		b, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		files[filepath.Base(p)] = &fstest.MapFile{Data: b}
	}
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 40, 30))); err != nil {
		t.Fatal(err)
	}
	files["a.png"] = &fstest.MapFile{Data: picture.Bytes()}
	l := openLibrary(t, t.TempDir())
	if _, err := l.Sync(t.Context(), SourceConfig{Name: "wild", Public: true, Repository: "https://github.com/o/r"}, files, "v1"); err != nil {
		t.Fatal(err)
	}
	reports, err := l.Full(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(reports) != len(paths) {
		t.Errorf("%d reports of %d files", len(reports), len(paths))
	}
	for _, r := range reports {
		t.Run(r.Slug, func(t *testing.T) {
			var b strings.Builder
			fmt.Fprintf(&b, "%s\n%s %s\n%s\n%s %s\n\n%s\n", r.Title, r.Date.Format("2006-01-02"), r.Keywords, r.Summary, r.OriginalURL, strings.TrimRight(r.Author+" / "+r.Translator, " /"), r.HTML)
			for _, f := range r.Lint {
				fmt.Fprintf(&b, "%d %s\n", f.Line, f.Rule)
			}
			golden(t, filepath.Join("testdata", "wild", strings.TrimSuffix(r.Path, ".md")+".golden"), b.String())
			checkHTML(t, r.Slug, r.HTML)
		})
	}
}
