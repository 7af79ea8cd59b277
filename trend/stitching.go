package trend

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize"
)

// stitching is the least-squares problem of the capability index. Parameters
// lie in one vector: C of each model, D of each benchmark, then α of each
// benchmark but the anchor.
type stitching struct {
	models      []modelKey
	benchmarks  []string
	anchor      int
	modelOf     []int // of each score
	benchmarkOf []int
	y           []float64
	count       []int // scores of each model
	alphaOf     []int // place of each benchmark's α among the parameters, -1 for the anchor's
	penalty     float64

	params []float64 // the optimum
	// Set by covariance: the residual standard deviation, its degrees of freedom
	// and the standard errors of the models' capabilities against the anchor.
	sigma, df      float64
	standardErrors []float64
}

// newStitching indexes scores, which are sorted by model.
func newStitching(scores []Score, c CapabilityConfig) (*stitching, error) {
	s := &stitching{}
	perBenchmark := make(map[string]int)
	for _, score := range scores {
		perBenchmark[score.Benchmark]++
	}
	for name := range perBenchmark {
		s.benchmarks = append(s.benchmarks, name)
	}
	slices.Sort(s.benchmarks)
	s.anchor = slices.Index(s.benchmarks, c.Anchor)
	index := make(map[string]int)
	for b, name := range s.benchmarks {
		index[name] = b
	}
	if s.anchor < 0 {
		for b, name := range s.benchmarks {
			if s.anchor < 0 || perBenchmark[name] > perBenchmark[s.benchmarks[s.anchor]] {
				s.anchor = b
			}
		}
	}
	for i, score := range scores {
		if i == 0 || score.model() != scores[i-1].model() {
			s.models = append(s.models, score.model())
			s.count = append(s.count, 0)
		}
		m := len(s.models) - 1
		s.count[m]++
		s.modelOf = append(s.modelOf, m)
		s.benchmarkOf = append(s.benchmarkOf, index[score.Benchmark])
		s.y = append(s.y, score.Value)
	}
	if len(s.models) < 2 {
		return nil, &DataError{Reason: ErrTooFew, N: len(s.models), Need: 2, Detail: "models after the filters"}
	}
	if len(s.benchmarks) < 2 {
		return nil, &DataError{Reason: ErrTooFew, N: len(s.benchmarks), Need: 2, Detail: "benchmarks after the filters"}
	}
	s.alphaOf = make([]int, len(s.benchmarks))
	next := len(s.models) + len(s.benchmarks)
	for b := range s.alphaOf {
		s.alphaOf[b] = -1
		if b != s.anchor {
			s.alphaOf[b] = next
			next++
		}
	}
	s.penalty = c.Regularization / float64(s.size())
	return s, nil
}

func (s *stitching) size() int { return len(s.models) + 2*len(s.benchmarks) - 1 }

func (s *stitching) alpha(p []float64, b int) float64 {
	if at := s.alphaOf[b]; at >= 0 {
		return p[at]
	}
	return 1
}

func (s *stitching) fitted(p []float64, i int) float64 {
	b := s.benchmarkOf[i]
	return sigmoid(s.alpha(p, b) * (p[s.modelOf[i]] - p[len(s.models)+b]))
}

// objective returns the cost and the sum of squared residuals, and writes the
// gradient of the cost if grad is not nil.
func (s *stitching) objective(p, grad []float64) (cost, rss float64) {
	var norm float64
	for i, v := range p {
		norm += v * v
		if grad != nil {
			grad[i] = s.penalty * v
		}
	}
	nM := len(s.models)
	for i, y := range s.y {
		m, b := s.modelOf[i], s.benchmarkOf[i]
		gap, a := p[m]-p[nM+b], s.alpha(p, b)
		f := sigmoid(a * gap)
		r := f - y
		rss += r * r
		if grad == nil {
			continue
		}
		d := r * f * (1 - f)
		grad[m] += d * a
		grad[nM+b] -= d * a
		if at := s.alphaOf[b]; at >= 0 {
			grad[at] += d * gap
		}
	}
	return 0.5 * (rss + s.penalty*norm), rss
}

// minimise searches from several starts: the published one, with all C and D
// at 0 and α at 1, one from the mean scores, and random ones around the first.
func (s *stitching) minimise(c CapabilityConfig) error {
	rng := random(c.Seed, streamStarts)
	lowest := math.Inf(1)
	var best []float64
	for start := range c.Starts {
		p := make([]float64, s.size())
		for i := len(s.models) + len(s.benchmarks); i < len(p); i++ {
			p[i] = 1
		}
		switch {
		case start == 1:
			s.startFromMeans(p)
		case start > 1:
			for i := range p {
				p[i] += 0.3 * rng.NormFloat64()
			}
		}
		p = s.descend(p)
		if cost, _ := s.objective(p, nil); cost < lowest {
			best, lowest = p, cost
		}
	}
	if best == nil {
		return &DataError{Reason: ErrNotIdentified, N: len(s.y), Detail: "the search found no finite cost"}
	}
	s.params = s.refine(best, nil)
	return nil
}

