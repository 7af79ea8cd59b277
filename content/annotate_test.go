package content

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/scalebook/scalebook/metrics"
)

func smallCatalogue() *Recognizer {
	return NewRecognizer(RecognizerConfig{
		Metrics:  []metrics.Metric{{ID: "gpqa-diamond", Kind: "benchmark", Unit: "fraction", Title: metrics.Text{Ko: "GPQA 다이아몬드", En: "GPQA Diamond"}}},
		Subjects: []metrics.Subject{{ID: "o1", Name: "o1", Kind: "model"}, {ID: "o1-2024-12-17", Name: "o1", Kind: "model", Family: "o1"}, {ID: "gpt-4", Name: "GPT-4", Kind: "model"}},
	})
}

func TestMentions(t *testing.T) {
	r := smallCatalogue()
	for _, tt := range []struct{ text, want string }{
		{"o1은 GPQA 다이아몬드에서", "o1 gpqa-diamond"},
		{"O1과 GPQA-Diamond", "o1 gpqa-diamond"},
		{"GPT-4.5, GPT-4-32k, GPT-4o, xGPT-4", ""},
		{"GPT-4는", "gpt-4"},
		{"GPQA 다이아몬드(Diamond)", "gpqa-diamond"},
		{"no1 and o12", ""},
	} {
		var ids []string
		for _, m := range r.Mentions([]Passage{{Text: tt.text}}) {
			ids = append(ids, m.ID)
		}
		if got := strings.Join(ids, " "); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.text, got, tt.want)
		}
	}
}

// TestClaimsOfFamilies ties a model's score to it where the catalogue has only a dated snapshot of it.
func TestClaimsOfFamilies(t *testing.T) {
	r := NewRecognizer(RecognizerConfig{
		Metrics:  []metrics.Metric{{ID: "gpqa-diamond", Kind: "benchmark", Unit: "fraction", Title: metrics.Text{En: "GPQA Diamond"}}},
		Subjects: []metrics.Subject{{ID: "claude-3-5-sonnet-20241022", Name: "Claude 3.5 Sonnet (Oct 2024)", Kind: "model", Family: "claude-3-5-sonnet"}},
	})
	ps := []Passage{{Kind: "paragraph", Text: "Claude 3.5 Sonnet scored 65% on GPQA Diamond."}}
	if c := r.Claims(ps); len(c) != 1 || c[0].Subject != "claude-3-5-sonnet" {
		t.Errorf("%+v", c)
	}
	if m := r.Mentions(ps); len(m) != 1 || m[0].ID != "gpqa-diamond" {
		t.Errorf("a model without a page is listed: %+v", m)
	}
}

