package content

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Segmenter knows where the morphemes of a Korean word begin: byte offsets into it, in order. The beginning itself may be
// left out.
type Segmenter interface{ Boundaries(word string) []int }

// termCandidate is a bracketed gloss with the words before it, before it is known where the term begins.
type termCandidate struct {
	Before []string // up to five words, the nearest last
	Inside string
	Anchor string
}

var (
	glossPattern = regexp.MustCompile(`([^\s(（][^()（）\n]{0,80})[(（]([^()（）]{2,60})[)）]`)
	englishGloss = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9 .,&/’'\-–]*[A-Za-z0-9.+]$`)
	koreanGloss  = regexp.MustCompile(`^[가-힣][가-힣0-9 ·\-]*$`)
	notGloss     = regexp.MustCompile(`(?i)^(?:e\.?g|i\.?e|cf|see|figure|fig|table|source|via|the|and|or|vs|about|approximately|not|version|ver|v\d|\d)\b`)
)

// termCandidates finds the glosses of a report: 한국어(English), ACRONYM(English words), English(한국어).
func termCandidates(ps []Passage) []termCandidate {
	var out []termCandidate
	for _, p := range ps {
		if p.Kind == "code" {
			continue
		}
		for _, s := range Sentences(p.Text) {
			for _, m := range glossPattern.FindAllStringSubmatch(s, -1) {
				inside, _, _ := strings.Cut(m[2], ",")
				inside = strings.Trim(strings.TrimPrefix(strings.TrimSpace(inside), "이하 "), "“”\"'‘’ ")
				if notGloss.MatchString(inside) || !englishGloss.MatchString(inside) && !koreanGloss.MatchString(inside) {
					continue
				}
				if before := wordsBefore(m[1]); len(before) > 0 {
					out = append(out, termCandidate{before, inside, p.Anchor})
				}
			}
		}
	}
	return out
}

// wordsBefore returns the last words of a text that could belong to a term: none before a mark of punctuation.
func wordsBefore(text string) []string {
	if strings.HasSuffix(text, " ") && !strings.HasSuffix(strings.TrimSpace(text), "”") {
		text = strings.TrimRight(text, " ")
	}
	if i := strings.LastIndexAny(text, ",;:.!?\"“‘[]{}|•·…/"); i >= 0 {
		_, n := utf8.DecodeRuneInString(text[i:])
		rest := strings.TrimSpace(text[i+n:])
		if q := strings.Trim(rest, "”’\"'"); q == "" { // “동적 전력 재할당”(…)
			open := strings.LastIndexAny(text[:max(0, i)], "“‘\"")
			if open < 0 {
				return nil
			}
			_, n := utf8.DecodeRuneInString(text[open:])
			rest = text[open+n : i]
		}
		text = rest
	}
	words := strings.Fields(strings.Trim(text, "“”‘’'\""))
	return words[max(0, len(words)-5):]
}

// Terms mines the terms of a corpus from the glosses of its reports, by slug. Where a Korean term begins is decided by
// agreement: of the word runs that stand before the same English gloss the longest that most of them share wins; where a
// gloss occurs once, other uses of the words in the corpus and the morphemes decide.
func mineTerms(reports map[string][]termCandidate, seg Segmenter) map[string][]Term {
	byGloss := map[string][]termCandidate{}
	uses := map[string]int{} // how often a run of words stands at a gloss's left
	for _, slug := range slices.Sorted(maps.Keys(reports)) {
		for _, c := range reports[slug] {
			key := glossKey(c.Inside)
			byGloss[key] = append(byGloss[key], c)
			for n := 1; n <= len(c.Before); n++ {
				uses[key+"\x00"+strings.Join(c.Before[len(c.Before)-n:], " ")]++
			}
		}
	}
	out := map[string][]Term{}
	for slug, cs := range reports {
		seen := map[Term]bool{}
		for _, c := range cs {
			t, ok := decideTerm(c, len(byGloss[glossKey(c.Inside)]), uses, seg)
			if !ok {
				continue
			}
			key := Term{Ko: t.Ko, En: strings.ToLower(t.En)}
			if !seen[key] {
				seen[key] = true
				out[slug] = append(out[slug], t)
			}
		}
	}
	return out
}

func glossKey(inside string) string {
	return strings.ToLower(strings.ReplaceAll(inside, "-", " "))
}

func decideTerm(c termCandidate, total int, uses map[string]int, seg Segmenter) (Term, bool) {
	last := c.Before[len(c.Before)-1]
	english := englishGloss.MatchString(c.Inside)
	switch {
	case english && isKorean(last):
		ko := koreanTerm(c, total, uses, seg)
		return Term{Ko: ko, En: c.Inside, Anchor: c.Anchor}, plausible(ko, c.Inside)
	case english && acronymOf(last, c.Inside):
		return Term{Ko: last, En: c.Inside, Anchor: c.Anchor}, true
	case !english && !isKorean(last):
		en := latinTail(c.Before)
		return Term{Ko: c.Inside, En: en, Anchor: c.Anchor}, len(en) >= 2 && plausible(c.Inside, en) && !sentenceLike(c.Inside)
	}
	return Term{}, false
}

// isKorean reports whether a word is written in Hangul, digits aside.
func isKorean(w string) bool {
	hangul := false
	for _, c := range w {
		switch {
		case unicode.Is(unicode.Hangul, c):
			hangul = true
		case unicode.IsLetter(c):
			return false
		}
	}
	return hangul
}