// startFromMeans puts models at the logit of their mean score and benchmarks
// at minus the logit of theirs.
func (s *stitching) startFromMeans(p []float64) {
	nM := len(s.models)
	n := make([]float64, nM+len(s.benchmarks))
	sum := make([]float64, len(n))
	for i, y := range s.y {
		for _, at := range [2]int{s.modelOf[i], nM + s.benchmarkOf[i]} {
			n[at]++
			sum[at] += y
		}
	}
	for i := range n {
		share := min(max(sum[i]/n[i], 0.02), 0.98)
		p[i] = math.Log(share / (1 - share))
		if i >= nM {
			p[i] = -p[i]
		}
	}
}

// descend runs L-BFGS. A line search that stalls for want of precision has
// found the minimum as well as any.
func (s *stitching) descend(start []float64) []float64 {
	// Cost and gradient are asked for one after the other at the same place.
	at, gradient := make([]float64, len(start)), make([]float64, len(start))
	cost, known := 0.0, false
	evaluate := func(x []float64) {
		if !known || !slices.Equal(at, x) {
			copy(at, x)
			cost, _ = s.objective(x, gradient)
			known = true
		}
	}
	problem := optimize.Problem{
		Func: func(x []float64) float64 { evaluate(x); return cost },
		Grad: func(grad, x []float64) { evaluate(x); copy(grad, gradient) },
	}
	settings := &optimize.Settings{
		GradientThreshold: 1e-6,
		Converger:         &optimize.FunctionConverge{Relative: 1e-7, Iterations: 20},
		MajorIterations:   5000,
	}
	result, err := optimize.Minimize(problem, start, settings, &optimize.LBFGS{Store: 20})
	if result == nil || (err != nil && !finite(result.F)) {
		return start
	}
	return result.X
}

// hessian of the cost: exact, or the Gauss–Newton approximation J'J + penalty,
// which is always positive definite.
func (s *stitching) hessian(p []float64, exact bool) *mat.SymDense {
	nM := len(s.models)
	h := mat.NewSymDense(len(p), nil)
	for i := range p {
		h.SetSym(i, i, s.penalty)
	}
	raw := h.RawSymmetric()
	add := func(i, j int, v float64) {
		if i > j {
			i, j = j, i
		}
		raw.Data[i*raw.Stride+j] += v
	}
	for i := range s.y {
		m, b := s.modelOf[i], s.benchmarkOf[i]
		gap, a := p[m]-p[nM+b], s.alpha(p, b)
		f := sigmoid(a * gap)
		d := f * (1 - f)
		// With z = α(C−D), the cost's second derivatives are w·∇z∇z' + e·∇²z.
		w, e := d*d, 0.0
		if exact {
			r := f - s.y[i]
			w += r * d * (1 - 2*f)
			e = r * d
		}
		add(m, m, w*a*a)
		add(nM+b, nM+b, w*a*a)
		add(m, nM+b, -w*a*a)
		if at := s.alphaOf[b]; at >= 0 {
			add(at, at, w*gap*gap)
			add(m, at, w*a*gap+e)
			add(nM+b, at, -w*a*gap-e)
		}
	}
	return h
}

// covariance is σ²·(J'J + penalty)⁻¹, σ² being the residual sum of squares over
// n less the effective number of parameters tr[(J'J + penalty)⁻¹J'J].
func (s *stitching) covariance() error {
	h := s.hessian(s.params, false)
	cov, ok := inverse(h)
	if !ok {
		return &DataError{Reason: ErrNotIdentified, N: len(s.y), Detail: "the curvature of the objective is singular"}
	}
	effective := float64(len(s.params))
	for i := range s.params {
		effective -= s.penalty * cov.At(i, i)
	}
	s.df = max(float64(len(s.y))-effective, 1)
	_, rss := s.objective(s.params, nil)
	s.sigma = math.Sqrt(rss / s.df)
	anchor := len(s.models) + s.anchor
	s.standardErrors = make([]float64, len(s.models))
	for m := range s.models {
		v := cov.At(m, m) + cov.At(anchor, anchor) - 2*cov.At(m, anchor)
		s.standardErrors[m] = s.sigma * math.Sqrt(max(0, v))
	}
	return nil
}
