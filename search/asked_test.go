package search

import (
	"slices"
	"strings"
	"testing"

	"github.com/scalebook/scalebook/content"
)

// asked opens an index of the library and a report of amounts.
func asked(t *testing.T) *Index {
	corpus := library()
	corpus.Reports = append(corpus.Reports, report("20240910-amounts", "전력과 돈", "ko", "2024-09-10",
		"캠퍼스는 2GW를 쓰고 10억 달러가 든다.", "파라미터는 100억 개이고 사람은 10명이며 크기는 같다.", "벤치마크는 닳고 체크포인트는 남는다.", "HBM은 半導體(반도체)의 하나이고 전력망은 나아지는 중이다."))
	return openTemp(t, corpus, append(libraryGlossary(), GlossaryEntry{En: "semiconductor", Ko: "반도체"}, GlossaryEntry{En: "injury", Ko: "부상"}))
}

// TestAsked pins the first passage that is found for what people type.
func TestAsked(t *testing.T) {
	ix := asked(t)
	for _, test := range []struct {
		query, hit string
		marked     []string // in the first passage, nil for any
		also       string
	}{
		{query: "半導體", hit: "20240910-amounts", marked: []string{"半導體", "반도체"}},
		{query: "電力", hit: "20240910-amounts"},
		{query: "10억", hit: "20240910-amounts", marked: []string{"10억"}},
		{query: "10억 달러", hit: "20240910-amounts", marked: []string{"10억", "달러"}},
		{query: "1 billion", hit: "20240910-amounts", marked: []string{"10억"}, also: "10억"},
		{query: "2기가와트", hit: "20240910-amounts", marked: []string{"2GW"}, also: "2gw"},
		{query: "30억"},
		{query: "벤치 마크", hit: "20240910-amounts", marked: []string{"벤치마크"}},
		{query: "체크 포인트", hit: "20240910-amounts", marked: []string{"체크포인트"}},
		{query: "에이치비엠", hit: "20240910-amounts", marked: []string{"HBM"}, also: "hbm"},
		{query: "강아지"},
		{query: "강아지는"},
		{query: "세탁기"},
		{query: "부산"},
		{query: "조선에서"},
		{query: "xqzzy"},
		{query: "wjsfur akd", hit: "20240910-amounts"},
	} {
		res, hit := firstHit(t, ix, Query{Text: test.query, Kinds: []string{KindReport}})
		if hit.ID != test.hit {
			t.Errorf("%s finds %q, want %q: %+v", test.query, hit.ID, test.hit, res)
			continue
		}
		if test.marked != nil {
			if got := marked(hit.Passages[0].Snippet); !slices.Equal(got, test.marked) {
				t.Errorf("%s marks %q in %q, want %q", test.query, got, hit.Passages[0].Snippet, test.marked)
			}
		}
		if test.also != "" && !slices.Contains(res.AlsoSearched, test.also) {
			t.Errorf("%s also searched for %q, want %q", test.query, res.AlsoSearched, test.also)
		}
	}
}

// TestOffer holds that a word which is one, and which nothing has, is not replaced: what is near to it is offered.
func TestOffer(t *testing.T) {
	ix := asked(t)
	if res, hit := firstHit(t, ix, Query{Text: "부산"}); hit.ID != "" || res.DidYouMean != "부상" {
		t.Errorf("부산 finds %q and offers %q, want nothing and 부상", hit.ID, res.DidYouMean)
	}
	if res, hit := firstHit(t, ix, Query{Text: "강아지"}); hit.ID != "" || res.DidYouMean != "" {
		t.Errorf("강아지 finds %q and offers %q, want nothing", hit.ID, res.DidYouMean)
	}
}

// TestListing holds what a query finds that has filters and no words.
func TestListing(t *testing.T) {
	ix := asked(t)
	for query, want := range map[string]string{
		"from:2024-12 to:2024-12":        "20241225-gb300 20241211-scaling",
		"from:2024-12 to:2024-12 -냉각":    "20241211-scaling",
		"2024년 12월 보고서":                  "20241225-gb300 20241211-scaling",
		"2023년에 나온 글":                    "20230412-moore",
		"reports from December 2024":     "20241225-gb300 20241211-scaling",
		"2025 reports":                   "20250101-moore",
		"lang:en":                        "20250101-moore",
		"kind:metric":                    "cpu-transistors gpqa-diamond",
		"from:1999 to:2000":              "",
		"kind:subject from:2024 to:2024": "gpt-4o",
	} {
		res, _ := firstHit(t, ix, Query{Text: query})
		var ids []string
		for _, h := range res.Hits {
			ids = append(ids, h.ID)
			if h.Kind == KindReport && (len(h.Passages) == 0 || h.Passages[0].Snippet == "") {
				t.Errorf("%s lists %s without how it begins", query, h.ID)
			}
		}
		if got := strings.Join(ids, " "); got != want || res.Total != len(ids) {
			t.Errorf("%s lists %q of %d, want %q", query, got, res.Total, want)
		}
	}
}