// particleEnd ends words that modify or link and so stand before a term, not in it. A verb's adnominal ending or a
// particle closes the phrase to its left.
var (
	particleEnd = regexp.MustCompile(`(?:을|를|은|는|이|가|에|에서|에게|에도|에는|에서는|으로|로|으로는|로는|와|과|의|도|만|까지|부터|처럼|보다|라는|이라는|하는|하던|하여|하고|되는|된|한|할|될|인|적인|있는|없는|같은|위한|위해|통한|통해|대한|대해|관한|따른|의한|이른바|이며|이고|했던|였던|다|며|고|면|지만|거나|즉|및|또는|그리고|등|등의|등을|약|그|이|저|각|더|매우|가장|새로운|여러|다른|모든|주요|이러한|그러한|어떤|첫|두|세|네|예를|들어|참고로|특히|또한|하지만|그러나|최근|현재|기존|기존의)$`)
	adnominal   = regexp.MustCompile(`(?:자기|인공|강화|지도|합성|사전|사후|추론|학습|메모리|컴퓨트|연산)$`)
)

// koreanTerm decides how many of the words before a gloss are the term.
func koreanTerm(c termCandidate, total int, uses map[string]int, seg Segmenter) string {
	key := glossKey(c.Inside)
	run := func(n int) string { return strings.Join(c.Before[len(c.Before)-n:], " ") }
	limit := 1
	for limit < len(c.Before) && !breaks(c.Before[len(c.Before)-limit-1]) && limit < wordLimit(c.Inside) {
		limit++
	}
	best := 1
	if total > 1 { // agreement: the longest run that most of the gloss's uses share
		for n := 2; n <= limit; n++ {
			if uses[key+"\x00"+run(n)]*2 > total {
				best = n
			}
		}
		if best > 1 || uses[key+"\x00"+run(1)]*2 > total && limit > 1 && varied(c, uses, key, total) {
			return trimTerm(run(best), c.Inside, seg)
		}
	}
	english := len(strings.FieldsFunc(c.Inside, func(r rune) bool { return r == ' ' || r == '-' }))
	best = min(limit, max(1, english))
	return trimTerm(run(best), c.Inside, seg)
}

// varied reports whether the uses of a gloss have different words before its last one, so that those are not part of it.
func varied(c termCandidate, uses map[string]int, key string, total int) bool {
	if len(c.Before) < 2 {
		return true
	}
	two := strings.Join(c.Before[len(c.Before)-2:], " ")
	return uses[key+"\x00"+two]*2 <= total
}

// wordLimit bounds a Korean term's words by its English gloss's: at most one more.
func wordLimit(en string) int {
	n := len(strings.FieldsFunc(en, func(r rune) bool { return r == ' ' || r == '-' || r == '/' }))
	if n == 1 && strings.ToUpper(en) == en && len(en) <= 6 {
		return min(4, len(en)) // an acronym: a letter a word
	}
	return min(5, n+1)
}

// breaks reports whether a word ends the phrase before a term. A word that isn't Korean does too, unless it is part of a
// name such as “GPU 메모리”.
func breaks(w string) bool {
	if !isKorean(w) {
		return true
	}
	if adnominal.MatchString(w) || utf8.RuneCountInString(w) == 1 {
		return utf8.RuneCountInString(w) == 1
	}
	return particleEnd.MatchString(w)
}

// trimTerm takes from the first word what belongs to what stands before: 컴퓨트다이 keeps, “의사결정자들의” went already.
func trimTerm(t, en string, seg Segmenter) string {
	t = strings.Trim(t, " ‘’“”'\"")
	if seg == nil || strings.Contains(t, " ") || utf8.RuneCountInString(t) < 10 {
		return t
	}
	bs := seg.Boundaries(t)
	if words := len(strings.Fields(en)); len(bs) > words*2+1 {
		return t[bs[len(bs)-words*2]:]
	}
	return t
}

// plausible rejects pairs whose sides can't render each other: a particle, a sentence, a unit, a number.
func plausible(ko, en string) bool {
	k, e := utf8.RuneCountInString(ko), utf8.RuneCountInString(en)
	if k < 1 || e < 2 || k > 30 || sentenceLike(ko) {
		return false
	}
	if k == 1 && e > 8 || strings.ContainsAny(ko, "0123456789") && !strings.ContainsAny(en, "0123456789") {
		return false
	}
	return !strings.HasPrefix(ko, "들") && len(strings.Fields(en)) <= 8
}

func sentenceLike(ko string) bool {
	return strings.HasSuffix(ko, "다") && utf8.RuneCountInString(ko) > 3 || strings.HasSuffix(ko, "음") && strings.Contains(ko, " ") || strings.HasSuffix(ko, "제외") || strings.HasSuffix(ko, "포함") || strings.HasSuffix(ko, "있음") || strings.HasSuffix(ko, "참조")
}

// acronymOf reports whether a word is the initials of a gloss: ASIC(Application-Specific Integrated Circuit).
func acronymOf(w, gloss string) bool {
	if len(w) < 2 || len(w) > 8 || strings.ToUpper(w) != w || isKorean(w) {
		return false
	}
	letters := []rune(strings.ToLower(w))
	i := 0
	for _, word := range strings.FieldsFunc(strings.ToLower(gloss), func(r rune) bool { return r == ' ' || r == '-' || r == '/' }) {
		for _, c := range word {
			if i < len(letters) && c == letters[i] {
				i++
			} else {
				break
			}
		}
	}
	return i >= len(letters)-1 && strings.Contains(gloss, " ") || i == len(letters) && len(strings.Fields(strings.ReplaceAll(gloss, "-", " "))) > 1
}

// latinTail joins the words of Latin letters before a gloss that make a name.
func latinTail(before []string) string {
	i := len(before)
	for i > 0 && !strings.ContainsFunc(before[i-1], func(c rune) bool { return unicode.Is(unicode.Hangul, c) }) && len(before)-i < 4 {
		i--
	}
	return strings.Join(before[i:], " ")
}
