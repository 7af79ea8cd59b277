package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
)

// Result is one measure of ours and, where there is one, of a peer.
type Result struct {
	Part    string  `json:"part"`
	Case    string  `json:"case"`    // what was done: a page under so many connections, a kind of query on an index
	Measure string  `json:"measure"` // what of it: throughput, p99, size
	Unit    string  `json:"unit"`
	Ours    float64 `json:"ours"` // median of the rounds
	Peer    string  `json:"peer,omitempty"`
	Theirs  float64 `json:"theirs,omitempty"`
	// Ratio is how many times better ours is: the median of the rounds' own ratios, so that what else the machine does falls
	// on both. Below one ours is worse. Zero without a peer.
	Ratio float64 `json:"ratio,omitempty"`
	// Goal is the ratio, or without a peer the value, that is wanted; 0 where none is set.
	Goal   float64 `json:"goal,omitempty"`
	Higher bool    `json:"higher_is_better,omitempty"`
}

// meets reports whether the goal is reached; without a goal it is.
func (r Result) meets() bool {
	switch {
	case r.Goal == 0:
		return true
	case r.Peer != "":
		return r.Ratio >= r.Goal
	case r.Higher:
		return r.Ours >= r.Goal
	}
	return r.Ours <= r.Goal
}

func (r Result) key() string { return r.Part + " / " + r.Case + " / " + r.Measure + " / " + r.Peer }

// pair collects rounds of one measure.
type pair struct {
	Result
	ours, theirs []float64
}

func (p *pair) add(ours, theirs float64) {
	p.ours, p.theirs = append(p.ours, ours), append(p.theirs, theirs)
}

// result takes the medians.
func (p *pair) result() Result {
	r := p.Result
	r.Ours = median(p.ours)
	if r.Peer == "" {
		return r
	}
	r.Theirs = median(p.theirs)
	ratios := make([]float64, len(p.ours))
	for i := range p.ours {
		if p.ours[i] == 0 || p.theirs[i] == 0 {
			return r // there is no ratio to nothing
		}
		ratios[i] = p.theirs[i] / p.ours[i]
		if r.Higher {
			ratios[i] = 1 / ratios[i]
		}
	}
	r.Ratio = median(ratios)
	return r
}

// median of an even number of values is the mean of the middle two.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}

// quantile returns the value at rank f of the sorted values.
func quantile(values []float64, f float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[min(int(f*float64(len(sorted))), len(sorted)-1)]
}

// Report is everything that was measured.
type Report struct {
	Machines map[string]Machine `json:"machines"` // by part: parts may have been measured at different times
	Results  []Result           `json:"results"`
	Losses   []string           `json:"losses,omitempty"` // against the results that were committed when this was measured
}

// without returns a copy of r that lacks a part.
func (r Report) without(part string) Report {
	out := Report{Machines: map[string]Machine{}}
	for name, m := range r.Machines {
		if name != part {
			out.Machines[name] = m
		}
	}
	for _, result := range r.Results {
		if result.Part != part {
			out.Results = append(out.Results, result)
		}
	}
	return out
}

func (r *Report) add(part string, m Machine, results []Result) {
	r.Machines[part] = m
	for _, result := range results {
		result.Part = part
		r.Results = append(r.Results, result)
	}
}

// losses lists the ratios that are more than 15% worse than before.
func losses(before, after Report) []string {
	old := map[string]float64{}
	for _, r := range before.Results {
		old[r.key()] = r.Ratio
	}
	var out []string
	for _, r := range after.Results {
		if was := old[r.key()]; was > 0 && r.Ratio < 0.85*was {
			out = append(out, fmt.Sprintf("%s: ratio %.2f, was %.2f", r.key(), r.Ratio, was))
		}
	}
	return out
}

func resultsPath(root string) string { return filepath.Join(root, "bench", "results.json") }

// committedReport returns the results as they were last committed, or what is there where the tree has no history.
func committedReport(ctx context.Context, root string, there Report) Report {
	cmd := exec.CommandContext(ctx, "git", "show", "HEAD:./bench/results.json")
	cmd.Dir = root
	var committed Report
	if raw, err := cmd.Output(); err != nil || json.Unmarshal(raw, &committed) != nil {
		return there
	}
	return committed
}

func readReport(path string) (Report, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return Report{}, err
	}
	var r Report
	if err := json.Unmarshal(raw, &r); err != nil {
		return Report{}, fmt.Errorf("read %s: %w", path, err)
	}
	return r, nil
}

func (r Report) write(path string) error {
	raw, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(raw, '\n'), 0o644)
}
