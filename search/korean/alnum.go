package korean

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/english"
	"golang.org/x/text/unicode/norm"
)

// addAlnum adds the tokens of the run text[start:end] of Latin letters (or
// those of another alphabet), digits and the marks inside it:
//
//	1,307      1307
//	GB200      gb200
//	2GW        2gw; 2, gw         a number and its unit
//	Trainium2  trainium2; trainium, 2
//	GPT-4o     gpt-4o; gpt, 4o
//	DeepSeek   deepseek; deep, seek
//	clusters   cluster
//	GPUs       gpu
//
// Parts follow each other; the whole stands beside the first of them.
func (b *builder) addAlnum(start, end int) {
	text := b.text
	segs := splitMarks(text, start, end)
	if len(segs) > 1 {
		whole := fold(text[start:end])
		b.addBeside(whole, start, end, kindOf(whole))
	}
	for _, s := range segs {
		parts := splitParts(text, s)
		if len(parts) > 1 {
			term, kind := b.indexTerm(fold(text[s.start:s.end]))
			b.addBeside(term, s.start, s.end, kind)
		}
		for _, p := range parts {
			term, kind := b.indexTerm(fold(singular(text[p.start:p.end])))
			b.add(term, p.start, p.end, kind)
		}
	}
}

func runeLen(text string, i int) int {
	_, n := utf8.DecodeRuneInString(text[i:])
	return n
}

type span struct{ start, end int }

// splitMarks divides a run at the marks inside it, which are those that the
// scanner let through. The point and commas of a number stay.
func splitMarks(text string, start, end int) []span {
	var segs []span
	from := start
	cut := func(i int) {
		if i > from {
			segs = append(segs, span{from, i})
		}
		from = i + 1
	}
	for i := start; i < end; i++ {
		switch text[i] {
		case '-', '_':
			cut(i)
		case '\'', apostrophe[0]:
			if text[i] != '\'' && !strings.HasPrefix(text[i:], apostrophe) {
				continue
			}
			cut(i)
			i += runeLen(text, i) - 1
			// A possessive or contraction has no meaning of its own.
			for i+1 < end && asciiClassAt(text, i+1)&letter != 0 {
				i++
			}
			from = i + 1
		case '.':
			if asciiClassAt(text, i-1)&digit == 0 && i+1 < end && asciiClassAt(text, i+1)&digit == 0 {
				cut(i)
			}
		}
	}
	if end > from {
		segs = append(segs, span{from, end})
	}
	return segs
}

// splitParts divides a segment into the parts that are worth finding by
// themselves: number and unit, name and version, the words of a camel-case name.
func splitParts(text string, s span) []span {
	t := text[s.start:s.end]
	digits := 0
	for digits < len(t) && (asciiClassAt(t, digits)&digit != 0 || digits > 0 && (t[digits] == '.' || t[digits] == ',')) {
		digits++
	}
	if digits > 0 && digits < len(t) {
		if units[strings.ToLower(t[digits:])] {
			return []span{{s.start, s.start + digits}, {s.start + digits, s.end}}
		}
		return []span{s}
	}
	letters := 0
	for letters < len(t) && asciiClassAt(t, letters)&letter != 0 {
		letters++
	}
	if letters < len(t) {
		if letters >= 3 && asciiClassAt(t, letters)&digit != 0 {
			return append(splitCase(text, span{s.start, s.start + letters}), span{s.start + letters, s.end})
		}
		return []span{s}
	}
	return splitCase(text, s)
}

// splitCase divides ASCII letters where camel case does: before a capital
// that follows a small letter, and before the last of several capitals that a
// small letter follows. Parts of one letter stay with their neighbour, and a
// plural s with its acronym.
func splitCase(text string, s span) []span {
	upper := func(i int) bool { return text[i] <= 'Z' }
	var parts []span
	from := s.start
	for i := s.start + 1; i < s.end; i++ {
		boundary := upper(i) && !upper(i-1) || upper(i) && i+2 < s.end && !upper(i+1) && upper(i-1)
		if boundary && i-from >= 2 && s.end-i >= 2 {
			parts = append(parts, span{from, i})
			from = i
		}
	}
	return append(parts, span{from, s.end})
}

// fold returns s in lower case, without accents, with full-width forms as
// ASCII and without the commas of numbers.
func fold(s string) string {
	ascii := true
	plain := true
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			ascii = false
			break
		}
		if s[i] >= 'A' && s[i] <= 'Z' || s[i] == ',' {
			plain = false
		}
	}
	if ascii && plain {
		return s
	}
	if !ascii {
		bare := strings.Map(func(r rune) rune {
			if unicode.In(r, unicode.Mn, unicode.Zs) {
				return -1
			}
			return r
		}, norm.NFKD.String(s))
		// Of a letter that is nothing but a mark, nothing would remain.
		if bare != "" {
			s = bare
		}
	}
	return strings.ToLower(strings.ReplaceAll(s, ",", ""))
}

// singular takes the s from the plural of an acronym, which no stemmer knows:
// GPUs, LLMs.
func singular(s string) string {
	base, ok := strings.CutSuffix(s, "s")
	if !ok || len(base) < 2 || strings.Trim(base, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return s
	}
	return base
}

// typedPlural does the same for what is typed in small letters: gpus, llms.
func typedPlural(term string) (string, bool) {
	base, ok := strings.CutSuffix(term, "s")
	return base, ok && len(base) >= 3 && (strings.HasSuffix(base, "pu") || !strings.ContainsAny(base, "aeiouys"))
}

// kindOf returns Number for digits with at most one point, Latin otherwise.
func kindOf(term string) Kind {
	for i := 0; i < len(term); i++ {
		if (term[i] < '0' || term[i] > '9') && term[i] != '.' {
			return Latin
		}
	}
	return Number
}

// indexTerm returns the indexed form of a folded term and its kind. English
// words of four letters or more lose their endings (Snowball's Porter2).
func (b *builder) indexTerm(term string) (string, Kind) {
	kind := kindOf(term)
	if kind == Number || len(term) < 4 || len(term) > 40 {
		return term, kind
	}
	for i := 0; i < len(term); i++ {
		if term[i] < 'a' || term[i] > 'z' {
			return term, kind
		}
	}
	if base, ok := typedPlural(term); ok {
		return base, kind
	}
	if b.spell != nil {
		term = b.spell(term)
	}
	env := snowballstem.NewEnv(term)
	english.Stem(env)
	return env.Current(), kind
}

// units are the letters that make the digits before them a quantity, in lower
// case: SI, data and money as the reports write them.
var units = func() map[string]bool {
	m := map[string]bool{}
	for _, u := range strings.Fields(`w kw mw gw tw wh kwh mwh gwh twh v kv a ma hz khz mhz ghz thz
		b kb mb gb tb pb kib mib gib tib bit gbit gbps tbps mbps kbps bps gbs tbs
		nm um mm cm m km g kg mg t s ms us ns min h hr hrs c f k bn mn tn x
		flop flops gflop gflops tflop tflops pflop pflops eflop eflops tops pops usd krw`) {
		m[u] = true
	}
	return m
}()
