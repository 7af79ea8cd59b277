package chart

import "fmt"

func (s Spec) SVG() string {
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d"></svg>`, s.Width, s.Height)
}
func (s Spec) Standalone() string { return s.SVG() }
func (s Spec) PNG(scale float64, dark bool) ([]byte, error) {
	return nil, fmt.Errorf("chart: no raster yet")
}
func (m Multiple) SVG() string                                  { return Spec(m).SVG() }
func (m Multiple) Standalone() string                           { return Spec(m).SVG() }
func (m Multiple) PNG(scale float64, dark bool) ([]byte, error) { return Spec(m).PNG(scale, dark) }
func (s Spark) SVG() string                                     { return Spec{Width: s.Width, Height: s.Height}.SVG() }
func (r Ruler) SVG() string                                     { return Spec{Width: r.Width, Height: r.Height}.SVG() }
func CSS() string                                               { return "" }
