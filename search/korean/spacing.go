package korean

import "strings"

// Spacings returns the other ways to space text that people may mean by it: with
// all the spaces between Hangul words left out, and with a space wherever one
// content word ends and another begins. 데이터센터 냉각 gives 데이터센터냉각 and
// 데이터 센터 냉각. It returns nil where there is no other way.
func (a *Analyzer) Spacings(text string) []string {
	text = strings.Join(strings.Fields(Normalize(text)), " ")
	var ways []string
	for _, way := range []string{closeUp(text), a.spaceOut(text)} {
		if way != text && (len(ways) == 0 || ways[0] != way) {
			ways = append(ways, way)
		}
	}
	return ways
}

// closeUp leaves out the spaces of text that stand between Hangul.
func closeUp(text string) string {
	var b strings.Builder
	words := strings.Split(text, " ")
	for i, w := range words {
		if i > 0 {
			if _, tail := ends(words[i-1]); tail == 0 {
				b.WriteByte(' ')
			} else if head, _ := ends(w); head == 0 {
				b.WriteByte(' ')
			}
		}
		b.WriteString(w)
	}
	return b.String()
}

// spaceOut puts a space before every content word of two letters or more that
// follows one.
func (a *Analyzer) spaceOut(text string) string {
	var b strings.Builder
	done, long := 0, false
	for _, t := range a.Analyze(text) {
		if t.Kind != Morpheme {
			continue
		}
		isLong := t.End-t.Start >= len("가나")
		if t.Start > done && text[t.Start-1] != ' ' && long && isLong {
			b.WriteString(text[done:t.Start])
			b.WriteByte(' ')
			done = t.Start
		}
		long = isLong
	}
	return b.String() + text[done:]
}
