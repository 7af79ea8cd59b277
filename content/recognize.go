package content

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/scalebook/scalebook/metrics"
)

// RecognizerConfig is the catalogue whose names are looked for.
type RecognizerConfig struct {
	Metrics  []metrics.Metric
	Subjects []metrics.Subject

	// What is known without having been measured: claims are tied to it, but it has no page to lead to.
	UnmeasuredMetrics  []metrics.Metric
	UnmeasuredSubjects []metrics.Subject
}

// Recognizer finds the metrics and subjects of a catalogue in running text, and the numbers that sentences claim for them.
// It is safe for concurrent use.
type Recognizer struct {
	names    *nameNode
	metrics  map[string]metrics.Metric
	subjects map[string]metrics.Subject
	pageless map[string]bool // by kind/id: unmeasured, or families that the catalogue only names
	version  string
}

// name is what a name in the text stands for.
type name struct {
	kind  string // metric or subject
	id    string
	exact string // the spelling, for names that are ordinary words in another case
}

// nameNode is a node of the tree of names, spelled in lower case with a space for every separator.
type nameNode struct {
	next map[rune]*nameNode
	ends []name
}

// NewRecognizer builds a recognizer. Where one spelling names several subjects it stands for the one that is no dated
// snapshot of another; where that leaves several, for none.
func NewRecognizer(cfg RecognizerConfig) *Recognizer {
	r := &Recognizer{names: &nameNode{}, metrics: map[string]metrics.Metric{}, subjects: map[string]metrics.Subject{}, pageless: map[string]bool{}}
	spellings := map[string][]name{}
	sum := sha256.New()
	fmt.Fprintln(sum, claimsVersion)
	for _, m := range cfg.UnmeasuredMetrics {
		r.pageless["metric/"+m.ID] = true
	}
	for _, s := range cfg.UnmeasuredSubjects {
		r.pageless["subject/"+s.ID] = true
	}
	for _, m := range slices.Concat(cfg.Metrics, cfg.UnmeasuredMetrics) {
		r.metrics[m.ID] = m
		fmt.Fprintln(sum, m.ID, m.Unit, m.Kind, m.Title, m.Aliases, r.pageless["metric/"+m.ID])
		names := append([]string{m.Title.Ko, m.Title.En}, m.Aliases...)
		for _, s := range names {
			addSpellings(spellings, s, name{kind: "metric", id: m.ID})
		}
	}
	for _, s := range withFamilies(slices.Concat(cfg.Subjects, cfg.UnmeasuredSubjects), r.pageless) {
		r.subjects[s.ID] = s
		fmt.Fprintln(sum, s.ID, s.Name, s.Kind, s.Family, s.Aliases, s.Released.Unix(), r.pageless["subject/"+s.ID])
		if s.Kind == "human" {
			continue
		}
		for _, n := range append([]string{s.Name}, s.Aliases...) {
			if nameable(n) {
				addSpellings(spellings, n, name{kind: "subject", id: s.ID})
			}
		}
	}
	derived := map[string][]name{}
	for _, s := range r.subjects {
		for _, n := range append([]string{s.Name}, s.Aliases...) {
			for _, d := range derivedNames(n) {
				if s.Kind != "human" && nameable(d) {
					addSpellings(derived, d, name{kind: "subject", id: s.ID})
				}
			}
		}
	}
	for spelling, ns := range derived {
		if spellings[spelling] == nil {
			spellings[spelling] = ns
		}
	}
	for spelling, ns := range spellings {
		if n, ok := r.choose(spelling, ns); ok {
			r.insert(spelling, n)
		}
	}
	r.version = hex.EncodeToString(sum.Sum(nil)[:6])
	return r
}

// withFamilies adds the models whose dated snapshots are in a catalogue that lacks the models themselves, so that “o1”
// names something where only o1-2024-12-17 was measured. Their names are those of the snapshots without the date.
func withFamilies(subjects []metrics.Subject, pageless map[string]bool) []metrics.Subject {
	known := map[string]bool{}
	for _, s := range subjects {
		known[s.ID] = true
	}
	out := slices.Clone(subjects)
	at := map[string]int{}
	for _, s := range subjects {
		if s.Family == "" || known[s.Family] {
			continue
		}
		i, ok := at[s.Family]
		if !ok {
			i, at[s.Family] = len(out), len(out)
			pageless["subject/"+s.Family] = true
			out = append(out, metrics.Subject{ID: s.Family, Name: strings.ReplaceAll(s.Family, "-", " "), Kind: s.Kind})
		}
		if short, _, _ := strings.Cut(s.Name, " ("); strings.ReplaceAll(foldName(strings.ReplaceAll(short, ".", " ")), " ", "-") == s.Family {
			out[i].Aliases = append(out[i].Aliases, short)
		}
	}
	return out
}

// Version identifies the catalogue and the rules.
func (r *Recognizer) Version() string {
	if r == nil {
		return ""
	}
	return r.version
}

