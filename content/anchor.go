package content

import (
	"hash/fnv"
	"strconv"
	"strings"
	"unicode"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"

	"github.com/scalebook/scalebook/content/markdown"
)

// shingle is the length, in letters and digits, of the windows that identify a passage. One changed word touches few
// windows of a paragraph, while two different paragraphs hardly share one.
const shingle = 8

// shingles returns the hashes of a text's windows. Case, spaces and punctuation don't count. The hash rolls (Karp and Rabin
// 1987), so each window costs one step.
func shingles(text string) []uint64 {
	const base = 0x9e3779b97f4a7c15 | 1
	var window [shingle]rune
	var h, top uint64 = 0, 1
	for range shingle {
		top *= base
	}
	var out []uint64
	n := 0
	for _, c := range text {
		if !unicode.IsLetter(c) && !unicode.IsDigit(c) {
			continue
		}
		c = unicode.ToLower(c)
		h = h*base + uint64(c)
		if n >= shingle {
			h -= top * uint64(window[n%shingle])
		}
		window[n%shingle] = c
		if n++; n >= shingle {
			out = append(out, mix(h))
		}
	}
	if out == nil {
		out = append(out, mix(h))
	}
	return out
}

// mix spreads FNV's low bits over the whole word, so that the least hash is a fair choice (the finaliser of SplitMix64,
// Steele et al. 2014).
func mix(h uint64) uint64 {
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}

// passageAnchor derives an anchor from the least of a passage's window hashes (MinHash, Broder 1997): the chance that an
// edit changes it is about the share of the windows that the edit touches.
func passageAnchor(text string) string {
	least := ^uint64(0)
	for _, h := range shingles(text) {
		least = min(least, h)
	}
	return anchorName(least)
}

// wholeAnchor derives an anchor from all of a short text, such as an address.
func wholeAnchor(text string) string {
	h := fnv.New64a()
	h.Write([]byte(text))
	return anchorName(mix(h.Sum64()))
}

func anchorName(h uint64) string {
	s := strconv.FormatUint(h, 36)
	for len(s) < 13 {
		s = "0" + s
	}
	return "p-" + s[len(s)-8:]
}

// headingAnchor is a heading in lower case with hyphens for spaces and without punctuation, as GitHub's are, so that
// links into the original keep working.
func headingAnchor(text string) string {
	var b strings.Builder
	for _, c := range strings.ToLower(strings.TrimSpace(text)) {
		switch {
		case unicode.IsLetter(c), unicode.IsDigit(c), unicode.IsMark(c), c == '-', c == '_':
			b.WriteRune(c)
		case c == ' ':
			b.WriteByte('-')
		}
	}
	if b.Len() == 0 {
		return "section"
	}
	return b.String()
}

// anchors hands out ids that are unique within a report.
type anchors struct {
	used map[string]bool
	next map[string]int // by id: the number to try for its next double
}

func newAnchors() anchors { return anchors{map[string]bool{}, map[string]int{}} }

func (a anchors) unique(id string) string {
	try := id
	for a.used[try] {
		a.next[id] = max(2, a.next[id]+1)
		try = id + "-" + strconv.Itoa(a.next[id])
	}
	a.used[try] = true
	return try
}

// anchor gives every heading and block its id. Blocks that hardly differ from a passage of the previous revision take
// over its anchor.
func (d *document) anchor(previous []Passage) {
	a := newAnchors()
	var blocks []ast.Node
	var texts []string
	_ = ast.Walk(d.root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering || n.Type() == ast.TypeInline {
			return ast.WalkSkipChildren, nil
		}
		switch n.Kind() {
		case ast.KindHeading:
			n.SetAttributeString("id", []byte(a.unique(headingAnchor(d.textOf(n)))))
			return ast.WalkSkipChildren, nil
		case extast.KindFootnoteList:
			return ast.WalkSkipChildren, nil
		}
		if n.Kind() == ast.KindHTMLBlock && d.textOf(n) == "" {
			return ast.WalkSkipChildren, nil // a tag that opens or closes
		}
		if n.Parent() == d.root || n.Kind() == kindFigure || n.Kind() == kindTrend {
			blocks = append(blocks, n)
			texts = append(texts, d.blockText(n))
		}
		return ast.WalkContinue, nil
	})
	kept := keepAnchors(texts, previous)
	for i := range blocks {
		if kept[i] != "" {
			a.used[kept[i]] = true
		}
	}
	for i, n := range blocks {
		id := kept[i]
		if id == "" {
			id = passageAnchor(texts[i])
			if n.Kind() == kindFigure || n.Kind() == kindTrend {
				id = wholeAnchor(texts[i])
			}
			id = a.unique(id)
		}
		n.SetAttributeString("id", []byte(id))
	}
}

// blockText is what identifies a block: its text, or for one without text what it shows.
func (d *document) blockText(n ast.Node) string {
	t := d.textOf(n)
	switch n := n.(type) {
	case *figureNode:
		t += " " + string(n.image.Destination)
	case *trendNode:
		t += " " + n.block.Metric + " " + n.block.Of + " " + n.block.Fit
	case *markdown.BlockMath, *ast.ThematicBreak:
		t += n.Kind().String()
	}
	return t
}

// keepAnchors matches texts with the passages of a previous revision: first the same text, then the most alike of which
// at least half is the same. It returns the anchor to keep for each text, or nothing.
func keepAnchors(texts []string, previous []Passage) []string {
	kept := make([]string, len(texts))
	if len(previous) == 0 {
		return kept
	}
	byText := map[string][]int{}
	for i, p := range previous {
		byText[p.Text] = append(byText[p.Text], i)
	}
	taken := make([]bool, len(previous))
	for i, t := range texts {
		if is := byText[strings.TrimSpace(t)]; len(is) > 0 {
			kept[i], taken[is[0]], byText[t] = previous[is[0]].Anchor, true, is[1:]
		}
	}
	old := make([]map[uint64]bool, len(previous))
	for i, p := range previous {
		if !taken[i] {
			old[i] = set(shingles(p.Text))
		}
	}
	for i, t := range texts {
		if kept[i] != "" {
			continue
		}
		best, likeness := -1, 0.5
		mine := set(shingles(t))
		for k := range previous {
			if taken[k] {
				continue
			}
			if j := jaccard(mine, old[k]); j >= likeness {
				best, likeness = k, j
			}
		}
		if best >= 0 {
			kept[i], taken[best] = previous[best].Anchor, true
		}
	}
	return kept
}

func set(hs []uint64) map[uint64]bool {
	m := make(map[uint64]bool, len(hs))
	for _, h := range hs {
		m[h] = true
	}
	return m
}

// jaccard is the share of two sets' union that both have.
func jaccard(a, b map[uint64]bool) float64 {
	both := 0
	for h := range a {
		if b[h] {
			both++
		}
	}
	if len(a)+len(b) == both {
		return 0
	}
	return float64(both) / float64(len(a)+len(b)-both)
}