// TestOverlappingTerms holds that of two terms which share a word both are looked for.
func TestOverlappingTerms(t *testing.T) {
	c := Corpus{Reports: []*content.Report{report("a", "하나", "ko", "2024-01-01", "데이터 장벽이 다가온다."), report("b", "둘", "ko", "2024-01-01", "학습 데이터는 많다.")}}
	ix := openTemp(t, c, []GlossaryEntry{{En: "training data", Ko: "학습 데이터"}, {En: "data wall", Ko: "데이터 장벽"}})
	res, _ := firstHit(t, ix, Query{Text: "training data wall"})
	for _, want := range []string{"학습 데이터", "데이터 장벽"} {
		if !slices.Contains(res.AlsoSearched, want) {
			t.Errorf("also searched for %q, which lacks %q", res.AlsoSearched, want)
		}
	}
}

// TestKeywordsLead holds that a report is found by its keywords, and shows its own passages rather than the summary where it has
// such.
func TestKeywordsLead(t *testing.T) {
	about := report("a", "자가 짧다", "ko", "2024-01-01", "저울은 눈금이 다하면 아무것도 재지 못한다.", "두 번째 문단이다.")
	about.Summary, about.Keywords = "시험이 먼저 닳는다는 이야기다.", []string{"벤치마크", "포화"}
	excerpt := report("b", "둘", "ko", "2024-01-01", "다른 이야기다.")
	excerpt.Summary, excerpt.Excerpt = "다른 이야기다.", true
	ix := openTemp(t, Corpus{Reports: []*content.Report{about, excerpt}}, nil)
	for query, want := range map[string]string{
		"벤치마크 포화": "시험이 먼저 닳는다는 이야기다.",
		"저울 눈금":   "저울은 눈금이 다하면 아무것도 재지 못한다.",
		"다른 이야기":  "다른 이야기다.",
	} {
		_, hit := firstHit(t, ix, Query{Text: query})
		if len(hit.Passages) != 1 || strings.NewReplacer("<mark>", "", "</mark>", "").Replace(hit.Passages[0].Snippet) != want {
			t.Errorf("%s shows %+v, want %q alone", query, hit.Passages, want)
		}
	}
}

// TestEitherIsUnderstood holds that alternatives are translated as other words are, with or without spaces around the bar.
func TestEitherIsUnderstood(t *testing.T) {
	ix := openTemp(t, library(), libraryGlossary())
	for _, query := range []string{`"liquid cooling" OR 닥터`, `"liquid cooling"|닥터`, "수냉|딥시크", "닥터 | 수랭"} {
		res, _ := firstHit(t, ix, Query{Text: query, Kinds: []string{KindReport}})
		if !slices.ContainsFunc(res.Hits, func(h Hit) bool { return h.ID == "20241225-gb300" }) {
			t.Errorf("%s finds %+v, which lacks 20241225-gb300", query, res.Hits)
		}
	}
}

// TestVerbsOfTheGlossary holds that a verb which translates a noun finds its inflections.
func TestVerbsOfTheGlossary(t *testing.T) {
	c := Corpus{Reports: []*content.Report{report("a", "하나", "ko", "2024-01-01", "글이 모자라서 기다린다."), report("b", "둘", "ko", "2024-01-01", "글이 남는다.")}}
	ix := openTemp(t, c, []GlossaryEntry{{En: "shortage", Ko: "부족", Variants: []string{"모자라다"}, Kind: "economics"}})
	if _, hit := firstHit(t, ix, Query{Text: "shortage", Kinds: []string{KindReport}}); hit.ID != "a" {
		t.Errorf("shortage finds %+v", hit)
	}
}

// TestSpellings holds that British and American spelling find each other.
func TestSpellings(t *testing.T) {
	ix := openTemp(t, Corpus{Reports: []*content.Report{report("a", "One", "en", "2024-01-01", "Utilisation of optical fibre between data centers.")}}, nil)
	for _, query := range []string{"utilization", "fiber", "data centre", "fibres"} {
		if res, hit := firstHit(t, ix, Query{Text: query}); hit.ID != "a" || res.DidYouMean != "" {
			t.Errorf("%s finds %q, taken for %q", query, hit.ID, res.DidYouMean)
		}
	}
}

