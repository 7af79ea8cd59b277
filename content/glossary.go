package content

import (
	"maps"
	"regexp"
	"slices"
	"strings"
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
	glossPattern = regexp.MustCompile(`([^\s(（][^()（）\n]{0,80})[(（]([^()（）]{2,80})[)）]`)
	englishGloss = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9 .&/’'\-–]*[A-Za-z0-9.+]$`)
	koreanGloss  = regexp.MustCompile(`^[가-힣][가-힣 ·\-]*$`)
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
				inside := glossOf(m[2])
				if inside == "" || notGloss.MatchString(inside) || !englishGloss.MatchString(inside) && !koreanGloss.MatchString(inside) {
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

// glossOf reads what stands in brackets: the gloss, or of an acronym and its words the words. Other lists are examples,
// not a gloss.
func glossOf(inside string) string {
	const quotes = "“”\"'‘’ "
	first, rest, listed := strings.Cut(inside, ",")
	first, rest = strings.Trim(first, quotes), strings.Trim(rest, quotes)
	switch {
	case !listed, strings.HasPrefix(rest, "이하 "), strings.HasPrefix(rest, "or "):
		return first
	case acronymOf(first, rest):
		return rest
	case acronymOf(rest, first):
		return first
	}
	return ""
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
