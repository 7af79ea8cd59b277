package content

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
)

// TestReread takes in files that are as they were, by another parser and with another licence: that they were read anew is told.
func TestReread(t *testing.T) {
	files := fstest.MapFS{"a.md": file("# 하나\n\n" + longText), "b.md": file("# 둘\n\n두 번째 글이다. 첫 글과는 아주 다른 내용이어야 한다. 본문이 충분히 길어야 한다.\n")}
	dir := t.TempDir()
	l := openLibrary(t, dir)
	check := func(what string, res SyncResult, reread, unchanged int) {
		t.Helper()
		if res.Reread != reread || res.Unchanged != unchanged || len(res.Updated) > 0 {
			t.Errorf("%s: %+v, want %d read anew and %d unchanged", what, res, reread, unchanged)
		}
	}
	if res := syncFiles(t, l, files, "v1"); len(res.Added) != 2 || res.Reread != 0 {
		t.Fatalf("%+v", res)
	}
	check("as it was", syncFiles(t, l, files, "v1"), 0, 2)

	name := filepath.Join(dir, "notes", manifestName)
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	older := bytes.Replace(raw, []byte(`"parser":"`+parserVersion+`"`), []byte(`"parser":"0"`), 1)
	if bytes.Equal(older, raw) {
		t.Fatalf("no parser in %.200s", raw)
	}
	if err := os.WriteFile(name, older, 0o600); err != nil {
		t.Fatal(err)
	}
	l = openLibrary(t, dir)
	check("by another parser", syncFiles(t, l, files, "v1"), 2, 0)
	check("by the same parser", syncFiles(t, l, files, "v1"), 0, 2)

	res, err := l.Sync(t.Context(), SourceConfig{Name: "notes", Title: "notes", License: "CC BY 4.0", Public: true}, files, "v1")
	if err != nil {
		t.Fatal(err)
	}
	check("with another licence", res, 2, 0)
}
