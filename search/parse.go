package search

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/scalebook/scalebook/search/korean"
)

// clauseKind says what a clause of a query asks for.
type clauseKind uint8

const (
	// clauseWords ranks by the words of a text.
	clauseWords clauseKind = iota
	// clausePhrase requires words one after another.
	clausePhrase
	// clausePrefix requires a word that starts so.
	clausePrefix
	// clauseTitle requires words in the title or heading.
	clauseTitle
	// clauseTerm requires a glossary term in any of its spellings.
	clauseTerm
)

// clause is one part of a parsed query.
type clause struct {
	kind clauseKind
	text string
	not  bool
	// or are alternatives to this clause.
	or []clause
}

// parsed is a query as it was understood.
type parsed struct {
	clauses  []clause
	kind     string
	lang     string
	from, to time.Time
}

// parse reads the query language. Whatever does not parse is taken as words; there is no error.
func parse(text string) parsed {
	p := parser{rest: korean.Normalize(text)}
	out := parsed{clauses: make([]clause, 0, 1+strings.Count(p.rest, " "))}
	join := false
	for {
		c, ok := p.next()
		if !ok {
			break
		}
		if c.kind == clauseWords && (c.text == "OR" || c.text == "|") && !c.not {
			join = len(out.clauses) > 0
			continue
		}
		if c.kind == clauseWords && !c.not && out.filter(c.text) {
			continue
		}
		if join && !c.not {
			last := &out.clauses[len(out.clauses)-1]
			if !last.not {
				last.or = append(last.or, c)
				join = false
				continue
			}
		}
		join = false
		out.clauses = append(out.clauses, c)
	}
	out.clauses = mergeWords(out.clauses)
	if len(out.clauses) == 1 && out.clauses[0].kind == clauseWords && !out.clauses[0].not && out.period(out.clauses[0].text) {
		out.clauses = nil
	}
	return out
}

// mergeWords joins neighbouring plain words to one clause, so that they are analysed together. A word with
// alternatives stays alone.
func mergeWords(in []clause) []clause {
	plain := func(c *clause) bool { return c.kind == clauseWords && !c.not && len(c.or) == 0 }
	out := in[:0]
	for i := 0; i < len(in); {
		c, size, end := in[i], 0, i+1
		for ; plain(&c) && end < len(in) && plain(&in[end]); end++ {
			size += len(" ") + len(in[end].text)
		}
		if size > 0 {
			var b strings.Builder
			b.Grow(len(c.text) + size)
			b.WriteString(c.text)
			for _, next := range in[i+1 : end] {
				b.WriteByte(' ')
				b.WriteString(next.text)
			}
			c.text = b.String()
		}
		out = append(out, c)
		i = end
	}
	return out
}

type parser struct{ rest string }

// closing returns the quotation mark that closes what one opens, 0 for what is none.
func closing(opening rune) rune {
	switch opening {
	case '"', '＂', '”':
		return opening
	case '“':
		return '”'
	case '„':
		return '“'
	case '«':
		return '»'
	case '「':
		return '」'
	case '『':
		return '』'
	}
	return 0
}

// next returns the next clause.
func (p *parser) next() (clause, bool) {
	p.rest = strings.TrimLeftFunc(p.rest, unicode.IsSpace)
	if p.rest == "" {
		return clause{}, false
	}
	var c clause
	if r, n := utf8.DecodeRuneInString(p.rest); (r == '-' || r == '−' || r == '!') && len(p.rest) > n {
		if after, _ := utf8.DecodeRuneInString(p.rest[n:]); unicode.IsLetter(after) || unicode.IsNumber(after) || closing(after) != 0 {
			c.not = true
			p.rest = p.rest[n:]
		}
	}
	if kind, n := fieldPrefix(p.rest); n > 0 {
		c.kind = kind
		p.rest = p.rest[n:]
		if text, ok := p.quoted(); ok {
			c.text = text
		} else {
			c.text = p.word()
		}
		return c, true
	}
	if text, ok := p.quoted(); ok {
		c.kind, c.text = clausePhrase, text
		return c, true
	}
	c.text = p.word()
	if stem := strings.TrimRight(c.text, "*＊"); stem != c.text && stem != "" {
		c.kind, c.text = clausePrefix, stem
	}
	return c, true
}

