package trend

import "math"

// Chinchilla's loss L(N, D) = E + A/N^α + B/D^β of parameters N and training
// tokens D, with the constants of Besiroglu et al. 2024 ("Chinchilla Scaling: A
// replication attempt"), which correct those of Hoffmann et al. 2022.
const (
	chinchillaE     = 1.8172
	chinchillaA     = 482.01
	chinchillaB     = 2085.43
	chinchillaAlpha = 0.3478
	chinchillaBeta  = 0.3658

	// flopPerParameterToken is the training cost of a dense transformer, C = 6·N·D
	// (Kaplan et al. 2020).
	flopPerParameterToken = 6
)

// Optimality places a model against the compute-optimal one of equal cost.
type Optimality struct {
	Compute         float64 // FLOP, 6·N·D
	TokensPerParam  float64
	OptimalParams   float64
	OptimalTokens   float64
	Loss, LeastLoss float64 // nats per token
	// Overtraining is log2 of the tokens against the optimum: 0 is optimal, 1
	// means twice the tokens (on half the parameters).
	Overtraining float64
	// WastedCompute is the share of the compute that an optimal model of the same
	// loss would save.
	WastedCompute float64
}

// DistanceFromOptimal compares a dense model of the given parameters and training
// tokens with the one that Chinchilla's law prefers at the same compute. At C = 6ND
// the optimum is N = G·(C/6)^(β/(α+β)), G = (αA/βB)^(1/(α+β)), D = C/6/N. For a
// mixture of experts, give the active parameters and read it with care.
func DistanceFromOptimal(parameters, tokens float64) (Optimality, error) {
	for _, v := range [2]float64{parameters, tokens} {
		if !(v > 0) || !finite(v) {
			return Optimality{}, &DataError{Reason: ErrNotPositive, Value: v}
		}
	}
	o := Optimality{Compute: flopPerParameterToken * parameters * tokens, TokensPerParam: tokens / parameters}
	if !finite(o.Compute) {
		return Optimality{}, &DataError{Reason: ErrNotFinite, Value: o.Compute}
	}
	o.OptimalParams, o.OptimalTokens, o.LeastLoss = chinchillaOptimum(o.Compute)
	o.Loss = chinchillaLoss(parameters, tokens)
	o.Overtraining = math.Log2(tokens / o.OptimalTokens)

	// The least loss falls steadily with compute: halve the bracket of its logarithm.
	low, high := 0.0, math.Log(o.Compute)
	for range 100 {
		middle := (low + high) / 2
		if _, _, loss := chinchillaOptimum(math.Exp(middle)); loss > o.Loss {
			low = middle
		} else {
			high = middle
		}
	}
	o.WastedCompute = max(0, 1-math.Exp(high)/o.Compute)
	return o, nil
}

func chinchillaLoss(n, d float64) float64 {
	return chinchillaE + chinchillaA/math.Pow(n, chinchillaAlpha) + chinchillaB/math.Pow(d, chinchillaBeta)
}

func chinchillaOptimum(compute float64) (n, d, loss float64) {
	const exponent = chinchillaBeta / (chinchillaAlpha + chinchillaBeta)
	g := math.Pow(chinchillaAlpha*chinchillaA/(chinchillaBeta*chinchillaB), 1/(chinchillaAlpha+chinchillaBeta))
	n = g * math.Pow(compute/flopPerParameterToken, exponent)
	d = compute / flopPerParameterToken / n
	return n, d, chinchillaLoss(n, d)
}
