package content

import (
	"strings"
	"testing"
	"testing/fstest"
)

// TestFrontPages: a folder's front page with a text of its own is a report, known by its folder's name; one that lists others
// is an index page, and so is that at the top.
func TestFrontPages(t *testing.T) {
	text := strings.Repeat("메모리 대역폭이 추론 비용을 정한다는 것은 이제 누구나 아는 이야기다. ", 12)
	files := fstest.MapFS{
		"README.md":                    {Data: []byte("# 모음\n\n" + text + "\n\n- [메모리 이야기](20250107-memory/) (2025.01.08)\n- [추론](inference/index.md)\n")},
		"20250107-memory/README.md":    {Data: []byte("# 메모리\n\n" + text + "\n\n[추론](../inference/README.md)을 보라.\n")},
		"20250107-memory/README.en.md": {Data: []byte("# Memory\n\n" + strings.Repeat("Bandwidth decides what inference costs, and everybody knows. ", 12))},
		"inference/index.md":           {Data: []byte("# 추론\n\n" + text + "반도체.\n\n[메모리](../20250107-Memory)와 [같은 글](https://github.com/o/r/tree/main/20250107-memory)과 [목록](../list/)을 보라.\n")},
		"list/README.md":               {Data: []byte("# 목록\n\n" + strings.Repeat("- [메모리 대역폭에 대한 이야기](../20250107-memory/README.md)\n", 20))},
		"list/CONTRIBUTING.md":         {Data: []byte("# 돕기\n\n" + text)},
	}
	l := openLibrary(t, t.TempDir())
	if _, err := l.Sync(t.Context(), SourceConfig{Name: "s", Public: true, Repository: "https://github.com/o/r"}, files, "v1"); err != nil {
		t.Fatal(err)
	}
	reports, err := l.Full(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, r := range reports {
		got[r.Slug] = r.Path
		for _, k := range r.Links {
			want := "inference"
			if r.Slug == want {
				want = "20250107-memory"
			}
			if k.Text != "목록" && k.Report != want || k.Text == "목록" && k.Href != "/reports" {
				t.Errorf("%s: [%s] leads to %q, %q", r.Slug, k.Text, k.Report, k.Href)
			}
		}
		if strings.HasPrefix(r.Slug, "20250107") && r.Date.Format("2006-01-02") != "2025-01-07" {
			t.Errorf("%s is dated %v", r.Slug, r.Date)
		}
	}
	want := map[string]string{
		"20250107-memory": "20250107-memory/README.md", "20250107-memory.en": "20250107-memory/README.en.md", "inference": "inference/index.md",
	}
	if len(got) != len(want) {
		t.Errorf("reports %v", got)
	}
	for slug, p := range want {
		if got[slug] != p {
			t.Errorf("%s is %q, want %q", slug, got[slug], p)
		}
	}
}
