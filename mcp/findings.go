package mcp

import (
	"context"
	"fmt"
	"strings"

	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/query"
)

type forecastInput struct {
	trendInput
	At string `json:"at" jsonschema:"one or more dates divided by commas, such as 2027-01-01,2030-01-01"`
}

type lagInput struct {
	filterInput
	By       string `json:"by,omitempty" jsonschema:"access (open and closed models) or country"`
	Leader   string `json:"leader,omitempty" jsonschema:"the group that leads; the one with most records if left out"`
	Follower string `json:"follower,omitempty" jsonschema:"the group that trails; the next one if left out"`
}

type progressInput struct {
	Metric string `json:"metric,omitempty" jsonschema:"id of a metric; the capability index if left out"`
	modelsInput
}

type priceInput struct {
	filterInput
	Threshold string `json:"threshold" jsonschema:"one or more scores divided by commas, in the metric's unit, such as 0.5,0.8"`
	Price     string `json:"price,omitempty" jsonschema:"id of the metric of prices; price-input if left out"`
}

type modelsInput struct {
	Since   string `json:"since,omitempty" jsonschema:"from this date on, YYYY-MM-DD"`
	Until   string `json:"until,omitempty" jsonschema:"before this date"`
	AsOf    string `json:"as_of,omitempty" jsonschema:"what was known at the end of this day"`
	Access  string `json:"access,omitempty" jsonschema:"open, closed or unreleased"`
	Country string `json:"country,omitempty" jsonschema:"organisations of this country"`
}

// answer reads an input as a request's parameters and puts the question.
func answer[P, A any](ctx context.Context, in any, parse func(query.Values) (P, error), ask func(context.Context, P) (A, error)) (A, error) {
	var none A
	v, err := valuesOf(in)
	if err != nil {
		return none, err
	}
	p, err := parse(v)
	if err != nil {
		return none, err
	}
	return ask(ctx, p)
}

func (t tools) forecast(ctx context.Context, in forecastInput) (string, error) {
	a, err := answer(ctx, in, query.ParseForecast, t.Engine.Forecast)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString(t.say(a.Trend))
	b.WriteString("if the present course goes on, with prediction intervals:\n")
	for _, f := range a.Forecasts {
		fmt.Fprintf(&b, "%s  %s", f.Time, number(f.Value))
		if f.Low != nil && f.High != nil {
			fmt.Fprintf(&b, " (%s to %s)", number(*f.Low), number(*f.High))
		}
		b.WriteString("\n")
	}
	return b.String(), nil
}

func (t tools) lag(ctx context.Context, in lagInput) (string, error) {
	a, err := answer(ctx, in, query.ParseLag, t.Engine.Lag)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n", a.Answer.En, a.Answer.Ko)
	fmt.Fprintf(&b, "method: each record of %s matched with the first observation of %s that is as good\n", a.Leader, a.Follower)
	for _, p := range a.Pairs[max(0, len(a.Pairs)-maxRows):] {
		fmt.Fprintf(&b, "%s  %s %s", number(p.Value), p.Leader.Time, p.Leader.Name)
		if p.Follower != nil {
			fmt.Fprintf(&b, "; %s %s, %s days later\n", p.Follower.Time, p.Follower.Name, number(p.LagDays))
		} else {
			fmt.Fprintf(&b, "; not matched after %s days\n", number(p.LagDays))
		}
	}
	return b.String() + t.cited(a.Citation), nil
}

func (t tools) progress(ctx context.Context, in progressInput) (string, error) {
	a, err := answer(ctx, in, query.ParseProgress, t.Engine.Progress)
	if err != nil {
		return "", err
	}
	return t.found(a.Answer, fmt.Sprintf("least squares of capability (%s scale) on log compute and time, n = %d, %g%% intervals", a.Scale, a.N, a.Confidence*100), a.Citation), nil
}

func (t tools) priceToReach(ctx context.Context, in priceInput) (string, error) {
	a, err := answer(ctx, in, query.ParsePrice, t.Engine.PriceToReach)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, l := range a.Levels {
		fmt.Fprintf(&b, "%s\n%s\n", l.Answer.En, l.Answer.Ko)
		for _, r := range l.Records[max(0, len(l.Records)-maxRows):] {
			fmt.Fprintf(&b, "%s  %s %s  %s, scoring %s\n", r.Time, number(r.Value), a.Price.Unit, r.Name, number(r.Score))
		}
	}
	return b.String() + t.cited(a.Citation), nil
}

func (t tools) computeOptimal(ctx context.Context, in modelsInput) (string, error) {
	a, err := answer(ctx, in, query.ParseOptimal, t.Engine.ComputeOptimal)
	if err != nil {
		return "", err
	}
	method := fmt.Sprintf("tokens per parameter against %g and against Chinchilla's optimum at equal compute (Hoffmann et al. 2022, as refitted by Besiroglu et al. 2024), n = %d",
		a.RuleOfThumb, a.N)
	return t.found(a.Answer, method, a.Citation), nil
}

// found words an answer that is a sentence.
func (t tools) found(answer metrics.Text, method string, c query.Citation) string {
	return fmt.Sprintf("%s\n%s\nmethod: %s\n%s", answer.En, answer.Ko, method, t.cited(c))
}

// cited says where an answer comes from.
func (t tools) cited(c query.Citation) string {
	var b strings.Builder
	fmt.Fprintf(&b, "citation: %s\naddress: %s%s\n", c.Text.En, t.PublicURL, c.URL)
	for _, s := range c.Sources {
		fmt.Fprintf(&b, "source: %s %s %s\n", s.Name, s.URL, s.License)
	}
	return b.String()
}