// nameable rejects names that text uses for other things: bare numbers, single letters.
func nameable(s string) bool {
	letters := 0
	for _, c := range s {
		if unicode.IsLetter(c) {
			letters++
		}
	}
	return letters > 0 && len([]rune(s)) >= 2 && !ordinary[strings.ToLower(s)]
}

// ordinary are names of models that text uses as words.
var ordinary = map[string]bool{"switch": true, "command": true, "nova": true, "titan": true, "human": true, "base": true, "large": true, "small": true, "next": true}

var camel = regexp.MustCompile(`(\p{Ll})(\p{Lu})`)

// addSpellings adds a name, and where it is long enough also with its parts run together or apart.
func addSpellings(m map[string][]name, s string, n name) {
	n.exact = s
	add := func(v string) {
		v = foldName(v)
		if v != "" && !slices.Contains(m[v], n) {
			m[v] = append(m[v], n)
		}
	}
	add(s)
	if short := strings.TrimSpace(strings.Split(s, "(")[0]); short != s && len([]rune(short)) >= 5 && n.kind == "subject" {
		return // "o1 (Dec 2024)" is named only as such
	}
	if apart := camel.ReplaceAllString(s, "$1 $2"); apart != s && len(s) >= 8 {
		add(apart)
	}
	if together := strings.ReplaceAll(foldName(s), " ", ""); len([]rune(together)) >= 7 {
		add(together)
	}
}

var (
	// versionWords are what Korean text calls the versions of models and chips, brandWords what it calls their makers and lines.
	versionWords = strings.NewReplacer(" turbo", " 터보", "-turbo", " 터보", " mini", " 미니", "-mini", " 미니", " nano", " 나노", "-nano", " 나노", " max", " 맥스",
		" pro", " 프로", "-pro", " 프로", " ultra", " 울트라", " flash", " 플래시", " sonnet", " 소네트", " opus", " 오퍼스", " haiku", " 하이쿠", "오푸스", "오퍼스")
	brandWords = strings.NewReplacer("claude ", "클로드 ", "gemini ", "제미나이 ", "llama ", "라마 ", "grok ", "그록 ", "apple ", "애플 ", "intel ", "인텔 ",
		"huawei ", "화웨이 ", "gaudi ", "가우디 ", "ascend ", "어센드 ")
	// maker stands before the name of a chip that text calls without it: RTX 5090, MI300X.
	maker = regexp.MustCompile(`^(?:(?:nvidia|amd|intel|huawei|geforce|instinct|radeon|엔비디아|인텔|화웨이) )+`)
)

// derivedNames are what a name is called besides: with its version, its maker or both in Hangul, and without its maker where
// what is left has letters and digits. They name a subject only where no name of the catalogue is spelled so.
func derivedNames(s string) []string {
	lower := strings.ToLower(s)
	version := versionWords.Replace(lower)
	var out []string
	for _, d := range []string{lower, version, brandWords.Replace(lower), brandWords.Replace(version)} {
		if d != lower {
			out = append(out, d)
		}
		if short := maker.ReplaceAllString(d, ""); short != d && len(short) >= 4 && strings.ContainsAny(short, "0123456789") {
			out = append(out, short)
		}
	}
	return out
}

// foldName is the spelling under which names and text are compared.
func foldName(s string) string {
	return strings.Join(strings.Fields(strings.Map(foldRune, s)), " ")
}

func foldRune(c rune) rune {
	switch c {
	case '-', '_', '‑', '–', '‐', '\u00a0', '\t', '\n':
		return ' '
	}
	return unicode.ToLower(c)
}

// choose settles what an ambiguous spelling stands for.
func (r *Recognizer) choose(spelling string, ns []name) (name, bool) {
	if len(ns) > 1 {
		for _, n := range ns {
			if n.kind == "metric" {
				return n, true
			}
		}
		var heads []name
		for _, n := range ns {
			if r.subjects[n.id].Family == "" && !slices.ContainsFunc(heads, func(h name) bool { return h.id == n.id }) {
				heads = append(heads, n)
			}
		}
		if len(heads) != 1 {
			heads = slices.DeleteFunc(slices.Clone(ns), func(n name) bool { return n.id != strings.ReplaceAll(spelling, " ", "-") })
		}
		if len(heads) != 1 {
			return name{}, false
		}
		ns = heads
	}
	return ns[0], true
}

func (r *Recognizer) insert(spelling string, n name) {
	node := r.names
	for _, c := range spelling {
		if node.next == nil {
			node.next = map[rune]*nameNode{}
		}
		if node.next[c] == nil {
			node.next[c] = &nameNode{}
		}
		node = node.next[c]
	}
	node.ends = append(node.ends, n)
}

// found is a name found in a text, in bytes.
type found struct {
	name
	start, end int
	variant    bool // a word follows that makes it another product: GB200 NVL72
}

