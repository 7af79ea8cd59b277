package chart

import "errors"

func (s Spec) PNG(scale float64, dark bool) ([]byte, error) {
	return nil, errors.New("chart: no raster yet")
}
func (m Multiple) PNG(scale float64, dark bool) ([]byte, error) { return Spec(m).PNG(scale, dark) }
