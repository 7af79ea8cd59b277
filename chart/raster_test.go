package chart

import (
	"bytes"
	"image"
	"image/png"
	"os"
	"strings"
	"testing"
)

func decode(t *testing.T, b []byte, err error) image.Image {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	m, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func isColor(m image.Image, x, y int, t token, number int, dark bool) bool {
	want := lookup(t, number, dark)
	r, g, b, _ := m.At(x, y).RGBA()
	near := func(a uint32, b uint8) bool { d := int(a>>8) - int(b); return d > -12 && d < 12 }
	return near(r, want.R) && near(g, want.G) && near(b, want.B)
}

// TestPNGDrawsTheScene looks for marks where the layout put them, in both
// schemes and at two scales.
func TestPNGDrawsTheScene(t *testing.T) {
	s := exam(648, 420, "ko")
	sc := s.framed(s.layout(false))
	for _, dark := range []bool{false, true} {
		for _, scale := range []float64{1, 2} {
			b, err := s.PNG(scale, dark)
			m := decode(t, b, err)
			if w, h := m.Bounds().Dx(), m.Bounds().Dy(); float64(w) != sc.width*scale || float64(h) < sc.height*scale {
				t.Errorf("%d by %d pixels for %g by %g at %g", w, h, sc.width, sc.height, scale)
			}
			if !isColor(m, 2, 2, paper, 0, dark) {
				t.Errorf("corner is not paper (dark %v)", dark)
			}
			found := map[string]int{}
			for _, sh := range sc.shapes {
				if sh.disc == nil {
					continue
				}
				st := styleOf(sh.class)
				if st.opacity > 0 {
					continue
				}
				if isColor(m, int(sh.disc.center.x*scale), int(sh.disc.center.y*scale), st.fill, sh.color, dark) {
					found[sh.class]++
				}
			}
			// Two records twelve days apart share pixels.
			if found["now-dot"] != 1 || found["step"] < len(examRecord)-2 {
				t.Errorf("marks found by colour at scale %g, dark %v: %v", scale, dark, found)
			}
		}
	}
}

func TestPNGWritesHangul(t *testing.T) {
	draw := func(heading string) []byte {
		b, err := Multiple{Lang: "ko", Heading: heading}.PNG(1, false)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	if bytes.Equal(draw("눈금"), draw("기록")) {
		t.Error("two headings give one image: the family has no Hangul")
	}
	if !bytes.Equal(draw("눈금"), draw("눈금")) {
		t.Error("the same chart gives two images")
	}
}

func TestPNGRefuses(t *testing.T) {
	for _, scale := range []float64{0, -1, 1e9} {
		if _, err := exam(648, 420, "ko").PNG(scale, false); err == nil || !strings.Contains(err.Error(), "chart: draw PNG") {
			t.Errorf("scale %g: %v", scale, err)
		}
	}
}

// TestFamily holds the glyphs that labels need, and its licence beside it.
func TestFamily(t *testing.T) {
	f, err := faces()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range "가힝 ABCz09 ①⑳ ⁰¹²³⁴⁵⁶⁷⁸⁹⁻ ×·–−“”‘’%$ 「」 →µé" {
		for _, bold := range []bool{false, true} {
			if i, err := f.of(bold).GlyphIndex(nil, r); r != ' ' && (err != nil || i == 0) {
				t.Errorf("no glyph for %q (bold %v)", r, bold)
			}
		}
	}
	licence, err := os.ReadFile("font/LICENSE-OFL.txt")
	if err != nil || !bytes.Contains(licence, []byte("SIL OPEN FONT LICENSE Version 1.1")) {
		t.Errorf("licence text: %v", err)
	}
	if n := len(regularOTF) + len(semiboldOTF); n > 1<<20 {
		t.Errorf("family of %d bytes, want 1 MiB at most", n)
	}
}

func BenchmarkSVG(b *testing.B) {
	s := exam(1200, 520, "ko")
	for b.Loop() {
		s.SVG()
	}
}

func BenchmarkPNG(b *testing.B) {
	s := exam(1200, 520, "ko")
	for b.Loop() {
		if _, err := s.PNG(2, false); err != nil {
			b.Fatal(err)
		}
	}
}
