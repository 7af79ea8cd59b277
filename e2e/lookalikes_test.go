package e2e

import (
	"html"
	"path/filepath"
	"strings"
	"testing"
)

// TestLookalikesAreShown: a report's title and a measured model's name with a Cyrillic Р in them are told from their like on their
// pages, in the page's language, in the list of findings and in the API. Honest ones are not.
func TestLookalikesAreShown(t *testing.T) {
	in, data := t.TempDir(), t.TempDir()
	text := strings.Repeat("이 글은 모형의 성능이 규모에 따라 어떻게 나아지는지 살핀다. ", 8)
	write(t, filepath.Join(in, "20250101-a.md"), "# GРT-4의 μm 단위\n\n"+text)
	write(t, filepath.Join(in, "20250102-b.md"), "# GPT-4의 μm 단위\n\n"+text+text)
	write(t, filepath.Join(in, "scores", "scores.csv"), "metric,subject,kind,time,value\nmmlu,GРT-5,model,2024-01-01,0.5\nmmlu,GPT-5,model,2024-01-01,0.6\n")
	for _, args := range [][]string{{"--from", in, "reports"}, {"--from", filepath.Join(in, "scores"), "csv"}} {
		if code, _, stderr := run(t, append([]string{"ingest", "--data", data}, args...)...); code > 1 {
			t.Fatal(stderr)
		}
	}
	address := serve(t, "--data", data, "--no-bundled")
	for _, test := range []struct{ path, want string }{
		{"/reports/20250101-a?lang=ko", "모양이 닮은 다른 문자가 섞였다: GРT (Р U+0420)"},
		{"/reports/20250101-a?lang=en", "Letters that look like those of another script: GРT (Р U+0420)"},
		{"/subjects/g%D1%80t-5?lang=en", "Letters that look like those of another script"},
		{"/library/lint?lang=en", "Letters that look like those of another script: GРT (Р U+0420)"},
		{"/api/v1/reports/20250101-a", "lookalike"},
		{"/reports/20250102-b?lang=ko", ""},
		{"/subjects/gpt-5?lang=en", ""},
	} {
		res, body := ask(t, address+test.path)
		text := html.UnescapeString(string(body))
		said := strings.Contains(text, "U+0420")
		if res.StatusCode != 200 || said != (test.want != "") || !strings.Contains(text, test.want) {
			t.Errorf("%s: %s, want %q in\n%.600s", test.path, res.Status, test.want, text)
		}
	}
}
