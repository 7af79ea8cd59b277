package chart

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// maxSide bounds the pixels of a PNG each way.
const maxSide = 12000

// canvas draws a scene's shapes in pixels.
type canvas struct {
	image  *image.RGBA
	scale  float64
	dark   bool
	faces  map[faceKey]font.Face
	family typeface
	raster vector.Rasterizer
}

type faceKey struct {
	size float64
	bold bool
}

// png draws the scene at scale device pixels to the CSS pixel.
func (s *scene) png(scale float64, dark bool) ([]byte, error) {
	if !finite(scale) || scale <= 0 {
		return nil, fmt.Errorf("chart: draw PNG of %q: scale %v is not positive", s.title, scale)
	}
	w, h := math.Ceil(s.width*scale), math.Ceil(s.height*scale)
	if w < 1 || h < 1 || w > maxSide || h > maxSide {
		return nil, fmt.Errorf("chart: draw PNG of %q: %g by %g pixels is not between 1 and %d each way", s.title, w, h, maxSide)
	}
	family, err := faces()
	if err != nil {
		return nil, err
	}
	c := &canvas{
		image: image.NewRGBA(image.Rect(0, 0, int(w), int(h))),
		scale: scale, dark: dark, family: family, faces: map[faceKey]font.Face{},
	}
	draw.Draw(c.image, c.image.Bounds(), image.NewUniform(lookup(paper, 0, dark)), image.Point{}, draw.Src)
	for _, sh := range s.shapes {
		if err := c.shape(sh); err != nil {
			return nil, fmt.Errorf("chart: draw PNG of %q: %w", s.title, err)
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, c.image); err != nil {
		return nil, fmt.Errorf("chart: encode PNG of %q: %w", s.title, err)
	}
	return b.Bytes(), nil
}

func (c *canvas) shape(s shape) error {
	if s.text != nil {
		return c.text(*s.text, s.color)
	}
	st := styleOf(s.class)
	shade := func(t token, opacity float64) color.NRGBA {
		// A shape of no series takes the neutral colours that CSS gives it.
		if s.color == 0 && t == series {
			t = ink3
		}
		v := lookup(t, s.color, c.dark)
		if opacity > 0 {
			v.A = uint8(math.Round(opacity * 255))
		}
		return v
	}
	if s.disc != nil {
		if st.stroke != "" {
			c.fill([]contour{circle(s.disc.center, s.disc.r+st.width/2)}, shade(st.stroke, 0))
			c.fill([]contour{circle(s.disc.center, s.disc.r-st.width/2)}, shade(st.fill, st.opacity))
			return nil
		}
		c.fill([]contour{circle(s.disc.center, s.disc.r)}, shade(st.fill, st.opacity))
		return nil
	}
	if st.fill != "" {
		c.fill(s.path, shade(st.fill, st.opacity))
	}
	if st.stroke != "" {
		opacity := st.opacity
		if st.fill != "" {
			opacity = 0
		}
		c.fill(strokeOf(s.path, st), shade(st.stroke, opacity))
	}
	return nil
}

// fill covers contours in one colour. Where they overlap in the same direction
// they cover once.
func (c *canvas) fill(cs []contour, ink color.NRGBA) {
	left, top, right, bottom := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, k := range cs {
		for _, p := range k.points {
			left, right = math.Min(left, p.x*c.scale), math.Max(right, p.x*c.scale)
			top, bottom = math.Min(top, p.y*c.scale), math.Max(bottom, p.y*c.scale)
		}
	}
	box := image.Rect(int(math.Floor(left)), int(math.Floor(top)), int(math.Ceil(right))+1, int(math.Ceil(bottom))+1)
	if box.Empty() || !box.Overlaps(c.image.Bounds()) || box.Dx() > 2*maxSide || box.Dy() > 2*maxSide {
		return
	}
	c.raster.Reset(box.Dx(), box.Dy())
	at := func(p point) (float32, float32) {
		return float32(p.x*c.scale - float64(box.Min.X)), float32(p.y*c.scale - float64(box.Min.Y))
	}
	for _, k := range cs {
		for i, p := range k.points {
			x, y := at(p)
			if i == 0 {
				c.raster.MoveTo(x, y)
			} else {
				c.raster.LineTo(x, y)
			}
		}
		c.raster.ClosePath()
	}
	c.raster.Draw(c.image, box, image.NewUniform(ink), image.Point{})
}

// text draws a line of text, over a halo of paper where it asks for one.
func (c *canvas) text(t text, number int) error {
	face, err := c.face(t.size, t.bold)
	if err != nil {
		return err
	}
	d := font.Drawer{Face: face}
	width := d.MeasureString(t.body)
	x := fixed.Int26_6(math.Round(t.at.x * c.scale * 64))
	switch t.align {
	case "middle":
		x -= width / 2
	case "end":
		x -= width
	}
	dot := fixed.Point26_6{X: x, Y: fixed.Int26_6(math.Round(t.at.y * c.scale * 64))}
	body := t.color
	if number == 0 && body == seriesInk {
		body = ink2
	}
	inkOf := image.NewUniform(lookup(body, number, c.dark))
	d.Dst, d.Src, d.Dot = c.image, inkOf, dot
	if t.halo {
		c.halo(d, t.body)
	}
	d.Dot = dot
	d.DrawString(t.body)
	return nil
}

// halo spreads the text's own mask by two pixels in the colour of paper.
func (c *canvas) halo(d font.Drawer, body string) {
	const reach, turns = 2.0, 16
	r := int(math.Ceil(reach * c.scale))
	bounds, _ := d.BoundString(body)
	box := image.Rect(bounds.Min.X.Floor()-1, bounds.Min.Y.Floor()-1, bounds.Max.X.Ceil()+1, bounds.Max.Y.Ceil()+1)
	mask := image.NewAlpha(box)
	m := d
	m.Dst, m.Src = mask, image.Opaque
	m.DrawString(body)
	under := image.NewUniform(lookup(paper, 0, c.dark))
	for i := range turns {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / turns)
		off := image.Pt(int(math.Round(cos*float64(r))), int(math.Round(sin*float64(r))))
		draw.DrawMask(c.image, box.Add(off), under, image.Point{}, mask, box.Min, draw.Over)
	}
	draw.DrawMask(c.image, box, under, image.Point{}, mask, box.Min, draw.Over)
}

func (c *canvas) face(size float64, bold bool) (font.Face, error) {
	k := faceKey{size, bold}
	if f, ok := c.faces[k]; ok {
		return f, nil
	}
	f, err := opentype.NewFace(c.family.of(bold), &opentype.FaceOptions{Size: size * c.scale, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		return nil, fmt.Errorf("set type at %g px: %w", size*c.scale, err)
	}
	c.faces[k] = f
	return f, nil
}
