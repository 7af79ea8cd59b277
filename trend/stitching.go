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
	penalty     float64

	params []float64 // the optimum
	sigma  float64   // residual standard deviation
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
	s.penalty = c.Regularization / float64(s.size())
	return s, nil
}

func (s *stitching) size() int { return len(s.models) + 2*len(s.benchmarks) - 1 }

// alphaAt is the place of a benchmark's α among the parameters, -1 for the anchor's.
func (s *stitching) alphaAt(b int) int {
	at := len(s.models) + len(s.benchmarks) + b
	switch {
	case b == s.anchor:
		return -1
	case b > s.anchor:
		return at - 1
	}
	return at
}

func (s *stitching) alpha(p []float64, b int) float64 {
	if at := s.alphaAt(b); at >= 0 {
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
		if at := s.alphaAt(b); at >= 0 {
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
	problem := optimize.Problem{
		Func: func(x []float64) float64 { cost, _ := s.objective(x, nil); return cost },
		Grad: func(grad, x []float64) { s.objective(x, grad) },
	}
	settings := &optimize.Settings{
		GradientThreshold: 1e-6,
		Converger:         &optimize.FunctionConverge{Relative: 1e-9, Iterations: 20},
		MajorIterations:   5000,
	}
	result, err := optimize.Minimize(problem, start, settings, &optimize.LBFGS{Store: 20})
	if result == nil || (err != nil && !finite(result.F)) {
		return start
	}
	return result.X
}

// pull is a stiff spring that holds one model's capability at a value while a
// profile is taken.
type pull struct {
	model     int
	theta     float64
	stiffness float64
}

func (u *pull) add(s *stitching, p, grad []float64, h *mat.SymDense) float64 {
	if u == nil {
		return 0
	}
	anchor := len(s.models) + s.anchor
	off := p[u.model] - p[anchor] - u.theta
	if grad != nil {
		grad[u.model] += u.stiffness * off
		grad[anchor] -= u.stiffness * off
	}
	if h != nil {
		h.SetSym(u.model, u.model, h.At(u.model, u.model)+u.stiffness)
		h.SetSym(anchor, anchor, h.At(anchor, anchor)+u.stiffness)
		h.SetSym(u.model, anchor, h.At(u.model, anchor)-u.stiffness)
	}
	return 0.5 * u.stiffness * off * off
}

// refine takes damped Gauss–Newton steps until the gradient is zero to rounding.
func (s *stitching) refine(start []float64, held *pull) []float64 {
	const iterations = 60
	n := len(start)
	p := slices.Clone(start)
	grad := make([]float64, n)
	cost, _ := s.objective(p, grad)
	cost += held.add(s, p, grad, nil)
	damping := 1e-6
	for range iterations {
		h := s.information(p)
		held.add(s, p, nil, h)
		improved := false
		for damping < 1e8 {
			damped := mat.NewSymDense(n, nil)
			damped.CopySym(h)
			for i := range n {
				damped.SetSym(i, i, h.At(i, i)*(1+damping))
			}
			var factor mat.Cholesky
			var step mat.VecDense
			if !factor.Factorize(damped) || factor.SolveVecTo(&step, mat.NewVecDense(n, grad)) != nil {
				damping = max(10*damping, 1e-6)
				continue
			}
			trial := make([]float64, n)
			for i := range n {
				trial[i] = p[i] - step.AtVec(i)
			}
			next, _ := s.objective(trial, nil)
			next += held.add(s, trial, nil, nil)
			if !(next < cost) {
				damping = max(4*damping, 1e-6)
				continue
			}
			improved = cost-next > 1e-14*cost
			p, cost = trial, next
			damping /= 10
			break
		}
		if !improved {
			break
		}
		s.objective(p, grad)
		held.add(s, p, grad, nil)
	}
	return p
}

// information is the Gauss–Newton approximation of the Hessian, J'J + penalty.
func (s *stitching) information(p []float64) *mat.SymDense {
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
		c, g := d*a, d*gap
		add(m, m, c*c)
		add(nM+b, nM+b, c*c)
		add(m, nM+b, -c*c)
		if at := s.alphaAt(b); at >= 0 {
			add(at, at, g*g)
			add(m, at, c*g)
			add(nM+b, at, -c*g)
		}
	}
	return h
}

// covariance is σ²·(J'J + penalty)⁻¹, σ² being the residual sum of squares over
// n less the effective number of parameters tr[(J'J + penalty)⁻¹J'J]. It sets s.sigma.
func (s *stitching) covariance() (cov *mat.SymDense, df float64, err error) {
	h := s.information(s.params)
	cov, ok := inverse(h)
	if !ok {
		return nil, 0, &DataError{Reason: ErrNotIdentified, N: len(s.y), Detail: "the curvature of the objective is singular"}
	}
	effective := float64(len(s.params))
	for i := range s.params {
		effective -= s.penalty * cov.At(i, i)
	}
	df = max(float64(len(s.y))-effective, 1)
	_, rss := s.objective(s.params, nil)
	s.sigma = math.Sqrt(rss / df)
	cov.ScaleSym(s.sigma*s.sigma, cov)
	return cov, df, nil
}
