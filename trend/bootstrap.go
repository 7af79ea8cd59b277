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
// bootstrap, Efron and Tibshirani 1993, chapter 9), each as level at the centre
// of l and slope. Four sums about l, which passes through the middle of the data,
// are all that a refit needs. A draw of one date only is drawn again; newSample
// has seen to it that there are two dates, so this ends.
func bootstrapLines(s sample, l line, c Config) [][]float64 {
	rng := random(c.Seed, streamPairs)
	n := len(s.x)
	type deviation struct{ x, y float64 }
	deviations := make([]deviation, n)
	for i := range deviations {
		deviations[i] = deviation{s.x[i] - l.center, s.y[i] - l.at(s.x[i])}
	}
	flat := make([]float64, 2*c.Resamples)
	draws := make([][]float64, c.Resamples)
	for b := range draws {
		d := flat[2*b : 2*b+2 : 2*b+2]
		draws[b] = d
		for {
			var sx, sy, sxx, sxy float64
			for range n {
				at := deviations[rng.IntN(n)]
				sx += at.x
				sy += at.y
				sxx += at.x * at.x
				sxy += at.x * at.y
			}
			m := float64(n)
			spread := sxx - sx*sx/m
			if !(spread > max(1e-20*m, 1e-13*sxx)) {
				continue
			}
			slope := (sxy - sx*sy/m) / spread
			d[0], d[1] = l.level+(sy-slope*sx)/m, l.slope+slope
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
