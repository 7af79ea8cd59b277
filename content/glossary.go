package content

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Segmenter finds the content morphemes of a Korean word, nouns, stems and adverbs, as byte ranges in order. Particles and
// endings are none.
type Segmenter interface{ Morphemes(word string) [][2]int }

// termCandidate is a bracketed gloss with the words before it, before it is known where the term begins.
type termCandidate struct {
	Before []string // up to five words, the nearest last
	Inside string
	Anchor string
	Line   int // of the file
}

// MarshalText writes a candidate compactly: libraries keep hundreds of thousands.
func (c termCandidate) MarshalText() ([]byte, error) {
	return []byte(c.Anchor + "\x1f" + strconv.Itoa(c.Line) + "\x1f" + c.Inside + "\x1f" + strings.Join(c.Before, " ")), nil
}

// UnmarshalText reads what MarshalText wrote.
func (c *termCandidate) UnmarshalText(b []byte) error {
	fields := strings.SplitN(string(b), "\x1f", 4)
	if len(fields) < 4 {
		return fmt.Errorf("term candidate %q", b)
	}
	no, err := strconv.Atoi(fields[1])
	if err != nil {
		return fmt.Errorf("term candidate %q: %w", b, err)
	}
	*c = termCandidate{Before: strings.Fields(fields[3]), Inside: fields[2], Anchor: fields[0], Line: no}
	return nil
}

var (
	englishGloss = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9 .&/’'\-–]*[A-Za-z0-9.+]$`)
	koreanGloss  = regexp.MustCompile(`^[가-힣][가-힣 ·\-]*$`)
	notGloss     = regexp.MustCompile(`(?i)^(?:e\.?g|i\.?e|cf|see|figure|fig|table|source|via|and|or|vs|about|approximately|not|version|ver|v\d|\d|with|feat|ft|inst|prod)\b|\bver\.?$`)
)

// termCandidates finds the glosses of a report: 한국어(English), ACRONYM(English words), English(한국어).
func termCandidates(ps []Passage) []termCandidate {
	var out []termCandidate
	for _, p := range ps {
		if p.Kind == "code" {
			continue
		}
		for _, s := range Sentences(p.Text) {
			for _, m := range brackets(s) {
				inside := glossOf(m.inside)
				if inside == "" || notGloss.MatchString(inside) || !englishGloss.MatchString(inside) && !koreanGloss.MatchString(inside) {
					continue
				}
				if before := wordsBefore(m.before); len(before) > 0 {
					out = append(out, termCandidate{before, inside, p.Anchor, p.Line})
				}
			}
		}
	}
	return out
}

// locate finds the line of each candidate, which begins as that of its passage, in the file: the first from there, and from that of the
// candidate before it, that has its gloss.
func locate(cs []termCandidate, src []byte) {
	lines := bytes.Split(src, []byte("\n"))
	last, from := 0, 0
	for i := range cs {
		if cs[i].Line != last {
			last, from = cs[i].Line, cs[i].Line-1
		}
		for at := from; at >= 0 && at < len(lines) && (at < from+passageLines); at++ {
			if bytes.Contains(lines[at], []byte(cs[i].Inside)) {
				from, cs[i].Line = at, at+1
				break
			}
		}
	}
}

// passageLines bounds how far below its first line a passage, such as a long list, is searched.
const passageLines = 200

// bracket is what stands in a pair of brackets that holds no other, and the text before it back to the last bracket.
type bracket struct{ before, inside string }

func brackets(s string) []bracket {
	var out []bracket
	last, open := 0, -1
	for i, c := range s {
		switch c {
		case '(', '（':
			if open >= 0 {
				last = open + 1
			}
			open = i
		case ')', '）':
			if open >= 0 {
				_, n := utf8.DecodeRuneInString(s[open:])
				if inside := s[open+n : i]; len(inside) >= 2 && len(inside) <= 160 && open > last {
					before := s[last:open]
					if strings.HasSuffix(s[:last], ")") && before[0] != ' ' { // a particle of the word in the bracket before: 시간(TTFT)과
						_, before, _ = strings.Cut(before, " ")
					}
					out = append(out, bracket{before, inside})
				}
			}
			last, open = i+utf8.RuneLen(c), -1
		}
	}
	return out
}

// glossOf reads what stands in brackets: the gloss, or of an acronym and its words the words. Other lists are examples,
// not a gloss.
func glossOf(inside string) string {
	const quotes = "“”\"'‘’《》〈〉「」『』 "
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
	if i := strings.LastIndexAny(text, ",;:.!?\"“‘[]{}|•·…/《〈「『"); i >= 0 {
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
	words := strings.Fields(strings.Trim(text, "“”‘’'\"》〉」』"))
	return words[max(0, len(words)-5):]
}

// decide makes the terms of a report of its candidates, in the order of their first use.
func decide(cs []termCandidate, agreed agreements, seg Segmenter) []Term {
	var out []Term
	seen := map[Term]bool{}
	for _, c := range cs {
		t, ok := decideTerm(c, agreed, seg)
		key := Term{Ko: t.Ko, En: strings.ToLower(t.En)}
		if ok && !seen[key] {
			seen[key] = true
			out = append(out, t)
		}
	}
	return out
}

// glosses are the keys of the glosses of candidates, each once, sorted.
func glosses(cs []termCandidate) []string {
	var keys []string
	for _, c := range cs {
		keys = append(keys, glossKey(c.Inside))
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

func glossKey(inside string) string {
	return strings.ToLower(strings.ReplaceAll(inside, "-", " "))
}
