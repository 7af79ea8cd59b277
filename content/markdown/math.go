package markdown

import (
	"bytes"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// Kinds of the nodes that hold formulas.
var (
	KindInlineMath = ast.NewNodeKind("InlineMath")
	KindBlockMath  = ast.NewNodeKind("BlockMath")
)

// InlineMath is a formula within a line, its delimiters included.
type InlineMath struct {
	ast.BaseInline
	Segments []text.Segment
	Display  bool // written with $$
}

// Kind implements ast.Node.
func (n *InlineMath) Kind() ast.NodeKind { return KindInlineMath }

// Dump implements ast.Node.
func (n *InlineMath) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

// TeX returns the formula as written, with its delimiters.
func (n *InlineMath) TeX(source []byte) []byte {
	var b []byte
	for _, s := range n.Segments {
		b = append(b, s.Value(source)...)
	}
	return b
}

// BlockMath is a formula that stands on lines of its own. Its lines include the delimiters.
type BlockMath struct{ ast.BaseBlock }

// Kind implements ast.Node.
func (n *BlockMath) Kind() ast.NodeKind { return KindBlockMath }

// IsRaw implements ast.Node: no inline rule applies inside.
func (n *BlockMath) IsRaw() bool { return true }

// Dump implements ast.Node.
func (n *BlockMath) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

// TeX returns the formula as written, with its delimiters.
func (n *BlockMath) TeX(source []byte) []byte {
	return bytes.TrimSpace(n.Lines().Value(source))
}

type mathParser struct{}

func (mathParser) Trigger() []byte { return []byte{'$'} }

// Parse reads $…$ by the rule that pandoc and GitHub share: the opening sign has no white space after it, the closing
// one none before it and no digit behind it. A span of Korean prose without any TeX in it is two amounts of money.
func (mathParser) Parse(_ ast.Node, block text.Reader, _ parser.Context) ast.Node {
	line, segment := block.PeekLine()
	if bytes.HasPrefix(line, []byte("$$")) {
		return displayMath(block)
	}
	if before := block.PrecendingCharacter(); unicode.IsLetter(before) && before < unicode.MaxASCII || before == '\\' {
		return nil // US$, HK$ and an escaped sign
	}
	if len(line) < 3 || line[1] == ' ' || line[1] == '\n' {
		return nil
	}
	for i := 2; i < len(line); i++ {
		if line[i] == '\\' {
			i++
			continue
		}
		if line[i] != '$' {
			continue
		}
		if line[i-1] == ' ' || i+1 < len(line) && (line[i+1] >= '0' && line[i+1] <= '9' || line[i+1] == '$') {
			return nil
		}
		if prose(line[1:i]) {
			return nil
		}
		block.Advance(i + 1)
		return &InlineMath{Segments: []text.Segment{segment.WithStop(segment.Start + i + 1)}}
	}
	return nil
}

// displayMath reads $$…$$ inside a paragraph, over several lines too.
func displayMath(block text.Reader) ast.Node {
	l, pos := block.Position()
	n := &InlineMath{Display: true}
	skip := 2
	for {
		line, segment := block.PeekLine()
		if line == nil {
			block.SetPosition(l, pos)
			return nil
		}
		if i := bytes.Index(line[min(skip, len(line)):], []byte("$$")); i >= 0 {
			end := skip + i + 2
			if len(n.Segments) == 0 && end == 4 {
				block.SetPosition(l, pos)
				return nil
			}
			n.Segments = append(n.Segments, segment.WithStop(segment.Start+end))
			block.Advance(end)
			return n
		}
		n.Segments = append(n.Segments, segment)
		skip = 0
		block.AdvanceLine()
	}
}

// prose reports whether what stands between two dollar signs is Korean text rather than a formula.
func prose(b []byte) bool {
	return bytes.ContainsFunc(b, func(r rune) bool { return unicode.Is(unicode.Hangul, r) }) && !bytes.ContainsAny(b, `\^_`)
}

type mathBlockParser struct{}

func (mathBlockParser) Trigger() []byte { return []byte{'$'} }

func (mathBlockParser) Open(_ ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, segment := reader.PeekLine()
	if pc.BlockIndent() > 3 {
		return nil, parser.NoChildren
	}
	trimmed := bytes.TrimSpace(line)
	if !bytes.HasPrefix(trimmed, []byte("$$")) {
		return nil, parser.NoChildren
	}
	closed := bytes.Contains(trimmed[2:], []byte("$$"))
	if closed && (!bytes.HasSuffix(trimmed, []byte("$$")) || len(trimmed) < 5) {
		return nil, parser.NoChildren // more text follows on the line: inline
	}
	if !closed && !closesLater(reader) {
		return nil, parser.NoChildren
	}
	n := &BlockMath{}
	n.Lines().Append(segment)
	reader.AdvanceToEOL()
	if closed {
		n.SetAttributeString("closed", true)
	}
	return n, parser.NoChildren
}

// closesLater reports whether a closing $$ comes before the next blank line, so that a stray sign swallows nothing.
func closesLater(reader text.Reader) bool {
	_, segment := reader.PeekLine()
	rest := reader.Source()[segment.Stop:]
	for len(rest) > 0 {
		line, next, _ := bytes.Cut(rest, []byte("\n"))
		if len(bytes.TrimSpace(line)) == 0 {
			return false
		}
		if bytes.HasSuffix(bytes.TrimSpace(line), []byte("$$")) {
			return true
		}
		rest = next
	}
	return false
}

func (mathBlockParser) Continue(node ast.Node, reader text.Reader, _ parser.Context) parser.State {
	if _, ok := node.AttributeString("closed"); ok {
		return parser.Close
	}
	line, segment := reader.PeekLine()
	if len(bytes.TrimSpace(line)) == 0 {
		return parser.Close
	}
	node.Lines().Append(segment)
	if bytes.HasSuffix(bytes.TrimSpace(line), []byte("$$")) {
		node.SetAttributeString("closed", true)
	}
	reader.AdvanceToEOL()
	return parser.Continue | parser.NoChildren
}

func (mathBlockParser) Close(ast.Node, text.Reader, parser.Context) {}

func (mathBlockParser) CanInterruptParagraph() bool { return true }

func (mathBlockParser) CanAcceptIndentedLine() bool { return false }

type mathRenderer struct{}

func (mathRenderer) RegisterFuncs(reg renderer.NodeRendererFuncRegisterer) {
	reg.Register(KindInlineMath, func(w util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
		n := node.(*InlineMath)
		if entering {
			class := "math"
			if n.Display {
				class = "math math-display"
			}
			writeMath(w, "span", class, "", n.TeX(source))
		}
		return ast.WalkSkipChildren, nil
	})
	reg.Register(KindBlockMath, func(w util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			id, _ := node.AttributeString("id")
			s, _ := id.([]byte)
			writeMath(w, "div", "math math-display", string(s), node.(*BlockMath).TeX(source))
			_ = w.WriteByte('\n')
		}
		return ast.WalkSkipChildren, nil
	})
}

func writeMath(w util.BufWriter, tag, class, id string, tex []byte) {
	_, _ = w.WriteString("<" + tag)
	if id != "" {
		_, _ = w.WriteString(` id="`)
		_, _ = w.Write(util.EscapeHTML([]byte(id)))
		_ = w.WriteByte('"')
	}
	_, _ = w.WriteString(` class="` + class + `">`)
	if !utf8.Valid(tex) {
		tex = bytes.ToValidUTF8(tex, []byte("\uFFFD"))
	}
	_, _ = w.Write(util.EscapeHTML(tex))
	_, _ = w.WriteString("</" + tag + ">")
}