func TestAnnotate(t *testing.T) {
	rec := smallCatalogue()
	r, err := Parse([]byte("# 제목\n\n## o1이 든 소제목\n\n**o1**은 GPQA 다이아몬드에서 78%를 기록했다. `o1`과 [o1](https://example.org)은 그대로 둔다.\n\n합성 데이터(synthetic data)와 A&B, $o1$.\n"), ParseConfig{Path: "a.md"})
	if err != nil {
		t.Fatal(err)
	}
	got := Annotate(r.HTML, Marks{
		Recognizer: rec, Claims: rec.Claims(r.Passages), Terms: []Term{{Ko: "합성 데이터", En: "synthetic data"}},
		Href: func(kind, id string) string { return "/" + kind + "s/" + id },
	})
	for _, want := range []string{
		`<strong><a class="mention" href="/subjects/o1" data-kind="subject" data-id="o1">o1</a></strong>`,
		`<a class="mention" href="/metrics/gpqa-diamond" data-kind="metric" data-id="gpqa-diamond">GPQA 다이아몬드</a>`,
		`<span class="claim" data-claim="0">78%</span>`,
		`<code>o1</code>`, `>o1이 든 소제목</h2>`, `A&amp;B`, `<annotation encoding="application/x-tex">$o1$</annotation>`,
		`<dfn class="term" tabindex="0" data-ko="합성 데이터" data-en="synthetic data">합성 데이터</dfn>(synthetic data)`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
	if strings.Count(got, `data-id="o1"`) != 1 {
		t.Errorf("o1 is marked more than once:\n%s", got)
	}
	if a, b := rawText(got), rawText(r.HTML); strings.Join(strings.Fields(a), "") != strings.Join(strings.Fields(b), "") {
		t.Errorf("the text changed:\n%s\n%s", a, b)
	}
}

func TestCiting(t *testing.T) {
	dir := t.TempDir()
	l := openLibrary(t, dir)
	syncFiles(t, l, fstest.MapFS{
		"20240101-a.md": file("# 하나\n\no1은 GPQA 다이아몬드에서 78%를 기록했다. 그 밖의 이야기는 없다."),
		"20240202-b.md": file("# 둘\n\n이 글은 GPQA 다이아몬드를 이름만 부른다. 점수는 적지 않았다."),
	}, "v1")
	before := l.Version()
	if c, err := l.Citing(context.Background(), "metric", "gpqa-diamond"); err != nil || len(c) != 0 {
		t.Errorf("without a catalogue: %v, %v", c, err)
	}
	l.Recognize(smallCatalogue())
	if l.Version() == before {
		t.Error("the catalogue is no part of the version")
	}
	for range 2 { // the second time from the store
		c, err := l.Citing(context.Background(), "metric", "gpqa-diamond")
		if err != nil || len(c) != 2 || c[0].Report.Slug != "20240202-b" || len(c[0].Claims) != 0 || len(c[1].Claims) != 1 {
			t.Errorf("%+v, %v", c, err)
		}
		l = openLibrary(t, dir)
		l.Recognize(smallCatalogue())
	}
	r, _ := l.Report("20240101-a")
	if len(r.Claims) != 1 || r.Claims[0].Subject != "o1" || r.Claims[0].Value != 0.78 || r.Claims[0].Anchor != r.Passages[0].Anchor || len(r.Mentions) != 2 {
		t.Errorf("%+v, %+v", r.Claims, r.Mentions)
	}
}

func TestRelatedAndTranslations(t *testing.T) {
	l := openLibrary(t, t.TempDir())
	text := "\n\n이 글의 본문은 충분히 길어서 빈 글로 여겨지지 않는다. 주제는 열쇠말로 정한다."
	syncFiles(t, l, fstest.MapFS{
		"a.md":    file("---\ntitle: 가\nkeywords: [전력, 냉각]\nlang: ko\n---" + text + " 가나다."),
		"b.md":    file("---\ntitle: 나\nkeywords: [전력, 메모리]\nlang: ko\n---" + text + " 라마바."),
		"c.md":    file("---\ntitle: 다\nkeywords: [점수]\nlang: ko\n---" + text + " 사아자."),
		"a-en.md": file("---\ntitle: A\nkeywords: [전력]\nlang: en\ntranslation_of: a\n---\n\nThe text of the translation is long enough not to be a stub."),
	}, "v1")
	if got := l.Related("a", 5); len(got) != 1 || got[0].Slug != "b" {
		t.Errorf("related: %v", got)
	}
	if got := l.Translations("a"); len(got) != 1 || got[0].Slug != "a-en" {
		t.Errorf("translations: %v", got)
	}
	if got := l.Translations("a-en"); len(got) != 1 || got[0].Slug != "a" {
		t.Errorf("original: %v", got)
	}
}

func TestWithTrends(t *testing.T) {
	r, err := Parse([]byte("글.\n\n```trend\nmetric: gpqa-diamond\n```\n"), ParseConfig{Path: "a.md"})
	if err != nil {
		t.Fatal(err)
	}
	got := r.WithTrends(r.HTML, func(b TrendBlock) string { return "<svg>" + b.Metric + "</svg>" })
	if !strings.Contains(got, `data-metric="gpqa-diamond" data-of="frontier" data-fit="auto"><svg>gpqa-diamond</svg></figure>`) {
		t.Error(got)
	}
}
