package trend

import (
	"fmt"
	"math"
	"time"

	"gonum.org/v1/gonum/mat"
)

// Regression is a multiple linear regression by least squares.
type Regression struct {
	N           int
	Coefs       []Estimate // the constant first, then one per regressor
	R2          *float64   // nil where the response doesn't vary
	ResidualSD  float64
	Confidence  float64
	covariance  *mat.SymDense
	df, tValues float64
}

// Regress fits y = β0 + Σ βj·x[i][j] by QR decomposition, with Student
// intervals. Each row of x has the same number of regressors. It needs more rows
// than coefficients, and regressors that no linear combination makes constant.
func Regress(y []float64, x [][]float64, confidence float64) (*Regression, error) {
	if confidence == 0 {
		confidence = defaultConfidence
	}
	if !(confidence > 0 && confidence < 1) {
		return nil, configError("confidence %v is not between 0 and 1", confidence)
	}
	n := len(y)
	if len(x) != n || n == 0 {
		return nil, configError("%d responses with %d rows of regressors", n, len(x))
	}
	k := len(x[0]) + 1
	if n <= k {
		return nil, &DataError{Reason: ErrTooFew, N: n, Need: k + 1}
	}
	// Centred regressors keep dates and logarithms of FLOP apart from the constant.
	centers := make([]float64, k)
	for i, row := range x {
		if len(row) != k-1 {
			return nil, configError("row %d has %d regressors, others %d", i, len(row), k-1)
		}
		for j, v := range row {
			if !finite(v) || !finite(y[i]) {
				return nil, &DataError{Reason: ErrNotFinite, Value: v, Subject: fmt.Sprintf("row %d", i)}
			}
			centers[j+1] += v / float64(n)
		}
	}
	design := mat.NewDense(n, k, nil)
	for i, row := range x {
		design.Set(i, 0, 1)
		for j, v := range row {
			design.Set(i, j+1, v-centers[j+1])
		}
	}
	var normal mat.SymDense
	normal.SymOuterK(1, design.T())
	cov, ok := inverse(&normal)
	var qr mat.QR
	qr.Factorize(design)
	var beta mat.VecDense
	if err := qr.SolveVecTo(&beta, false, mat.NewVecDense(n, y)); err != nil || !ok {
		return nil, &DataError{Reason: ErrNotIdentified, N: n, Detail: "the regressors are collinear"}
	}
	var fitted mat.VecDense
	fitted.MulVec(design, &beta)
	r := &Regression{N: n, Confidence: confidence, df: float64(n - k)}
	var rss, tss float64
	center := mean(y)
	for i, v := range y {
		rss += (v - fitted.AtVec(i)) * (v - fitted.AtVec(i))
		tss += (v - center) * (v - center)
	}
	r.ResidualSD = math.Sqrt(rss / r.df)
	if tss > roundingOf(y) {
		r2 := 1 - rss/tss
		r.R2 = &r2
	}
	cov.ScaleSym(r.ResidualSD*r.ResidualSD, cov)
	r.covariance, r.tValues = cov, studentQuantile(confidence, r.df)

	// The constant at the origin is a combination of the centred coefficients.
	combination := mat.NewVecDense(k, nil)
	constant := 0.0
	for j := range k {
		w := -centers[j]
		if j == 0 {
			w = 1
		}
		combination.SetVec(j, w)
		constant += w * beta.AtVec(j)
	}
	r.Coefs = append(r.Coefs, about(constant, r.tValues*math.Sqrt(mat.Inner(combination, cov, combination))))
	for j := 1; j < k; j++ {
		r.Coefs = append(r.Coefs, about(beta.AtVec(j), r.tValues*math.Sqrt(cov.At(j, j))))
	}
	return r, nil
}

// ratio is coefficient a over coefficient b with Fieller's interval for
// correlated estimates; unbounded where b could as well be zero.
func (r *Regression) ratio(a, b int) Estimate {
	va, vb, vab := r.covariance.At(a, a), r.covariance.At(b, b), r.covariance.At(a, b)
	x, y := r.Coefs[a].Value, r.Coefs[b].Value
	q2 := r.tValues * r.tValues
	// Roots of (x − θy)² = q²(va − 2θvab + θ²vb).
	qa, qb, qc := y*y-q2*vb, -2*(x*y-q2*vab), x*x-q2*va
	d := qb*qb - 4*qa*qc
	if qa <= 0 || d < 0 {
		return Estimate{Value: x / y}
	}
	return bounded(x/y, (-qb-math.Sqrt(d))/(2*qa), (-qb+math.Sqrt(d))/(2*qa))
}

// ComputePoint is a model's capability and the training compute that it took.
type ComputePoint struct {
	Time       time.Time
	Capability float64
	Compute    float64 // FLOP
	Subject    string
}

// Progress separates what more compute brings from what better algorithms bring.
type Progress struct {
	N  int
	R2 *float64
	// Constant is the capability at 1 FLOP in 1970, where the plane
	// Constant + PerOrder·log10(compute) + PerYear·years meets the origin.
	Constant Estimate
	// PerOrder is the capability gained by ten times the compute at a given
	// time, PerYear that gained in a year at given compute.
	PerOrder, PerYear Estimate
	// ComputeEquivalent is the factor by which algorithmic progress multiplies
	// compute each year: 10^(PerYear/PerOrder), by Fieller's interval. It is nil
	// where compute shows no effect, so that nothing can be expressed in it.
	ComputeEquivalent *Estimate
}

// AlgorithmicProgress regresses capability on log10 compute and time, in years.
// Compute and date rise together, so the two effects are told apart only as far
// as models depart from that; the intervals say how far. It needs four
// models with positive compute.
func AlgorithmicProgress(points []ComputePoint, confidence float64) (*Progress, error) {
	if len(points) < 4 {
		return nil, &DataError{Reason: ErrTooFew, N: len(points), Need: 4}
	}
	y := make([]float64, len(points))
	x := make([][]float64, len(points))
	for i, p := range points {
		switch {
		case p.Time.IsZero():
			return nil, &DataError{Reason: ErrUndated, Subject: p.Subject}
		case !(p.Compute > 0):
			return nil, &DataError{Reason: ErrNotPositive, Value: p.Compute, Subject: p.Subject}
		}
		y[i], x[i] = p.Capability, []float64{math.Log10(p.Compute), Years(p.Time)}
	}
	r, err := Regress(y, x, confidence)
	if err != nil {
		return nil, err
	}
	progress := &Progress{N: r.N, R2: r.R2, Constant: r.Coefs[0], PerOrder: r.Coefs[1], PerYear: r.Coefs[2]}
	if r.Coefs[1].Value != 0 {
		factor := r.ratio(2, 1).transform(func(v float64) float64 { return math.Pow(10, v) })
		if finite(factor.Value) {
			progress.ComputeEquivalent = &factor
		}
	}
	return progress, nil
}
