package search

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/scalebook/scalebook/content"
	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/search/impact"
	"github.com/scalebook/scalebook/search/korean"
)

func day(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

func report(slug, title, lang, date string, passages ...string) *content.Report {
	r := &content.Report{Slug: slug, Title: title, Lang: lang, Date: day(date)}
	for i, p := range passages {
		r.Passages = append(r.Passages, content.Passage{Anchor: "p-" + string(rune('1'+i)), Heading: "본문", Kind: "paragraph", Text: p})
	}
	return r
}

// library is a small corpus in both languages.
func library() Corpus {
	return Corpus{
		Reports: []*content.Report{
			report("20241211-scaling", "스케일링 법칙은 끝났는가", "ko", "2024-12-11",
				"스케일링 법칙은 연산량을 늘리면 손실이 거듭제곱으로 줄어든다는 관찰이다.",
				"추론 시간에 더 오래 생각하게 하면 수학과 코딩에서 점수가 오른다.",
				"데이터센터 한 곳에 모을 수 있는 전력이 모자라 여러 곳에 나누어 학습한다."),
			report("20241225-gb300", "GB300의 공급망", "ko", "2024-12-25",
				"GB300은 HBM3E 12단을 얹어 메모리가 288GB로 늘었다.",
				"액체 냉각이 필수가 되면서 냉각판 공급사가 바뀐다.",
				"수출 통제 때문에 중국에는 성능을 낮춘 칩이 나간다."),
			report("20250101-moore", "Fifty years of Moore's law", "en", "2025-01-01",
				"Transistor counts doubled about every two years for half a century.",
				"Clock frequency stopped rising around 2005 when Dennard scaling ended.",
				"DeepSeek and Trainium are named here; reasoning models are not."),
			report("20230412-moore", "무어의 법칙 오십 년", "ko", "2023-04-12",
				"무어의 법칙은 집적도가 두 해마다 두 배가 된다는 예측이다.",
				"클럭 주파수는 2005년 무렵 멈췄다."),
		},
		Metrics: []metrics.Metric{
			{ID: "gpqa-diamond", Title: metrics.Text{Ko: "GPQA 다이아몬드", En: "GPQA Diamond"}, Aliases: []string{"GPQA"},
				Definition: metrics.Text{Ko: "대학원 수준의 과학 문제를 맞힌 비율이다.", En: "Share of graduate-level science questions answered correctly."}},
			{ID: "cpu-transistors", Title: metrics.Text{Ko: "CPU 트랜지스터 수", En: "CPU transistors"},
				Definition: metrics.Text{Ko: "프로세서 하나에 든 트랜지스터의 수이다.", En: "Transistors on one processor."}},
		},
		Subjects: []metrics.Subject{
			{ID: "gpt-4o", Name: "GPT-4o", Kind: "model", Organization: "OpenAI", Released: day("2024-05-13")},
			{ID: "gb300", Name: "GB300", Kind: "chip", Organization: "NVIDIA"},
		},
	}
}

func libraryGlossary() []GlossaryEntry {
	return []GlossaryEntry{
		{En: "liquid cooling", Ko: "액체 냉각", Variants: []string{"수랭", "수냉"}},
		{En: "export controls", Ko: "수출 통제", Variants: []string{"수출 규제"}},
		{En: "scaling law", Ko: "스케일링 법칙", Variants: []string{"scaling laws"}},
		{En: "scaling", Ko: "스케일링"},
		{En: "inference", Ko: "추론"},
		{En: "DeepSeek", Ko: "딥시크"},
	}
}

func firstHit(t *testing.T, ix *Index, q Query) (Results, Hit) {
	t.Helper()
	res, err := ix.Search(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	if len(res.Hits) == 0 {
		return res, Hit{}
	}
	return res, res.Hits[0]
}

// TestUnknownPhrase holds that nothing stands for a phrase of which a word is unknown.
func TestUnknownPhrase(t *testing.T) {
	ix := openTemp(t, library(), libraryGlossary())
	for _, query := range []string{`"강아지 법칙"`, `"법칙 강아지"`, `"poodle scaling"`} {
		if res, hit := firstHit(t, ix, Query{Text: query}); hit.ID != "" {
			t.Errorf("%s finds %+v", query, res.Hits)
		}
	}
	res, _ := firstHit(t, ix, Query{Text: "2기가와트"})
	if slices.ContainsFunc(res.AlsoSearched, func(s string) bool { return strings.HasPrefix(s, "2000000000") }) {
		t.Errorf("also searched: %q, which no report writes", res.AlsoSearched)
	}
}

// TestTermsOfWords holds that a query that no report answers is answered with the terms that its words name.
func TestTermsOfWords(t *testing.T) {
	ix := openTemp(t, library(), append(libraryGlossary(), GlossaryEntry{En: "hallucination", Ko: "환각"}, GlossaryEntry{En: "diffusion", Ko: "확산"}))
	for query, want := range map[string]string{"환각이란?": "hallucination", "환각의 강아지": "hallucination", "“환각” 강아지": "", "강아지": ""} {
		if _, hit := firstHit(t, ix, Query{Text: query}); hit.ID != want {
			t.Errorf("%s finds %q, want %q", query, hit.ID, want)
		}
	}
}

// TestUnderstanding pins what is found for each way of typing something.
func TestUnderstanding(t *testing.T) {
	ix := openTemp(t, library(), libraryGlossary())
	for _, test := range []struct {
		name, query string
		id          string // of the first report
		mark        string // in its first snippet
		meant       string
		also        string
	}{
		{name: "particle", query: "추론을", id: "20241211-scaling", mark: "추론"},
		{name: "product", query: "HBM3E", id: "20241225-gb300", mark: "HBM3E"},
		{name: "product in sentence", query: "hbm3e는 얼마나 늘었나", id: "20241225-gb300", mark: "HBM3E"},
		{name: "no space", query: "스케일링법칙", id: "20241211-scaling", mark: "스케일링"},
		{name: "extra space", query: "스케 일링 법칙", id: "20241211-scaling", mark: "스케일링", meant: "스케일링 법칙"},
		{name: "a space after each syllable", query: "데 이 터 센 터 전력", id: "20241211-scaling", mark: "데이터", meant: "데이터센터 전력"},
		{name: "compound", query: "데이터 센터 전력", id: "20241211-scaling", mark: "데이터"},
		{name: "wrong layout", query: "tmzpdlffld", id: "20241211-scaling", mark: "스케일링", meant: "스케일링"},
		{name: "wrong layout, Latin", query: "ㅗ믇ㅅ냐ㅜㅎ ㅎㅠ300", id: "20241225-gb300", mark: "GB300"},
		{name: "initials", query: "ㅅㅋㅇㄹ", id: "20241211-scaling", mark: "스케일링", meant: "스케일링"},
		{name: "jamo typo", query: "스캐일링", id: "20241211-scaling", mark: "스케일링", meant: "스케일링"},
		{name: "jamo typo with particle", query: "메모래가 늘었다", id: "20241225-gb300", mark: "메모리"},
		{name: "Latin typo", query: "transitor counts", id: "20250101-moore", mark: "Transistor", meant: "transistor counts"},
		{name: "stemming", query: "doubling transistors", id: "20250101-moore", mark: "doubled"},
		{name: "English for Korean", query: "export controls", id: "20241225-gb300", mark: "수출", also: "수출 통제"},
		{name: "English for Korean, two words", query: "liquid cooling suppliers", id: "20241225-gb300", mark: "냉각", also: "액체 냉각"},
		{name: "variant", query: "수랭", id: "20241225-gb300", mark: "액체"},
		{name: "transliteration", query: "트레이니엄", id: "20250101-moore", mark: "Trainium", also: "trainium"},
		{name: "phrase", query: `"무어의 법칙"`, id: "20230412-moore", mark: "무어"},
		{name: "exclusion", query: "법칙 -무어", id: "20241211-scaling"},
		{name: "or", query: "트랜지스터 OR 냉각판", id: "20241225-gb300", mark: "냉각판"},
		{name: "prefix", query: "Denn*", id: "20250101-moore", mark: "Dennard"},
		{name: "prefix over a particle", query: "줄어든*", id: "20241211-scaling", mark: "줄어든"},
		{name: "prefix of an English word longer than its stem", query: "doubled*", id: "20250101-moore", mark: "doubled"},
		{name: "title", query: "title:공급망", id: "20241225-gb300"},
		{name: "term", query: "term:수랭", id: "20241225-gb300", mark: "냉각"},
		{name: "decomposed", query: "추론", id: "20241211-scaling", mark: "추론"},
	} {
		t.Run(test.name, func(t *testing.T) {
			res, hit := firstHit(t, ix, Query{Text: test.query, Kinds: []string{KindReport}})
			if hit.ID != test.id {
				t.Fatalf("first hit of %q is %q, want %q: %+v", test.query, hit.ID, test.id, res)
			}
			if test.mark != "" && !strings.Contains(strings.Join(marked(hit.Passages[0].Snippet), "|"), test.mark) {
				t.Errorf("marks of %q don't include %q", hit.Passages[0].Snippet, test.mark)
			}
			if test.meant != "" && res.DidYouMean != test.meant {
				t.Errorf("did_you_mean %q, want %q", res.DidYouMean, test.meant)
			}
			if test.also != "" && !slices.Contains(res.AlsoSearched, test.also) {
				t.Errorf("also_searched %q, want it to include %q", res.AlsoSearched, test.also)
			}
		})
	}
}

// marked returns the marked parts of a snippet.
func marked(snippet string) []string {
	var all []string
	for _, part := range strings.Split(snippet, "<mark>")[1:] {
		m, _, _ := strings.Cut(part, "</mark>")
		all = append(all, m)
	}
	return all
}

func TestEntitiesFirst(t *testing.T) {
	ix := openTemp(t, library(), libraryGlossary())
	for query, want := range map[string]string{"GPQA": "gpqa-diamond", "gpqa diamond": "gpqa-diamond", "GPT-4o": "gpt-4o", "gpt4o": "gpt-4o", "GB300": "gb300"} {
		if _, hit := firstHit(t, ix, Query{Text: query}); hit.ID != want {
			t.Errorf("first hit of %q is %s %q, want %q", query, hit.Kind, hit.ID, want)
		}
	}
}

func TestFilters(t *testing.T) {
	ix := openTemp(t, library(), nil)
	for _, test := range []struct {
		name string
		q    Query
		want []string
	}{
		{"language", Query{Text: "moore 법칙", Lang: "en", Kinds: []string{KindReport}}, []string{"20250101-moore"}},
		{"half-open from", Query{Text: "법칙", From: day("2024-12-11"), Kinds: []string{KindReport}}, []string{"20241211-scaling"}},
		{"half-open to", Query{Text: "법칙", To: day("2024-12-11"), Kinds: []string{KindReport}}, []string{"20230412-moore"}},
		{"in the text", Query{Text: "법칙 from:2024 kind:report"}, []string{"20241211-scaling"}},
		{"newest", Query{Text: "법칙", Sort: SortNewest, Kinds: []string{KindReport}}, []string{"20241211-scaling", "20230412-moore"}},
		{"offset", Query{Text: "법칙", Sort: SortNewest, Offset: 1, Kinds: []string{KindReport}}, []string{"20230412-moore"}},
		{"nothing", Query{Text: "zzzzqqq"}, nil},
		{"empty", Query{Text: "   "}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			res, err := ix.Search(context.Background(), test.q)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, h := range res.Hits {
				got = append(got, h.ID)
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestGenerations(t *testing.T) {
	ctx := context.Background()
	dir := filepath.Join(t.TempDir(), "index")
	glossary := libraryGlossary()
	ix, err := Open(Config{Dir: dir, Glossary: glossary})
	if err != nil {
		t.Fatal(err)
	}
	defer ix.Close()
	if res, err := ix.Search(ctx, Query{Text: "추론"}); err != nil || len(res.Hits) != 1 || res.Hits[0].Kind != KindTerm {
		t.Fatalf("without a generation, the glossary answers: got %+v, %v", res.Hits, err)
	}
	for i := range 4 {
		name, err := Build(ctx, BuildConfig{Dir: dir, Glossary: glossary}, library())
		if err != nil {
			t.Fatal(err)
		}
		if changed, err := ix.Refresh(ctx); err != nil || !changed || ix.Generation() != name {
			t.Fatalf("refresh %d: changed %v to %q, want %q: %v", i, changed, ix.Generation(), name, err)
		}
		if _, hit := firstHit(t, ix, Query{Text: "HBM3E"}); hit.ID != "20241225-gb300" {
			t.Fatalf("after refresh %d the first hit is %q", i, hit.ID)
		}
	}
	if changed, err := ix.Refresh(ctx); changed || err != nil {
		t.Errorf("refresh without a new generation: %v, %v", changed, err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if want := []string{"CURRENT", "gen-00000003", "gen-00000004", "seg-00000001"}; !slices.Equal(names, want) {
		t.Errorf("the folder holds %q, want %q", names, want)
	}
}

func TestCancelledBuildLeavesNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	dir := t.TempDir()
	if _, err := Build(ctx, BuildConfig{Dir: dir}, library()); err == nil {
		t.Fatal("a cancelled build succeeded")
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 0 {
		t.Errorf("a cancelled build left %v", entries)
	}
}

func TestResultsJSON(t *testing.T) {
	ix := openTemp(t, library(), libraryGlossary())
	res, err := ix.Search(context.Background(), Query{Text: "liquid coolng", Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(res)
	if err != nil {
		t.Fatal(err)
	}
	var shape map[string]any
	if err := json.Unmarshal(raw, &shape); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"query", "total", "took_us", "hits", "facets", "did_you_mean", "also_searched"} {
		if _, ok := shape[key]; !ok {
			t.Errorf("no %q in %s", key, raw)
		}
	}
}

func TestClosed(t *testing.T) {
	ix, err := Open(Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	if err := ix.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := ix.Search(context.Background(), Query{Text: "a"}); err != ErrClosed {
		t.Errorf("search after close: %v, want ErrClosed", err)
	}
	if err := ix.Close(); err != nil {
		t.Errorf("second close: %v", err)
	}
}

// TestRefreshDropsNoQuery swaps generations while queries run.
func TestRefreshDropsNoQuery(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	build := func() {
		if _, err := Build(ctx, BuildConfig{Dir: dir}, library()); err != nil {
			t.Fatal(err)
		}
	}
	build()
	ix, err := Open(Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				res, err := ix.Search(ctx, Query{Text: "HBM3E 메모리"})
				if err != nil || len(res.Hits) == 0 || !strings.Contains(res.Hits[0].Passages[0].Snippet, "<mark>HBM3E</mark>") {
					t.Errorf("during a swap: %+v, %v", res, err)
					return
				}
			}
		})
	}
	for range 3 {
		build()
		if changed, err := ix.Refresh(ctx); err != nil || !changed {
			t.Errorf("refresh: %v, %v", changed, err)
		}
	}
	close(stop)
	wg.Wait()
	if err := ix.Close(); err != nil {
		t.Error(err)
	}
}

// TestPrefixFindsEveryWord asks for the first three letters of each longer word of the bundled reports. A passage with the
// stem of a verb or with 1,750 for 175* may come before one with the word.
func TestPrefixFindsEveryWord(t *testing.T) {
	reports, _ := bundled(t)
	ix := openTemp(t, Corpus{Reports: reports}, nil)
	asked := map[string]bool{}
	for _, r := range reports {
		for _, p := range r.Passages {
			for w := range impact.SurfaceWords(korean.Normalize(p.Text)) {
				letters := []rune(w.Text)
				if len(letters) < 3 || asked[string(letters[:3])] {
					continue
				}
				prefix := string(letters[:3])
				asked[prefix] = true
				res, err := ix.Search(context.Background(), Query{Text: prefix + "*", Limit: MaxLimit, Passages: MaxPassages})
				if err != nil {
					t.Fatal(err)
				}
				if !slices.ContainsFunc(res.Hits, func(h Hit) bool {
					return slices.ContainsFunc(h.Passages, func(p Passage) bool {
						return strings.Contains(strings.ToLower(p.Snippet), "<mark>"+prefix)
					})
				}) {
					t.Errorf("%s* has %d hits, none with a marked word that starts so, as %q", prefix, len(res.Hits), w.Text)
				}
			}
		}
	}
	if len(asked) < 1000 {
		t.Errorf("%d prefixes, want at least 1,000", len(asked))
	}
}