// quoted takes a quotation, if one is opened and closed here.
func (p *parser) quoted() (string, bool) {
	r, n := utf8.DecodeRuneInString(p.rest)
	mark := closing(r)
	if mark == 0 {
		return "", false
	}
	end := strings.IndexRune(p.rest[n:], mark)
	if end < 0 {
		// A quotation that is still being typed: its words count.
		p.rest = p.rest[n:]
		return "", false
	}
	text := p.rest[n : n+end]
	p.rest = p.rest[n+end+utf8.RuneLen(mark):]
	return text, true
}

// word takes what stands up to the next space, opening quotation mark or bar.
func (p *parser) word() string {
	end := strings.IndexFunc(p.rest, func(r rune) bool { return unicode.IsSpace(r) || closing(r) != 0 || r == '|' })
	switch {
	case end < 0:
		end = len(p.rest)
	case end == 0 && p.rest[0] == '|':
		end = 1 // by itself
	}
	w := p.rest[:end]
	p.rest = p.rest[end:]
	return w
}

// fieldPrefix returns the kind of a field prefix at the start of s, and its length.
func fieldPrefix(s string) (clauseKind, int) {
	for _, f := range [...]struct {
		name string
		kind clauseKind
	}{{"title:", clauseTitle}, {"제목:", clauseTitle}, {"term:", clauseTerm}, {"용어:", clauseTerm}} {
		if len(s) > len(f.name) && strings.EqualFold(s[:len(f.name)], f.name) {
			if r, _ := utf8.DecodeRuneInString(s[len(f.name):]); !unicode.IsSpace(r) {
				return f.kind, len(f.name)
			}
		}
	}
	return 0, 0
}

// filter takes a word as from:, to:, kind: or lang: where it is one.
func (q *parsed) filter(word string) bool {
	name, value, ok := strings.Cut(word, ":")
	if !ok || value == "" {
		return false
	}
	switch strings.ToLower(name) {
	case "from", "since":
		if from, _, ok := parseDay(value); ok {
			q.from = from
			return true
		}
	case "to", "until":
		if _, end, ok := parseDay(value); ok {
			q.to = end
			return true
		}
	case "kind":
		switch value {
		case KindReport, KindMetric, KindSubject, KindTerm:
			q.kind = value
			return true
		}
	case "lang":
		if value == "ko" || value == "en" {
			q.lang = value
			return true
		}
	}
	return false
}

// parseDay reads a year, month or day and returns when it starts and when the next one does.
func parseDay(s string) (from, end time.Time, ok bool) {
	for _, f := range [...]struct {
		layout         string
		year, mon, day int
	}{{"2006-01-02", 0, 0, 1}, {"2006-01", 0, 1, 0}, {"2006", 1, 0, 0}} {
		if t, err := time.Parse(f.layout, s); err == nil {
			return t, t.AddDate(f.year, f.mon, f.day), true
		}
	}
	return from, end, false
}

// reportsOf matches a query that asks for the reports of a year or month and for nothing else.
var reportsOf = regexp.MustCompile(`(?i)^(?:(\d{4})년(?: ?(\d{1,2})월)?(?:의|에)?(?: ?(?:나온|쓴|낸|발표된))? ?(?:보고서|리포트|글)(?:들)?|reports? (?:from|of|in) (?:([a-z]{3,9}) )?(\d{4})|(?:([a-z]{3,9}) )?(\d{4}) reports?)$`)

// maxPeriod is more bytes than reportsOf matches, which long texts are spared.
const maxPeriod = 64

// period takes a text as the period that it asks for the reports of.
func (q *parsed) period(text string) bool {
	if len(text) > maxPeriod {
		return false
	}
	m := reportsOf.FindStringSubmatch(text)
	if m == nil || !q.from.IsZero() || !q.to.IsZero() {
		return false
	}
	year, day := m[1]+m[4]+m[6], ""
	if month := m[3] + m[5]; month != "" {
		t, err := time.Parse("Jan", month[:3])
		if err != nil || !strings.HasPrefix(strings.ToLower(t.Month().String()), strings.ToLower(month)) {
			return false
		}
		day = year + t.Format("-01")
	} else if n, err := strconv.Atoi(m[2]); err == nil {
		day = fmt.Sprintf("%s-%02d", year, n)
	} else {
		day = year
	}
	from, to, ok := parseDay(day)
	if ok {
		q.from, q.to, q.kind = from, to, cmp.Or(q.kind, KindReport)
	}
	return ok
}
