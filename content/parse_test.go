package content

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func mustParse(t *testing.T, src string) *Report {
	t.Helper()
	r, err := Parse([]byte(src), ParseConfig{Path: "dir/20240102-Some-Name.md"})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestTrust(t *testing.T) {
	day := time.Date(2024, 1, 2, 0, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name, src   string
		title, lang string
		date        time.Time
		headings    []string
	}{
		{"front matter", "---\ntitle: 앞\ndate: 2024-01-02T09:00:00+09:00\nlang: en\n---\n\n## 서론\n\n글.", "앞", "en", day, []string{"서론"}},
		{"front matter and the same heading", "---\ntitle: 앞 글\n---\n\n# 앞 글\n\n글.", "앞 글", "ko", day, nil},
		{"first heading", "## 제목 ##\n\n글.\n\n### 절\n\n글.", "제목", "ko", day, []string{"절"}},
		{"setext", "제목\n===\n\n글.", "제목", "ko", day, nil},
		{"no heading", "글만 있다.", "Some Name", "ko", day, nil},
		{"a thematic break is no front matter", "---\n\n글.\n\n---\n", "Some Name", "ko", day, nil},
		{"first of several sections", "## 1. 서론\n\n글.\n\n## 2. 본론\n\n글.", "Some Name", "ko", day, []string{"1. 서론", "2. 본론"}},
		{"english", "# Title\n\nThis text names 서울 once and is otherwise in English, all of it.", "Title", "en", day, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := mustParse(t, tt.src)
			var headings []string
			for _, s := range r.Sections {
				if s.Heading != "" {
					headings = append(headings, s.Heading)
				}
			}
			if r.Title != tt.title || r.Lang != tt.lang || !r.Date.Equal(tt.date) || !slices.Equal(headings, tt.headings) {
				t.Errorf("title %q, lang %s, date %v, headings %q", r.Title, r.Lang, r.Date, headings)
			}
		})
	}
}

func TestSlug(t *testing.T) {
	for in, want := range map[string]string{
		"20241225-GB300.md": "20241225-gb300", "a/b/한글.md": "한글", "a/\u1112\u1161\u11ab.md": "한", "Two Words.markdown": "two-words", "no-extension": "no-extension",
	} {
		if got := Slug(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestAnchorsSurviveSmallEdits(t *testing.T) {
	var b strings.Builder
	for i := range 40 {
		fmt.Fprintf(&b, "문단 %d번은 가속기 %d개와 데이터 %d조 개를 두고 연산량과 손실의 관계를 설명하며, 앞 문단과는 다른 수를 든다. 끝.\n\n", i, i*7, i*i)
	}
	before := mustParse(t, b.String())
	after := mustParse(t, "새 문단이 맨 앞에 들어왔다.\n\n"+strings.ReplaceAll(b.String(), "설명하며", "풀이하며"))
	kept := 0
	for i, p := range before.Passages {
		if after.Passages[i+1].Anchor == p.Anchor {
			kept++
		}
	}
	if kept < 30 {
		t.Errorf("%d of %d anchors survived a changed word", kept, len(before.Passages))
	}
	again, err := Parse([]byte("새 문단이 맨 앞에 들어왔다.\n\n"+strings.ReplaceAll(b.String(), "설명하며", "풀이하며")), ParseConfig{Path: "a.md", Previous: before.Passages})
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range before.Passages {
		if again.Passages[i+1].Anchor != p.Anchor {
			t.Errorf("passage %d lost its anchor although the previous revision was given", i)
		}
	}
}

func TestRawHTML(t *testing.T) {
	r := mustParse(t, "<details>\n<summary>펼치기</summary>\n\n안의 **글**\n\n</details>\n\n<table><tr><td onclick=x>가</td></tr></table>\n\n[빈 링크]() 끝\n")
	for _, want := range []string{"<details>\n<summary>펼치기</summary>\n<p id=", "</p>\n</details>", "<td>가</td>", `<a class="missing"`} {
		if !strings.Contains(r.HTML, want) {
			t.Errorf("no %q in\n%s", want, r.HTML)
		}
	}
	for _, p := range r.Passages {
		if !strings.Contains(r.HTML, `id="`+p.Anchor+`"`) {
			t.Errorf("passage %q can't be linked to", p.Text)
		}
	}
}

func TestSentences(t *testing.T) {
	for in, want := range map[string][]string{
		"첫 문장이다. 둘째 문장이다!":                     {"첫 문장이다.", "둘째 문장이다!"},
		"값은 3.5배다. v1.2를 썼다.":                  {"값은 3.5배다.", "v1.2를 썼다."},
		"“그렇다.” 그는 말했다.":                       {"“그렇다.”", "그는 말했다."},
		"See Fig. 2 for details. It is clear.": {"See Fig. 2 for details.", "It is clear."},
		"항목 하나 • 항목 둘":                         {"항목 하나", "항목 둘"},
		"칩 | 값":                                {"칩", "값"},
		"1. 첫째 항목이다. 둘째.":                      {"1. 첫째 항목이다.", "둘째."},
		"":                                     nil,
	} {
		if diff := cmp.Diff(want, Sentences(in)); diff != "" {
			t.Errorf("%q: %s", in, diff)
		}
	}
}

func ExampleParse() {
	r, err := Parse([]byte("# 확장 법칙\n\n손실은 **연산량(compute)**의 거듭제곱으로 줄어든다.\n"), ParseConfig{Path: "20240102-scaling.md"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r.Slug, r.Title, r.Date.Format(time.DateOnly))
	fmt.Println(r.Passages[0].Text)
	// Output:
	// 20240102-scaling 확장 법칙 2024-01-02
	// 손실은 연산량(compute)의 거듭제곱으로 줄어든다.
}

func TestLinkToTheTitle(t *testing.T) {
	r, err := Parse([]byte("# 확장 법칙\n\n[처음으로](#확장-법칙)와 [없는 곳](#없는-곳)을 잇는다.\n\n## 다음\n\n글이다.\n"), ParseConfig{Path: "a.md"})
	if err != nil {
		t.Fatal(err)
	}
	if l := r.Links[0]; l.Missing || l.Href != "#" {
		t.Errorf("the title: %+v", l)
	}
	if l := r.Links[1]; !l.Missing {
		t.Errorf("an anchor that isn't there: %+v", l)
	}
}
