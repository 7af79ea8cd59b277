package content

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
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
}

// MarshalText writes a candidate compactly: libraries keep hundreds of thousands.
func (c termCandidate) MarshalText() ([]byte, error) {
	return []byte(c.Anchor + "\x1f" + c.Inside + "\x1f" + strings.Join(c.Before, " ")), nil
}

// UnmarshalText reads what MarshalText wrote.
func (c *termCandidate) UnmarshalText(b []byte) error {
	anchor, rest, _ := strings.Cut(string(b), "\x1f")
	inside, before, ok := strings.Cut(rest, "\x1f")
	if !ok {
		return fmt.Errorf("term candidate %q", b)
	}
	*c = termCandidate{Before: strings.Fields(before), Inside: inside, Anchor: anchor}
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
					out = append(out, termCandidate{before, inside, p.Anchor})
				}
			}
		}
	}
	return out
}

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

// termStats counts the glosses of a corpus, to decide where Korean terms begin: of the runs of words that stand before the
// same English gloss the longest that most of its uses share is the term. What was decided of a report holds until the
// count of one of its glosses changes. Counting waits until somebody asks.
type termStats struct {
	mu        sync.RWMutex
	uncounted map[*head]bool
	total     map[string]int // uses of a gloss
	runs      map[string]int // uses of a gloss with a run of words before it
	decided   map[*head]decidedTerms
	changes   int // of the counts
}

// decidedTerms are a report's terms with the glosses that they depend on.
type decidedTerms struct {
	terms   []Term
	glosses map[string]bool
}

func newTermStats() *termStats {
	return &termStats{uncounted: map[*head]bool{}, total: map[string]int{}, runs: map[string]int{}, decided: map[*head]decidedTerms{}}
}

// add counts the candidates of a report.
func (s *termStats) add(cs []termCandidate) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changes++
	clear(s.decided)
	s.countAll(cs, 1)
}

// settle counts what is not counted yet.
func (s *termStats) settle() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for h := range s.uncounted {
		s.countAll(h.Candidates, 1)
	}
	s.uncounted = map[*head]bool{}
}

func (s *termStats) countAll(cs []termCandidate, by int) {
	for _, c := range cs {
		s.count(c, by)
	}
}

func (s *termStats) count(c termCandidate, by int) {
	key := glossKey(c.Inside)
	if s.total[key] += by; s.total[key] == 0 {
		delete(s.total, key)
	}
	for n := 1; n <= len(c.Before); n++ {
		run := runKey(key, c.Before[len(c.Before)-n:])
		if s.runs[run] += by; s.runs[run] == 0 {
			delete(s.runs, run)
		}
	}
}

// replace counts the candidates of added reports and takes those of removed ones back. Of a report that only changed
// elsewhere nothing is left to count.
func (s *termStats) replace(added, removed []*head) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.uncounted) > 0 || len(removed) == 0 && len(added) > 1 { // nothing is decided, or comes out even
		s.changes++
		clear(s.decided)
		for _, h := range removed {
			if !s.uncounted[h] {
				s.countAll(h.Candidates, -1)
			}
			delete(s.uncounted, h)
		}
		for _, h := range added {
			s.uncounted[h] = true
		}
		return
	}
	type use struct{ inside, before string }
	net := map[use]int{}
	for by, hs := range map[int][]*head{1: added, -1: removed} {
		for _, h := range hs {
			for _, c := range h.Candidates {
				net[use{c.Inside, strings.Join(c.Before, " ")}] += by
			}
		}
	}
	s.changes++
	changed := map[string]bool{}
	for u, n := range net {
		if n != 0 {
			s.count(termCandidate{Inside: u.inside, Before: strings.Fields(u.before)}, n)
			changed[glossKey(u.inside)] = true
		}
	}
	for _, h := range removed {
		delete(s.decided, h)
	}
	if len(changed) == 0 {
		return
	}
	for h, d := range s.decided {
		for key := range changed {
			if d.glosses[key] {
				delete(s.decided, h)
				break
			}
		}
	}
}

// termsOf decides a report's terms, all but those that drop names. They are not to be changed.
func (s *termStats) termsOf(h *head, seg Segmenter, drop func(Term) bool) []Term {
	s.mu.RLock()
	d, ok := s.decided[h]
	changes, counted := s.changes, len(s.uncounted) == 0
	s.mu.RUnlock()
	if ok {
		return d.terms
	}
	if !counted {
		s.settle()
	}
	d = decidedTerms{slices.Clip(slices.DeleteFunc(s.decide(h.Candidates, seg), drop)), map[string]bool{}}
	for _, c := range h.Candidates {
		d.glosses[glossKey(c.Inside)] = true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.changes == changes {
		s.decided[h] = d
	}
	return d.terms
}

// share is the part of a gloss's uses that have a run of words before them.
func (s *termStats) share(gloss string, run []string) float64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	key := glossKey(gloss)
	return float64(s.runs[runKey(key, run)]) / float64(max(1, s.total[key]))
}

func (s *termStats) uses(gloss string) int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.total[glossKey(gloss)]
}

func runKey(gloss string, run []string) string { return gloss + "\x00" + strings.Join(run, " ") }

// decide makes the terms of a report of its candidates, in the order of their first use.
func (s *termStats) decide(cs []termCandidate, seg Segmenter) []Term {
	var out []Term
	seen := map[Term]bool{}
	for _, c := range cs {
		t, ok := decideTerm(c, s, seg)
		key := Term{Ko: t.Ko, En: strings.ToLower(t.En)}
		if ok && !seen[key] {
			seen[key] = true
			out = append(out, t)
		}
	}
	return out
}

func glossKey(inside string) string {
	return strings.ToLower(strings.ReplaceAll(inside, "-", " "))
}