// TestNounsThatLookLikeVerbs holds that a noun which alone is taken for a verb with an ending is found by itself and from English, and
// that the verb does not stand for it.
func TestNounsThatLookLikeVerbs(t *testing.T) {
	c := Corpus{Reports: []*content.Report{report("a", "하나", "ko", "2024-01-01", "토큰 단가는 낮다."), report("b", "둘", "ko", "2024-01-01", "문제가 다 풀렸다."), report("c", "셋", "ko", "2024-01-01", "코어 수가 늘었다.")}}
	ix := openTemp(t, c, []GlossaryEntry{{En: "unit price", Ko: "단가", Kind: "economics"}, {En: "increase", Ko: "증가", Variants: []string{"늘다"}, Kind: "general"}})
	for query, want := range map[string]string{"단가": "a", "단가?": "a", "unit price": "a", "다 풀리나": "b", "increase": "c"} {
		res, hit := firstHit(t, ix, Query{Text: query, Kinds: []string{KindReport}})
		if hit.ID != want || query == "다 풀리나" && len(res.AlsoSearched) > 0 {
			t.Errorf("%s finds %q and also searched for %q, want %q", query, hit.ID, res.AlsoSearched, want)
		}
	}
}

// TestLightWords holds that a word which says little does not lead, however rare it is.
func TestLightWords(t *testing.T) {
	c := Corpus{Reports: []*content.Report{report("a", "하나", "ko", "2024-01-01", "언젠가 바뀐다."), report("b", "둘", "ko", "2024-01-01", "널리 쓰이던 벤치마크는 만점 근처에서 눕는다."),
		report("c", "Three", "en", "2024-01-01", "It is really so."), report("d", "Four", "en", "2024-01-01", "The cells of a memory array have stopped growing smaller of late.")}}
	ix := openTemp(t, c, nil)
	for query, want := range map[string]string{"언젠가 벤치마크": "b", "really cells": "d"} {
		if _, hit := firstHit(t, ix, Query{Text: query}); hit.ID != want {
			t.Errorf("%s finds %q first, want %q", query, hit.ID, want)
		}
	}
}

// TestNearnessCountsMeaningsOnce holds that a word beside its translation is no more than the word, and two words of a query are.
func TestNearnessCountsMeaningsOnce(t *testing.T) {
	far := strings.Repeat(" 그러나 이야기는 여기서 길게 이어지고 좀처럼 끝나지 않는다.", 4)
	c := Corpus{Reports: []*content.Report{report("a", "하나", "ko", "2024-01-01", "묶음(batch)을 본다."+far+" 요금은 다르다."), report("b", "둘", "ko", "2024-01-01", "묶음의 요금을 본다."+far+" 이것은 batch와 다르다.")}}
	ix := openTemp(t, c, []GlossaryEntry{{En: "batch", Ko: "묶음"}})
	for _, query := range []string{"묶음 요금", "batch 요금"} {
		if _, hit := firstHit(t, ix, Query{Text: query}); hit.ID != "b" {
			t.Errorf("%s finds %q first, want b", query, hit.ID)
		}
	}
}

// TestSimilarWords holds that a word finds what says nearly the same, below what has the word itself, and that it is told.
func TestSimilarWords(t *testing.T) {
	c := Corpus{Reports: []*content.Report{report("a", "하나", "ko", "2024-01-01", "노광기가 찍는 넓이는 정해져 있다."), report("b", "둘", "ko", "2024-01-01", "면적이 정해져 있다."), report("c", "셋", "ko", "2024-01-01", "부산에서 만났다.")}}
	ix := openTemp(t, c, nil)
	res, _ := firstHit(t, ix, Query{Text: "면적"})
	var ids []string
	for _, h := range res.Hits {
		ids = append(ids, h.ID)
	}
	if !slices.Equal(ids, []string{"b", "a"}) || !slices.Contains(res.AlsoSearched, "넓이") {
		t.Errorf("면적 finds %q and also searched for %q, want b, a and 넓이", ids, res.AlsoSearched)
	}
	if res, hit := firstHit(t, ix, Query{Text: "넓이가 얼마나 되나"}); hit.ID != "a" || res.Total != 2 {
		t.Errorf("넓이가 얼마나 되나 finds %q of %d, want a of 2", hit.ID, res.Total)
	}
}

