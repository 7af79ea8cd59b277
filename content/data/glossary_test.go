package data_test

import (
	"cmp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/scalebook/scalebook/content/data"
	"github.com/scalebook/scalebook/search"
)

// minGlossary is the size below which English queries begin to miss Korean passages on ordinary words.
const minGlossary = 3000

func loadGlossary(t *testing.T) []search.GlossaryEntry {
	t.Helper()
	f, err := data.Files().Open("glossary.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	entries, err := search.LoadGlossary(f)
	if err != nil {
		t.Fatal(err)
	}
	return entries
}

func TestGlossary(t *testing.T) {
	entries := loadGlossary(t)
	if len(entries) < minGlossary {
		t.Errorf("%d entries, want at least %d", len(entries), minGlossary)
	}
	kinds := []string{"datacenter", "economics", "general", "ml", "organization", "person", "product", "semiconductor", "unit"}
	ids, pairs := map[string]string{}, map[string]bool{}
	for _, e := range entries {
		name := e.En + "/" + e.Ko
		if e.En == "" || e.Ko == "" {
			t.Errorf("%s lacks one of the languages", name)
		}
		if !slices.Contains(kinds, e.Kind) {
			t.Errorf("%s has kind %q", name, e.Kind)
		}
		if !slices.ContainsFunc(append([]string{e.Ko}, e.Variants...), hasHangul) {
			t.Errorf("%s has no spelling in Hangul", name)
		}
		if hasHangul(e.En) {
			t.Errorf("%s has Hangul in its English term", name)
		}
		if pair := strings.ToLower(name); pairs[pair] {
			t.Errorf("%s stands twice", name)
		} else {
			pairs[pair] = true
		}
		if other, taken := ids[e.ID()]; taken {
			t.Errorf("%s has the address %q of %s", name, e.ID(), other)
		}
		ids[e.ID()] = name
		seen := map[string]bool{strings.ToLower(e.En): true, strings.ToLower(e.Ko): true}
		for _, v := range e.Variants {
			if v = strings.ToLower(v); seen[v] {
				t.Errorf("%s repeats %q", name, v)
			}
			seen[v] = true
		}
	}
	if !slices.IsSortedFunc(entries, func(a, b search.GlossaryEntry) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(strings.ToLower(a.En), strings.ToLower(b.En)))
	}) {
		t.Error("the rows are not sorted by kind and English term")
	}
}

// TestGlossaryKnows spells out what search is expected to lead across the languages.
func TestGlossaryKnows(t *testing.T) {
	spellings := map[string][]string{}
	for _, e := range loadGlossary(t) {
		all := append([]string{e.En, e.Ko}, e.Variants...)
		for _, s := range all {
			spellings[strings.ToLower(s)] = append(spellings[strings.ToLower(s)], all...)
		}
	}
	for _, pair := range [][2]string{
		{"inference", "추론"}, {"reasoning", "추론"}, {"liquid cooling", "액체 냉각"}, {"export control", "수출 통제"},
		{"chain of thought", "생각의 사슬"}, {"KV cache", "KV 캐시"}, {"RLHF", "인간 피드백 강화 학습"}, {"yield", "수율"},
		{"transformer", "트랜스포머"}, {"power transformer", "변압기"}, {"capex", "설비투자"}, {"HBM", "고대역폭 메모리"},
		{"DeepSeek", "딥시크"}, {"Trainium", "트레이니엄"}, {"Blackwell", "블랙웰"}, {"gross margin", "매출총이익률"},
		{"bottleneck", "병목"}, {"announcement", "발표"}, {"customer", "고객"}, {"delay", "지연"},
	} {
		if !slices.Contains(spellings[strings.ToLower(pair[0])], pair[1]) {
			t.Errorf("%q does not lead to %q", pair[0], pair[1])
		}
		if !slices.Contains(spellings[strings.ToLower(pair[1])], pair[0]) {
			t.Errorf("%q does not lead to %q", pair[1], pair[0])
		}
	}
}

func hasHangul(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Hangul, r) })
}
