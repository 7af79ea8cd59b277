package trend

import "math/rand/v2"

// stream separates the random numbers of one purpose from another's, so that
// adding a draw to one doesn't change the other.
type stream uint64

const (
	streamPairs stream = iota + 1
	streamResiduals
	streamBreak
	streamMeasurement
	streamStarts
)

func random(seed uint64, s stream) *rand.Rand {
	return rand.New(rand.NewPCG(seed, uint64(s)))
}

// bootstrapLines refits the line to observations drawn with replacement (pairs
// bootstrap, Efron and Tibshirani 1993, chapter 9), each as level at center
// and slope. A draw of one date only is drawn again; newSample has seen to it
// that there are two dates, so this ends.
func bootstrapLines(s sample, center float64, c Config) [][]float64 {
	rng := random(c.Seed, streamPairs)
	n := len(s.x)
	x, y := make([]float64, n), make([]float64, n)
	flat := make([]float64, 2*c.Resamples)
	draws := make([][]float64, c.Resamples)
	for b := range draws {
		for {
			for i := range n {
				j := rng.IntN(n)
				x[i], y[i] = s.x[j], s.y[j]
			}
			l, _, ok := leastSquares(x, y)
			if !ok {
				continue
			}
			d := flat[2*b : 2*b+2 : 2*b+2]
			d[0], d[1] = l.at(center), l.slope
			draws[b] = d
			break
		}
	}
	return draws
}

// shuffled draws one residual for each resample.
func shuffled(residuals []float64, c Config) []float64 {
	rng := random(c.Seed, streamResiduals)
	out := make([]float64, c.Resamples)
	for i := range out {
		out[i] = residuals[rng.IntN(len(residuals))]
	}
	return out
}
