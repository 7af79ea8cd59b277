package trend

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// Score is a model's result on a benchmark, as a fraction from 0 to 1, higher
// being better. A model is a Subject under a Setting (its reasoning effort):
// the same subject with two settings counts as two models.
type Score struct {
	Subject   string
	Setting   string
	Benchmark string
	Value     float64
	// Time is the model's release; zero if it is unknown.
	Time time.Time
}

// Defaults of [CapabilityConfig].
const (
	DefaultAnchor         = "winogrande"
	DefaultMinBenchmarks  = 4
	DefaultRegularization = 0.1
	defaultStarts         = 3
)

// CapabilityConfig says how to fit the index. The zero value is the published
// specification without its date filter.
type CapabilityConfig struct {
	// Since drops models released earlier, and undated ones. Zero keeps all,
	// undated ones too.
	Since time.Time
	// MinBenchmarks a model must have been scored on; 0 means 4. They are
	// counted before Since applies.
	MinBenchmarks int
	// Anchor is the benchmark with discrimination 1 and difficulty 0; empty
	// means winogrande. If no score is on it, the benchmark with most scores
	// takes its place.
	Anchor string
	// Regularization is λ; 0 means 0.1.
	Regularization float64
	// Starts is the number of starting points of the search; 0 means 3.
	Starts int
	Seed   uint64
	// Confidence of the intervals; 0 means 0.95.
	Confidence float64
	// Scale maps the index so that two models have given values.
	Scale *CapabilityScale
}

// CapabilityScale names two models and the values that they are to have.
type CapabilityScale struct{ Low, High CapabilityAnchor }

// CapabilityAnchor is a model with a fixed value on a scaled index.
type CapabilityAnchor struct {
	Subject, Setting string
	Value            float64
}

// CapabilityIndex is the fit: capabilities and difficulties on one scale.
type CapabilityIndex struct {
	NScores, NModels, NBenchmarks int
	// Dropped counts scores that were not between 0 and 1.
	Dropped int
	// Cost is the objective at the optimum, and Anchor the benchmark used.
	Cost   float64
	Anchor string
	// ResidualSD is that of the scores, its degrees of freedom counting the
	// parameters only as far as the regularisation lets them move.
	ResidualSD float64
	// Models in order of falling capability, Benchmarks in order of difficulty.
	Models     []ModelCapability
	Benchmarks []BenchmarkDifficulty
	// Growth is the slope, in index points per year, of a line through the
	// models that set a record; nil where there are too few.
	Growth *Estimate

	fit            *stitching
	shift, stretch float64 // from the anchored scale to this one
}

// ModelCapability is one model's place on the index.
type ModelCapability struct {
	Subject, Setting string
	Time             time.Time
	// Theta has an interval from the curvature of the objective, conditional on
	// the specification; it reflects noise and sparsity of scores, not the choice of
	// benchmarks.
	Theta  Estimate
	Scores int
}

// BenchmarkDifficulty is one benchmark's place on the index, and how the fit
// misses its scores.
type BenchmarkDifficulty struct {
	Benchmark                  string
	Difficulty, Discrimination float64
	Scores                     int
	// RMSE and Bias are of score less fitted score.
	RMSE, Bias float64
}

// ErrNotInIndex: a model that is asked for, or is to fix the scale, isn't in the fit.
var ErrNotInIndex = errors.New("model is not in the index")

// FitCapability places models and benchmarks on one scale: the score of model m
// on benchmark b is modelled as σ(α_b·(C_m − D_b)), minimising
//
//	½[Σ(σ(α_b(C_m−D_b)) − y)² + λ(ΣC² + ΣD² + Σα²)/(M+2B−1)]
//
// with α of the anchor fixed at 1 and outside the penalty, and the anchor's
// difficulty subtracted from all C and D afterwards (Ho et al. 2025, "A Rosetta
// Stone for AI Benchmarks", and its repository epoch-research/benchmark-stitching).
// Of several scores of a model on a benchmark the best counts.
//
// The search is L-BFGS with the analytic gradient from several starts, refined
// by damped Newton steps. It needs two benchmarks and two models after the
// filters.
func FitCapability(scores []Score, config CapabilityConfig) (*CapabilityIndex, error) {
	config, err := config.withDefaults()
	if err != nil {
		return nil, err
	}
	kept, dropped := selectScores(scores, config)
	s, err := newStitching(kept, config)
	if err != nil {
		return nil, err
	}
	if err := s.minimise(config); err != nil {
		return nil, err
	}
	index := &CapabilityIndex{
		NScores: len(kept), NModels: len(s.models), NBenchmarks: len(s.benchmarks),
		Dropped: dropped, Anchor: s.benchmarks[s.anchor], fit: s, stretch: 1,
	}
	if err := s.describe(index, kept, config); err != nil {
		return nil, err
	}
	return index, nil
}

