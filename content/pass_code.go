package content

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

var (
	strayBullet = regexp.MustCompile(`^\s*([•·◦▪▫■□●○※‣∙]|[*+-](?:\s|$)|\d{1,3}[.)]\s)`)
	symbolItem  = regexp.MustCompile(`^[•◦▪▫●○‣∙·]\s*`)
	numberItem  = regexp.MustCompile(`^(\d{1,3}[.)])\s+`)
	codeLike    = regexp.MustCompile(`[{};]\s*$|:=|==|=>|->|^\s*(?:def|func|class|import|from|return|if|for|while|var|let|const|public|private|#include|SELECT|\$|>>>)\b|^\s*[\w.]+\s*=\s*\S|\w+\([^)]*\)\s*[;{:]?$`)
	markup      = regexp.MustCompile(`\]\([^)]+\)|https?://|\*\*`)
)

// dedentAccidentalCode takes the indentation from blocks that markdown would read as code but that are bullets, numbered
// items, notes or headings somebody indented. Where markdown sees code is asked of the parser, not guessed.
func dedentAccidentalCode(s *source) {
	if !slices.ContainsFunc(s.lines, func(l line) bool { return indented(l.text) }) {
		return
	}
	for range 4 { // what comes out of one block can hold another
		src := s.bytes()
		offsets := lineOffsets(src)
		changed := false
		_ = ast.Walk(engine().Parser().Parse(text.NewReader(src)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
			block, ok := n.(*ast.CodeBlock)
			if !ok || !entering {
				return ast.WalkContinue, nil
			}
			lines := block.Lines()
			count := accidentalLines(lines, src)
			if count == 0 {
				return ast.WalkSkipChildren, nil
			}
			indent := ""
			if item, ok := n.Parent().(*ast.ListItem); ok {
				indent = strings.Repeat(" ", item.Offset)
			} else if n.Parent().Kind() != ast.KindDocument {
				return ast.WalkSkipChildren, nil
			}
			var outer []int // the indentations of the items around
			for k := range count {
				l := &s.lines[lineAt(offsets, lines.At(k).Start)]
				nested := indent
				if strayBullet.MatchString(l.text) {
					at := indentation(l.text)
					for len(outer) > 0 && outer[len(outer)-1] >= at {
						outer = outer[:len(outer)-1]
					}
					nested += strings.Repeat("    ", len(outer))
					outer = append(outer, at)
				}
				l.text = dedent(l.text, nested)
			}
			s.lint(lineAt(offsets, lines.At(0).Start), "accidental-code")
			changed = true
			return ast.WalkSkipChildren, nil
		})
		if !changed {
			return
		}
	}
}

// accidentalLines returns how many lines from a block's beginning are no code: all, or those of a note above code.
func accidentalLines(lines *text.Segments, src []byte) int {
	if accidental(string(lines.Value(src))) {
		return lines.Len()
	}
	count := 0
	for k := range lines.Len() {
		at := lines.At(k)
		if l := at.Value(src); isBlank(string(l)) {
			count = k
		} else if k == count || count > 0 && k == count+1 {
			if !noteStart.MatchString(strings.TrimSpace(string(l))) || !accidental(string(l)) {
				break
			}
		}
	}
	return count
}

// indentation is how far a line is indented, in columns.
func indentation(l string) int {
	columns := 0
	for _, c := range l {
		switch c {
		case ' ':
			columns++
		case '\t':
			columns += 4 - columns%4
		default:
			return columns
		}
	}
	return columns
}

// accidental judges the text of an indented block: every line that starts something is a bullet, a number, a note or a
// sentence, and none looks like a program.
func accidental(block string) bool {
	prose := false
	for l := range strings.SplitSeq(block, "\n") {
		if isBlank(l) {
			continue
		}
		bullet := strayBullet.MatchString(l)
		switch {
		case !bullet && codeLike.MatchString(l) && !markup.MatchString(l) && !sentenceEnd.MatchString(l):
			return false
		case bullet && hasWords(l), markup.MatchString(l) && strings.ContainsFunc(l, unicode.IsLetter), hangulShare(l) >= 0.3, strings.HasPrefix(strings.TrimSpace(l), "#") && hangulShare(l) > 0:
			prose = true
		case sentenceEnd.MatchString(l) && strings.Count(l, " ") >= 4:
			prose = true
		}
	}
	return prose
}

func hasWords(l string) bool {
	return strings.Count(strings.TrimSpace(l), " ") >= 1 && !codeLike.MatchString(l)
}

func hangulShare(l string) float64 {
	hangul, letters := 0, 0
	for _, c := range l {
		if unicode.IsLetter(c) {
			letters++
			if unicode.Is(unicode.Hangul, c) {
				hangul++
			}
		}
	}
	if letters == 0 {
		return 0
	}
	return float64(hangul) / float64(letters)
}

// dedent gives a line the indentation of its container, and a symbol that stands for a bullet markdown's spelling.
func dedent(l, indent string) string {
	t := strings.TrimLeft(l, " \t")
	t = symbolItem.ReplaceAllString(t, "- ")
	t = numberItem.ReplaceAllString(t, "$1 ")
	return indent + t
}

// lineOffsets returns where each line of src begins.
func lineOffsets(src []byte) []int {
	offsets := []int{0}
	for i, c := range src {
		if c == '\n' {
			offsets = append(offsets, i+1)
		}
	}
	return offsets
}

// lineAt returns the index of the line that holds an offset.
func lineAt(offsets []int, at int) int {
	lo, hi := 0, len(offsets)
	for hi-lo > 1 {
		if mid := (lo + hi) / 2; offsets[mid] <= at {
			lo = mid
		} else {
			hi = mid
		}
	}
	return lo
}
