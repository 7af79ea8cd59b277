package content

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

func TestDiffWords(t *testing.T) {
	for _, tt := range []struct {
		name, a, b string
		want       []Change
	}{
		{"same", "같은 글", "같은 글", []Change{{"equal", "같은 글"}}},
		{"word", "큰 모델을 학습한다", "큰 모형을 학습한다", []Change{{"equal", "큰 "}, {"delete", "모델을 "}, {"insert", "모형을 "}, {"equal", "학습한다"}}},
		{"number", "정답률은 78%다.", "정답률은 79%다.", []Change{{"equal", "정답률은 "}, {"delete", "78"}, {"insert", "79"}, {"equal", "%다."}}},
		{"added", "하나.", "하나. 둘.", []Change{{"equal", "하나."}, {"insert", " 둘."}}},
		{"emptied", "하나", "", []Change{{"delete", "하나"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := DiffWords(tt.a, tt.b)
			if tt.name == "added" { // where the space goes is of no matter
				if joined(got, "insert") != tt.a || joined(got, "delete") != tt.b {
					t.Errorf("%v", got)
				}
				return
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// joined returns the text of a comparison without one kind of change.
func joined(cs []Change, without string) string {
	var b strings.Builder
	for _, c := range cs {
		if c.Op != without {
			b.WriteString(c.Text)
		}
	}
	return b.String()
}

func FuzzDiffWords(f *testing.F) {
	f.Add("하나 둘 셋", "하나 셋 넷")
	f.Add("", "a")
	f.Add("a b c a b b a", "c b a b a c")
	f.Fuzz(func(t *testing.T, a, b string) {
		cs := DiffWords(a, b)
		if joined(cs, "insert") != a || joined(cs, "delete") != b {
			t.Errorf("%q and %q: %v", a, b, cs)
		}
	})
}

func TestRevisions(t *testing.T) {
	l := openLibrary(t, t.TempDir())
	first := "# 글\n\n" + longText + "\n\n두 번째 문단은 그대로 남는다. 이 문단은 바뀌지 않는다.\n"
	syncFiles(t, l, fstest.MapFS{"a.md": file(first)}, "v1")
	was, _ := l.Report("a")
	syncFiles(t, l, fstest.MapFS{"a.md": file(strings.Replace(first, "거듭제곱으로", "멱함수로", 1) + "\n세 번째 문단이 새로 왔다. 앞의 둘과는 다른 이야기다.\n")}, "v2")
	now, _ := l.Report("a")
	if was.Passages[0].Anchor != now.Passages[0].Anchor || was.Passages[1].Anchor != now.Passages[1].Anchor {
		t.Error("a small edit changed a passage's anchor")
	}
	history := l.History("a")
	if len(history) != 2 || history[0].Version != "v1" {
		t.Fatalf("history %+v", history)
	}
	older, err := l.Revision(t.Context(), "a", history[0].Hash)
	if err != nil {
		t.Fatal(err)
	}
	blocks := Diff(older, now)
	if len(blocks) != 2 || joined(blocks[0].Changes, "insert") != was.Passages[0].Text || blocks[1].Changes[0].Op != "insert" {
		t.Errorf("%+v", blocks)
	}
	if _, err := l.Revision(t.Context(), "a", "0000"); err == nil {
		t.Error("a revision that never was")
	}
}

// TestDiffOfLikePassages: passages that are like one another are compared one by one, each word by word.
func TestDiffOfLikePassages(t *testing.T) {
	report := func(word string, numbers ...int) *Report {
		r := &Report{}
		for i, n := range numbers {
			text := fmt.Sprintf("모델은 %d번째로 %s 메모리를 쓰고, 추론 비용은 토큰 수에 비례한다.", n, word)
			r.Passages = append(r.Passages, Passage{Anchor: fmt.Sprint(word, i), Kind: "paragraph", Text: text})
		}
		return r
	}
	got := Diff(report("더 큰", 1, 2, 3, 4), report("훨씬 큰", 1, 3, 4, 5))
	var b strings.Builder
	for _, block := range got {
		for _, c := range block.Changes {
			fmt.Fprintf(&b, "%s:%s|", c.Op[:1], strings.TrimSpace(c.Text))
		}
		b.WriteByte('\n')
	}
	want := "e:모델은 1번째로|d:더|i:훨씬|e:큰 메모리를 쓰고, 추론 비용은 토큰 수에 비례한다.|\n" +
		"d:모델은 2번째로 더 큰 메모리를 쓰고, 추론 비용은 토큰 수에 비례한다.|\n" +
		"e:모델은 3번째로|d:더|i:훨씬|e:큰 메모리를 쓰고, 추론 비용은 토큰 수에 비례한다.|\n" +
		"e:모델은 4번째로|d:더|i:훨씬|e:큰 메모리를 쓰고, 추론 비용은 토큰 수에 비례한다.|\n" +
		"i:모델은 5번째로 훨씬 큰 메모리를 쓰고, 추론 비용은 토큰 수에 비례한다.|\n"
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
}