func (c CapabilityConfig) withDefaults() (CapabilityConfig, error) {
	c.MinBenchmarks = cmp.Or(c.MinBenchmarks, DefaultMinBenchmarks)
	c.Anchor = cmp.Or(c.Anchor, DefaultAnchor)
	c.Regularization = cmp.Or(c.Regularization, DefaultRegularization)
	c.Starts = cmp.Or(c.Starts, defaultStarts)
	c.Confidence = cmp.Or(c.Confidence, defaultConfidence)
	switch {
	case c.MinBenchmarks < 1:
		return c, configError("at least %d benchmarks", c.MinBenchmarks)
	case !(c.Regularization > 0) || !finite(c.Regularization):
		return c, configError("regularization %v is not positive", c.Regularization)
	case c.Starts < 1:
		return c, configError("%d starts", c.Starts)
	case !(c.Confidence > 0 && c.Confidence < 1):
		return c, configError("confidence %v is not between 0 and 1", c.Confidence)
	case c.Scale != nil && c.Scale.Low.Value == c.Scale.High.Value:
		return c, configError("both models of the scale have the value %v", c.Scale.Low.Value)
	}
	return c, nil
}

// modelKey identifies a model of the index.
type modelKey struct{ subject, setting string }

func (k modelKey) compare(o modelKey) int {
	return cmp.Or(strings.Compare(k.subject, o.subject), strings.Compare(k.setting, o.setting))
}

func (s Score) model() modelKey { return modelKey{s.Subject, s.Setting} }

// selectScores applies the specification's filters and returns one score per
// model and benchmark, in an order that depends on content alone.
func selectScores(scores []Score, c CapabilityConfig) (kept []Score, dropped int) {
	type cell struct {
		model     modelKey
		benchmark string
	}
	best := make(map[cell]Score)
	for _, s := range scores {
		if !(s.Value >= 0 && s.Value <= 1) {
			dropped++
			continue
		}
		k := cell{s.model(), s.Benchmark}
		if held, ok := best[k]; !ok || s.Value > held.Value || (s.Value == held.Value && s.Time.Before(held.Time)) {
			best[k] = s
		}
	}
	benchmarks := make(map[modelKey]int)
	for k := range best {
		benchmarks[k.model]++
	}
	for k, s := range best {
		if benchmarks[k.model] < c.MinBenchmarks {
			continue
		}
		if !c.Since.IsZero() && (s.Time.IsZero() || s.Time.Before(c.Since)) {
			continue
		}
		kept = append(kept, s)
	}
	slices.SortFunc(kept, func(a, b Score) int {
		return cmp.Or(a.model().compare(b.model()), strings.Compare(a.Benchmark, b.Benchmark))
	})
	return kept, dropped
}

// Profile returns the profile interval of one model's capability: the values at
// which the objective, minimised over everything else, exceeds its minimum by no
// more than ½σ²q², q Student's quantile. Unlike the interval of Theta it need not
// be symmetric. Each end takes several refits of the whole index, so this
// is for a few models, not for all.
func (x *CapabilityIndex) Profile(subject, setting string, confidence float64) (Estimate, error) {
	if !(confidence > 0 && confidence < 1) {
		return Estimate{}, configError("confidence %v is not between 0 and 1", confidence)
	}
	s := x.fit
	m := slices.Index(s.models, modelKey{subject, setting})
	if m < 0 {
		return Estimate{}, fmt.Errorf("%w: %s %s", ErrNotInIndex, subject, setting)
	}
	low, high := s.profile(m, confidence)
	theta := s.params[m] - s.params[len(s.models)+s.anchor]
	return bounded(theta, low, high).transform(func(v float64) float64 { return x.shift + x.stretch*v }), nil
}