// TestTranslationTowards holds that a translation into the language that is looked for is worth more than one into any.
func TestTranslationTowards(t *testing.T) {
	c := Corpus{Reports: []*content.Report{report("a", "하나", "ko", "2024-01-01", "문맥이 길다."), report("b", "Two", "en", "2024-01-01", "The context is long.")}}
	ix := openTemp(t, c, []GlossaryEntry{{En: "context", Ko: "문맥"}})
	score := func(q Query) float64 {
		res, _ := firstHit(t, ix, q)
		for _, h := range res.Hits {
			if h.ID == "a" {
				return h.Score
			}
		}
		return 0
	}
	if any, korean := score(Query{Text: "context"}), score(Query{Text: "context", Lang: "ko"}); any == 0 || korean <= any {
		t.Errorf("문맥 for context scores %g among Korean reports, want more than %g", korean, any)
	}
}

// TestNotFound holds which words of a query are told to be in nothing.
func TestNotFound(t *testing.T) {
	ix := asked(t)
	for query, want := range map[string][]string{
		"강아지는 벤치마크가 무엇인가":     {"강아지"},
		"벤치마크 고양이":            {"고양이"},
		"벤치마크":                nil,
		"電力 벤치마크":             nil,
		"semiconductor 세탁기":   {"세탁기"},
		"벤치마크 xqzzy":          {"xqzzy"},
		"GPT-9 벤치마크":          {"GPT-9"},
		"gpt-4o 벤치마크":         nil,
		"체크포인트는 언젠가 얼마나 남나요?": nil,
		"벤치마크 2기가와트":          nil,
		"밴치마크":                nil,
		"wjsfur akd":          nil,
		"강아지":                 {"강아지"},
	} {
		if res, _ := firstHit(t, ix, Query{Text: query}); !slices.Equal(res.NotFound, want) {
			t.Errorf("%s: not found %q, want %q", query, res.NotFound, want)
		}
	}
}

// TestSwappedWordsAreOne holds that two words typed with the other keyboard layout are the one that passages have.
func TestSwappedWordsAreOne(t *testing.T) {
	c := Corpus{Reports: []*content.Report{report("a", "하나", "ko", "2024-01-01", "전력망은 나아지는 중이다."), report("b", "둘", "ko", "2024-01-01", "전력은 많고 망은 넓다."), report("c", "셋", "ko", "2024-01-01", "가스 터빈을 세운다.")}}
	ix := openTemp(t, c, []GlossaryEntry{{En: "power grid", Ko: "전력망"}})
	for query, want := range map[string]string{"wjsfur akd": "전력망", "rktm xjqls": "가스 터빈"} {
		if res, hit := firstHit(t, ix, Query{Text: query}); res.DidYouMean != want || hit.ID == "b" {
			t.Errorf("%s is taken for %q and finds %q, want %s", query, res.DidYouMean, hit.ID, want)
		}
	}
}

// TestScrapsAreNotCorrected holds that a small unknown part of a long word is not taken for what is near to it, and that a foreign name is
// found by its sound with either keyboard layout.
func TestScrapsAreNotCorrected(t *testing.T) {
	c := Corpus{Reports: []*content.Report{report("a", "하나", "ko", "2024-01-01", "Shumailov는 꼬리가 사라진다고 했다."), report("b", "둘", "ko", "2024-01-01", "로그 눈금의 기울기를 미리 본다."), report("c", "셋", "ko", "2024-01-01", "Ironwood는 9,216개다.")}}
	ix := openTemp(t, c, nil)
	for query, want := range map[string]string{"슈마일로프": "a", "기울기들끼리의": "b", "아이론우드": "c", "dkdlfhsdnem": "c"} {
		res, hit := firstHit(t, ix, Query{Text: query})
		if hit.ID != want || res.Total != 1 {
			t.Errorf("%s finds %q of %d, taken for %q, want %q alone", query, hit.ID, res.Total, res.DidYouMean, want)
		}
	}
}

// TestLightWordsStayLight holds that what stands for a word that says little, and that nothing has, says as little.
func TestLightWordsStayLight(t *testing.T) {
	c := Corpus{Reports: []*content.Report{report("a", "하나", "ko", "2024-01-01", "까닭은 모른다."), report("b", "둘", "ko", "2024-01-01", "널리 쓰이던 시험의 포화는 만점 근처에서 눕는 것이고, 새로 나온 것은 바닥에서 일어서며, 사람이 하는 일의 길이로 재는 것은 천장이 없다.")}}
	ix := openTemp(t, c, []GlossaryEntry{{En: "reason", Ko: "이유", Variants: []string{"까닭"}}})
	if _, hit := firstHit(t, ix, Query{Text: "포화 이유", Kinds: []string{KindReport}}); hit.ID != "b" {
		t.Errorf("finds %q first, want b", hit.ID)
	}
}
