package chart

import (
	"bytes"
	"image/png"
	"slices"
	"strings"
	"testing"
)

func TestCard(t *testing.T) {
	for _, c := range []struct {
		name, title string
		lines       []string // of the title
		cut         bool
	}{
		{"one line", "HBM의 값", []string{"HBM의 값"}, false},
		{"alike lines", "Fifty years of Moore's law: what stopped and what went on", []string{"Fifty years of Moore's", "law: what stopped", "and what went on"}, false},
		{"no title", "", nil, false},
		{"no spaces", strings.Repeat("가", 200), nil, true},
		{"longer than four lines", strings.Repeat("스케일링 법칙은 ", 40), nil, true},
		{"letters of no glyph", "뷁 𠀀 半導體", []string{"뷁 𠀀 半導體"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			card := Card{Title: c.title, Over: "보고서", Foot: strings.Repeat("2025년 1월 20일 · ", 20), Site: "scalebook"}
			lines, size := card.lines(CardWidth - 144)
			if len(lines) > 4 || c.lines != nil && !slices.Equal(lines, c.lines) {
				t.Errorf("set in %d px as %q, want %q", int(size), lines, c.lines)
			}
			if cut := len(lines) > 0 && strings.HasSuffix(lines[len(lines)-1], "…"); cut != c.cut {
				t.Errorf("ends in an ellipsis: %t, want %t", cut, c.cut)
			}
			for _, sh := range card.layout().shapes {
				if sh.text != nil {
					if b := sh.text.box(); b.left < 0 || b.right > CardWidth || b.bottom > CardHeight {
						t.Errorf("%q stands at %+v, outside of the card", sh.text.body, b)
					}
				}
			}
			raw, err := card.PNG()
			if err != nil {
				t.Fatal(err)
			}
			picture, err := png.Decode(bytes.NewReader(raw))
			if err != nil || picture.Bounds().Dx() != CardWidth || picture.Bounds().Dy() != CardHeight {
				t.Errorf("%v, %v", picture.Bounds(), err)
			}
		})
	}
}