// describe turns the optimum into the index.
func (s *stitching) describe(index *CapabilityIndex, kept []Score, c CapabilityConfig) error {
	index.Cost, _ = s.objective(s.params, nil)
	if err := s.covariance(); err != nil {
		return err
	}
	index.ResidualSD = s.sigma
	q := studentQuantile(c.Confidence, s.df)
	origin := s.params[len(s.models)+s.anchor]

	times := make(map[modelKey]time.Time)
	for _, score := range kept {
		times[score.model()] = score.Time
	}
	for i, m := range s.models {
		index.Models = append(index.Models, ModelCapability{
			Subject: m.subject, Setting: m.setting, Time: times[m],
			Theta:  about(s.params[i]-origin, q*s.standardErrors[i]),
			Scores: s.count[i],
		})
	}
	for b, name := range s.benchmarks {
		index.Benchmarks = append(index.Benchmarks, BenchmarkDifficulty{
			Benchmark: name, Difficulty: s.params[len(s.models)+b] - origin, Discrimination: s.alpha(s.params, b),
		})
	}
	for i, y := range s.y {
		b := &index.Benchmarks[s.benchmarkOf[i]]
		r := y - s.fitted(s.params, i)
		b.Scores++
		b.Bias += r
		b.RMSE += r * r
	}
	for i := range index.Benchmarks {
		b := &index.Benchmarks[i]
		b.Bias /= float64(b.Scores)
		b.RMSE = math.Sqrt(b.RMSE / float64(b.Scores))
	}
	if c.Scale != nil {
		if err := index.rescale(*c.Scale); err != nil {
			return err
		}
	}
	slices.SortStableFunc(index.Models, func(a, b ModelCapability) int { return cmp.Compare(b.Theta.Value, a.Theta.Value) })
	slices.SortStableFunc(index.Benchmarks, func(a, b BenchmarkDifficulty) int { return cmp.Compare(a.Difficulty, b.Difficulty) })
	index.Growth = index.growth(c.Confidence)
	return nil
}

// rescale applies v → a + b·v to the scale, so that the two anchors get their
// values; the product α(C−D) doesn't change.
func (x *CapabilityIndex) rescale(scale CapabilityScale) error {
	var theta [2]float64
	for i, anchor := range []CapabilityAnchor{scale.Low, scale.High} {
		at := slices.IndexFunc(x.Models, func(m ModelCapability) bool {
			return m.Subject == anchor.Subject && m.Setting == anchor.Setting
		})
		if at < 0 {
			return fmt.Errorf("%w: %s %s", ErrNotInIndex, anchor.Subject, anchor.Setting)
		}
		theta[i] = x.Models[at].Theta.Value
	}
	if theta[0] == theta[1] {
		return &DataError{Reason: ErrConstant, Value: theta[0], Detail: "the models that fix the scale are equal"}
	}
	b := (scale.High.Value - scale.Low.Value) / (theta[1] - theta[0])
	a := scale.Low.Value - b*theta[0]
	x.shift, x.stretch = a, b
	for i := range x.Models {
		x.Models[i].Theta = x.Models[i].Theta.transform(func(v float64) float64 { return a + b*v })
	}
	for i := range x.Benchmarks {
		x.Benchmarks[i].Difficulty = a + b*x.Benchmarks[i].Difficulty
		x.Benchmarks[i].Discrimination /= b
	}
	return nil
}

func (x *CapabilityIndex) growth(confidence float64) *Estimate {
	points := make([]Point, len(x.Models))
	for i, m := range x.Models {
		points[i] = Point{Time: m.Time, Value: m.Theta.Value, Subject: m.Subject, Setting: m.Setting}
	}
	fit, err := Fit(Points(Frontier(points, FrontierOptions{})), Config{Kind: Linear, Confidence: confidence})
	if err != nil {
		return nil
	}
	return fit.Growth
}
