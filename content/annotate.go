package content

import (
	"fmt"
	"strings"

	"golang.org/x/net/html"
)

// Marks says what Annotate puts into a report's text.
type Marks struct {
	Recognizer *Recognizer                  // nil marks no names
	Href       func(kind, id string) string // page of a metric or subject; a name without one is not marked
	Claims     []Claim                      // each number is marked with its index: <span class="claim" data-claim="0">
	Terms      []Term                       // the first use of each is marked: <dfn class="term" data-ko data-en>
}

// quiet elements keep their text as it is.
var quiet = map[string]bool{"a": true, "code": true, "pre": true, "h1": true, "h2": true, "h3": true, "h4": true, "h5": true, "h6": true, "dfn": true, "sup": true, "button": true}

// Annotate marks names, numbers and terms in HTML of a report (all of it or sections in order, one call for each report
// since only first uses are marked). Headings, links, code and formulas stay as they are; text is never changed.
func Annotate(source string, m Marks) string {
	a := &annotator{Marks: m, seen: map[string]bool{}, done: make([]bool, len(m.Claims))}
	z := html.NewTokenizer(strings.NewReader(source))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return a.out.String()
		case html.TextToken:
			raw := string(z.Raw())
			if a.skip > 0 {
				a.out.WriteString(raw)
			} else {
				a.text(html.UnescapeString(raw))
			}
		case html.StartTagToken:
			raw := string(z.Raw())
			t := z.Token()
			a.open(t)
			a.out.WriteString(raw)
		case html.EndTagToken:
			raw := string(z.Raw())
			a.close(z.Token().Data)
			a.out.WriteString(raw)
		default:
			a.out.WriteString(string(z.Raw()))
		}
	}
}

type annotator struct {
	Marks
	out   strings.Builder
	skip  int      // depth of quiet elements
	stack []string // open elements; quiet ones with a !
	block string   // the anchor that text stands under
	seen  map[string]bool
	done  []bool
}

var voidElements = map[string]bool{"br": true, "img": true, "hr": true, "input": true, "wbr": true}

func (a *annotator) open(t html.Token) {
	math := false
	for _, at := range t.Attr {
		switch at.Key {
		case "id":
			a.block = at.Val
		case "class":
			math = strings.HasPrefix(at.Val, "math") || strings.HasPrefix(at.Val, "image-missing")
		}
	}
	if voidElements[t.Data] {
		return
	}
	name := t.Data
	if quiet[name] || math {
		a.skip++
		name = "!" + name
	}
	a.stack = append(a.stack, name)
}

func (a *annotator) close(name string) {
	for i := len(a.stack) - 1; i >= 0; i-- {
		top := a.stack[i]
		a.stack = a.stack[:i]
		if strings.HasPrefix(top, "!") {
			a.skip--
		}
		if strings.TrimPrefix(top, "!") == name {
			return
		}
	}
}

// mark is a stretch of text to wrap.
type mark struct {
	start, end  int
	open, close string
}

// text writes a run of text with its marks. Where two overlap the one found first stays: claims, then names, then terms.
func (a *annotator) text(s string) {
	var marks []mark
	free := func(from, to int) bool {
		for _, m := range marks {
			if from < m.end && m.start < to {
				return false
			}
		}
		return true
	}
	for i, c := range a.Claims {
		if at := a.claimIn(s, c); !a.done[i] && c.Anchor == a.block && at >= 0 && free(at, at+c.End-c.Start) {
			a.done[i] = true
			marks = append(marks, mark{at, at + c.End - c.Start, fmt.Sprintf(`<span class="claim" data-claim="%d">`, i), "</span>"})
		}
	}
	if a.Recognizer != nil && a.Href != nil {
		for _, f := range a.Recognizer.find(s) {
			key := f.kind + "/" + f.id
			href := a.Href(f.kind, f.id)
			if a.seen[key] || href == "" || !free(f.start, f.end) || a.Recognizer.plainWord(f) {
				continue
			}
			a.seen[key] = true
			marks = append(marks, mark{f.start, f.end, fmt.Sprintf(`<a class="mention" href="%s" data-kind="%s" data-id="%s">`,
				html.EscapeString(href), f.kind, html.EscapeString(f.id)), "</a>"})
		}
	}
	for _, t := range a.Terms {
		key := "term/" + t.Ko + "/" + t.En
		if a.seen[key] {
			continue
		}
		if at := strings.Index(s, t.Ko+"("+t.En); at >= 0 && free(at, at+len(t.Ko)) {
			a.seen[key] = true
			marks = append(marks, mark{at, at + len(t.Ko), fmt.Sprintf(`<dfn class="term" tabindex="0" data-ko="%s" data-en="%s">`,
				html.EscapeString(t.Ko), html.EscapeString(t.En)), "</dfn>"})
		}
	}
	last := 0
	for len(marks) > 0 {
		next := 0
		for i := range marks {
			if marks[i].start < marks[next].start {
				next = i
			}
		}
		m := marks[next]
		marks = append(marks[:next], marks[next+1:]...)
		a.out.WriteString(html.EscapeString(s[last:m.start]) + m.open + html.EscapeString(s[m.start:m.end]) + m.close)
		last = m.end
	}
	a.out.WriteString(html.EscapeString(s[last:]))
}

// claimIn finds a claim's number in a run of text, by the characters before it.
func (a *annotator) claimIn(s string, c Claim) int {
	if c.Start < 0 || c.End > len(c.Sentence) || c.Start >= c.End {
		return -1
	}
	number := c.Sentence[c.Start:c.End]
	lead := c.Sentence[:c.Start]
	for n := min(len(lead), 24); n >= 0; n -= 4 {
		if at := strings.Index(s, lead[len(lead)-n:]+number); at >= 0 {
			return at + n
		}
	}
	return -1
}

// plainWord reports names that are ordinary words of the field rather than names: parameters, training compute. A page full
// of links to them would say nothing. Models that only their snapshots imply have no page to link to.
func (r *Recognizer) plainWord(f found) bool {
	return r.pageless[f.kind+"/"+f.id] || f.kind == "metric" && r.metrics[f.id].Kind != "benchmark"
}
