package trend

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// hold fixes one model's capability at theta above the anchor's difficulty
// while a profile is taken: C = D + theta leaves D as the free parameter.
type hold struct {
	model, anchor int
	theta         float64
}

func (u *hold) enforce(p []float64) {
	if u != nil {
		p[u.model] = p[u.anchor] + u.theta
	}
}

// reduce applies the chain rule to the gradient and the Hessian, and leaves the
// held parameter where it is.
func (u *hold) reduce(grad []float64, h *mat.SymDense) {
	if u == nil {
		return
	}
	both := h.At(u.model, u.model) + 2*h.At(u.model, u.anchor) + h.At(u.anchor, u.anchor)
	for i := range grad {
		h.SetSym(u.anchor, i, h.At(u.anchor, i)+h.At(u.model, i))
	}
	for i := range grad {
		h.SetSym(u.model, i, 0)
	}
	h.SetSym(u.anchor, u.anchor, both)
	h.SetSym(u.model, u.model, 1)
	grad[u.anchor] += grad[u.model]
	grad[u.model] = 0
}

// refine takes damped Newton steps until they no longer move the parameters.
// Damping grows until the Hessian is positive definite and the cost falls.
func (s *stitching) refine(start []float64, held *hold) []float64 {
	const steps = 60
	n := len(start)
	p := slices.Clone(start)
	held.enforce(p)
	grad := make([]float64, n)
	cost, _ := s.objective(p, nil)
	damping := 1e-6
	for range steps {
		s.objective(p, grad)
		h := s.hessian(p, true)
		held.reduce(grad, h)
		moved := 0.0
		for damping < 1e8 {
			damped := mat.NewSymDense(n, nil)
			damped.CopySym(h)
			for i := range n {
				damped.SetSym(i, i, h.At(i, i)+damping*(math.Abs(h.At(i, i))+s.penalty))
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
			held.enforce(trial)
			next, _ := s.objective(trial, nil)
			if !(next <= cost) {
				damping = max(4*damping, 1e-6)
				continue
			}
			moved = mat.Norm(&step, math.Inf(1))
			p, cost = trial, next
			damping /= 10
			break
		}
		if moved < 1e-9 {
			break
		}
	}
	return p
}

// profile finds the ends of a model's profile interval by the secant method on
// the signed root of the rise in cost, which is nearly straight. An end that is
// not found within twenty standard errors is infinite.
func (s *stitching) profile(model int, confidence float64) (low, high float64) {
	anchor := len(s.models) + s.anchor
	optimum := s.params[model] - s.params[anchor]
	minimum, _ := s.objective(s.params, nil)
	q := studentQuantile(confidence, s.df)
	end := func(sign float64) float64 {
		p := s.params
		root := func(theta float64) float64 {
			p = s.refine(p, &hold{model: model, anchor: anchor, theta: theta})
			cost, _ := s.objective(p, nil)
			return math.Sqrt(max(0, 2*(cost-minimum))) / s.sigma
		}
		previous, rise := 0.0, 0.0
		distance := q * s.standardErrors[model]
		for range 20 {
			at := root(optimum + sign*distance)
			if math.Abs(at-q) < 1e-4*q {
				return optimum + sign*distance
			}
			if at == rise {
				break
			}
			next := distance + (q-at)*(distance-previous)/(at-rise)
			previous, rise, distance = distance, at, next
			if !(distance > 0) || distance > 20*s.standardErrors[model] {
				break
			}
		}
		return math.Inf(int(sign))
	}
	return end(-1), end(1)
}