// find returns the names in a text, from left to right, the longest at each place, none overlapping.
func (r *Recognizer) find(text string) []found {
	var runes []rune
	var at []int
	for i, c := range text {
		runes = append(runes, c)
		at = append(at, i)
	}
	at = append(at, len(text))
	var out []found
	for i := 0; i < len(runes); {
		if !startsName(runes, i) {
			i++
			continue
		}
		node, best, end := r.names, (*name)(nil), 0
		glossed := i > 0 && runes[i-1] == '('
		for j := i; j < len(runes) && node != nil; j++ {
			if glossed && runes[j] == ')' && j+1 < len(runes) && runes[j+1] == ' ' {
				continue // 클로드(Claude) 3.5 Sonnet
			}
			if j > i && (runes[j] == '\'' || runes[j] == '’') && j+2 < len(runes) && runes[j+1] == 's' && runes[j+2] == ' ' {
				j++ // Intel's 4004
				continue
			}
			node = node.next[foldRune(runes[j])]
			if node == nil || len(node.ends) == 0 || !endsName(runes, j) {
				continue
			}
			if n := &node.ends[0]; !(n.kind == "metric" && metricVariant.MatchString(string(runes[j+1:min(len(runes), j+20)]))) && sameCase(n.exact, string(runes[i:j+1])) {
				best, end = n, j+1
			}
		}
		if best == nil {
			i++
			continue
		}
		out = append(out, found{*best, at[i], at[end], best.kind == "subject" && variantFollows(best.id, text[at[end]:])})
		i = end
	}
	return out
}

func latin(c rune) bool { return c < 0x250 && (unicode.IsLetter(c) || unicode.IsDigit(c)) }

func startsName(rs []rune, i int) bool {
	if !unicode.IsLetter(rs[i]) && !unicode.IsDigit(rs[i]) {
		return false
	}
	if i == 0 {
		return true
	}
	prev := rs[i-1]
	if latin(rs[i]) {
		joined := i > 1 && (prev == '-' || prev == '.' || prev == '/') && latin(rs[i-2])
		return !latin(prev) && !joined
	}
	return !unicode.IsLetter(prev)
}

// endsName reports whether a name can end at rune j: GPT-4 doesn't in GPT-4.5 or GPT-4-32k.
func endsName(rs []rune, j int) bool {
	if j+1 >= len(rs) || !latin(rs[j]) {
		return true
	}
	next := rs[j+1]
	if latin(next) || next == '+' {
		return false
	}
	if j+2 < len(rs) && (next == '-' || next == '.' || next == '‑') {
		after := rs[j+2]
		return !unicode.IsDigit(after) && !(next != '.' && latin(after))
	}
	return true
}

// sameCase asks for the name's own spelling where it is a word without digits that is written in lower case or as a proper
// name: Nova is a model, nova is not.
func sameCase(exact, text string) bool {
	if strings.ContainsFunc(exact, func(c rune) bool { return unicode.IsDigit(c) || c > 0x250 }) || strings.ContainsAny(exact, " -") {
		return true
	}
	first := func(s string) bool { return unicode.IsUpper([]rune(s)[0]) }
	return !first(exact) || first(text)
}

var variant = regexp.MustCompile(`(?i)^[ -](turbo|mini|nano|micro|pro|flash|ultra|max|plus|lite|preview|sonnet|opus|haiku|super|air|nvl ?\d+|hgx|dgx|pcie|sxm\d?|nvl|superpod|instruct|thinking|미니|프로|터보|울트라|소네트|오퍼스|하이쿠)\b|^[ -](미니|프로|터보|울트라|소네트|소넷|오퍼스|하이쿠|맥스|나노|라이트|플래시|랙)`)

// metricVariant follows the name of a benchmark that is another one or a part of it: SWE-bench Lite, MMLU Pro, the
// mathematics category of LiveBench.
var metricVariant = regexp.MustCompile(`(?i)^[ -](?:lite|pro|multimodal|multilingual|live|full|main|extended|redux|plus)\b|^[ -](?:라이트|프로(?:[^젝그필]|$)|메인)|^ ?(?:\d ?등급|tier ?\d)|^의? ?(?:[가-힣]+ )?(?:영역|분야|부문|과목|범주|하위 집합)|^(?:'s)? (?:\w+ )?(?:subset|categor|split\b|subtask|portion)`)

// variantFollows reports whether a word follows a name that makes it another's. A name may be short for one with that word.
func variantFollows(id, rest string) bool {
	word := variant.FindString(rest)
	return word != "" && !strings.HasSuffix(id, "-"+foldName(word[1:]))
}

// Mentions lists the metrics and subjects that passages name, in the order of their first mention.
func (r *Recognizer) Mentions(ps []Passage) []Mention {
	var out []Mention
	at := map[string]int{}
	for _, p := range ps {
		for _, f := range r.find(p.Text) {
			if r.pageless[f.kind+"/"+f.id] {
				continue
			}
			key := f.kind + "/" + f.id
			i, ok := at[key]
			if !ok {
				i, at[key] = len(out), len(out)
				out = append(out, Mention{Kind: f.kind, ID: f.id, Anchor: p.Anchor})
			}
			out[i].Count++
		}
	}
	return out
}
