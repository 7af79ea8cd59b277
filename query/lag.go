package query

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/trend"
)

// LagParams ask how far one group of subjects trails another on a metric.
type LagParams struct {
	Filter
	By       string // access or country
	Leader   string // group; the one that holds most records if empty
	Follower string // group; the next one if empty
}

// Lag is how far the follower trails the leader. Median and mean are of the records that were matched; censored ones have
// not been matched by the last observation, and their lag is known only to exceed the days given.
type Lag struct {
	Metric             metrics.Metric `json:"metric"`
	By                 string         `json:"by"`
	Leader             string         `json:"leader"`
	Follower           string         `json:"follower"`
	N                  int            `json:"n"`
	Censored           int            `json:"censored"`
	MedianDays         *float64       `json:"median_days,omitempty"`
	MeanDays           *float64       `json:"mean_days,omitempty"`
	Estimator          string         `json:"estimator"`
	SurvivalMedianDays *float64       `json:"survival_median_days,omitempty"` // Kaplan–Meier, with the censored ones
	SurvivalMedianLow  *float64       `json:"survival_median_low_days,omitempty"`
	SurvivalMedianHigh *float64       `json:"survival_median_high_days,omitempty"`
	Confidence         float64        `json:"confidence"`
	Pairs              []LagPair      `json:"pairs"`
	Answer             metrics.Text   `json:"answer"`
	Citation           Citation       `json:"citation"`
}

// LagPair is a record of the leader and the follower's first observation that is as good.
type LagPair struct {
	Value    float64   `json:"value"`
	Leader   LagPoint  `json:"leader"`
	Follower *LagPoint `json:"follower,omitempty"`
	LagDays  float64   `json:"lag_days"`
	Censored bool      `json:"censored,omitempty"`
}

// LagPoint is one side of a pair.
type LagPoint struct {
	Time    Moment  `json:"time"`
	Subject string  `json:"subject"`
	Name    string  `json:"name"`
	Setting string  `json:"setting,omitempty"`
	Value   float64 `json:"value"`
}

// ParseLag reads metric, by, leader, follower and the filters.
func ParseLag(v Values) (LagParams, error) {
	f, err := ParseFilter(v)
	if err != nil {
		return LagParams{}, err
	}
	p := LagParams{Filter: f, By: v("by"), Leader: v("leader"), Follower: v("follower")}
	if p.By == "" {
		p.By = "access"
	}
	if p.By != "access" && p.By != "country" {
		return p, oneOf("by", p.By, "access", "country")
	}
	return p, nil
}

// Lag answers how far one group trails another, by matching records.
func (e *Engine) Lag(ctx context.Context, p LagParams) (Lag, error) {
	o, err := e.observe(ctx, p.Filter)
	if err != nil {
		return Lag{}, err
	}
	groups := map[string][]trend.Point{}
	var last time.Time
	for _, ob := range o.observations {
		s := o.subjects[ob.Subject]
		group := s.Access
		if p.By == "country" {
			group = s.Country
		}
		if p.By == "access" && group == "unreleased" && p.Leader != group && p.Follower != group {
			continue // nobody can be lagging behind, or catching up with, what can't be had, unless one asks for it
		}
		if group != "" {
			groups[group] = append(groups[group], point(ob))
			if ob.Time.After(last) {
				last = ob.Time
			}
		}
	}
	options := trend.FrontierOptions{Direction: direction(o.metric)}
	leader, follower, err := chooseGroups(groups, options, p, o.metric)
	if err != nil {
		return Lag{}, err
	}
	const confidence = 0.95
	matched, err := trend.MatchRecords(groups[leader], groups[follower], options, last, confidence)
	if err != nil {
		return Lag{}, unanswerable(o.metric, TrendParams{}, err)
	}
	out := Lag{Metric: o.metric, By: p.By, Leader: leader, Follower: follower, N: matched.N, Censored: matched.Censored,
		MedianDays: matched.MedianDays, MeanDays: matched.MeanDays, SurvivalMedianDays: matched.SurvivalMedianDays,
		Estimator: "kaplan-meier", SurvivalMedianLow: matched.SurvivalMedianLow, SurvivalMedianHigh: matched.SurvivalMedianHigh, Confidence: confidence, Pairs: []LagPair{}}
	for _, m := range matched.Pairs {
		pair := LagPair{Value: m.Leader.Value, Leader: o.lagPoint(m.Leader.Point), LagDays: m.Days, Censored: m.Follower == nil}
		if m.Follower != nil {
			f := o.lagPoint(*m.Follower)
			pair.Follower = &f
		}
		out.Pairs = append(out.Pairs, pair)
	}
	out.Answer = lagSentence(out)
	out.Citation, err = e.cite(ctx, o.metric, o.observations, "lag", p.Values())
	return out, err
}

func chooseGroups(groups map[string][]trend.Point, options trend.FrontierOptions, p LagParams, m metrics.Metric) (leader, follower string, err error) {
	for name, group := range map[string]string{"leader": p.Leader, "follower": p.Follower} {
		if group != "" && len(groups[group]) == 0 {
			return "", "", &UnanswerableError{Why: metrics.Text{
				Ko: fmt.Sprintf("%s 쪽(%s)의 관측이 없습니다.", group, name), En: fmt.Sprintf("There is no observation of the %s (%s).", name, group)}}
		}
	}
	leader, follower = p.Leader, p.Follower
	for _, group := range trend.RankGroups(groups, options) {
		switch {
		case leader == "" && group != follower:
			leader = group
		case follower == "" && group != leader:
			follower = group
		}
	}
	if leader == "" || follower == "" || leader == follower {
		return "", "", &UnanswerableError{Err: errors.New("fewer than two groups"), Why: metrics.Text{
			Ko: fmt.Sprintf("%s의 관측을 두 집단으로 나눌 수 없습니다.", m.Title.In("ko")),
			En: fmt.Sprintf("The observations of %s do not fall into two groups.", m.Title.In("en"))}}
	}
	return leader, follower, nil
}

func (o observed) lagPoint(p trend.Point) LagPoint {
	name := p.Subject
	if s, ok := o.subjects[p.Subject]; ok && s.Name != "" {
		name = s.Name
	}
	return LagPoint{Time: Moment{p.Time}, Subject: p.Subject, Name: name, Setting: p.Setting, Value: p.Value}
}

func lagSentence(l Lag) metrics.Text {
	if l.MedianDays == nil {
		return metrics.Text{
			Ko: fmt.Sprintf("%s의 기록 가운데 %s 쪽이 따라잡은 것은 아직 없다(%d개 남음).", l.Leader, l.Follower, l.Censored),
			En: fmt.Sprintf("None of the records of %s has been matched by %s yet (%d open).", l.Leader, l.Follower, l.Censored)}
	}
	days := significant(*l.MedianDays, 3)
	out := metrics.Text{
		Ko: fmt.Sprintf("%s 쪽이 세운 기록을 %s 쪽이 따라잡는 데 걸린 날의 중앙값은 %s일이다(따라잡은 기록 %d개, 아직인 기록 %d개).", l.Leader, l.Follower, days, l.N, l.Censored),
		En: fmt.Sprintf("It took %s a median of %s days to match records of %s (%d matched, %d still open).", l.Follower, days, l.Leader, l.N, l.Censored)}
	if l.SurvivalMedianDays == nil {
		out.Ko += " 아직인 기록까지 치면 더 길며, 그 중앙값은 정해지지 않는다."
		out.En += " Counting those still open it is longer, and its median is not determined."
		return out
	}
	counted := trend.Estimate{Value: *l.SurvivalMedianDays}
	if low, high := l.SurvivalMedianLow, l.SurvivalMedianHigh; low != nil && high != nil {
		counted = trend.Estimate{Value: counted.Value, Low: *low, High: *high, Bounded: true}
	}
	all := interval(counted, l.Confidence, func(v float64) metrics.Text {
		return metrics.Text{Ko: significant(v, 3) + "일", En: significant(v, 3) + " days"}
	})
	out.Ko += fmt.Sprintf(" 아직인 기록까지 치면 %s이다(%s, 카플란–마이어).", all.value.Ko, all.bounds.Ko)
	out.En += fmt.Sprintf(" Counting those still open the median is %s (%s, Kaplan–Meier).", all.value.En, all.bounds.En)
	return out
}

// Table implements [Tabular].
func (l Lag) Table() Table {
	t := Table{Header: []string{"value", "leader_time", "leader_subject", "follower_time", "follower_subject", "lag_days", "censored"}}
	for _, p := range l.Pairs {
		row := []string{number(&p.Value), p.Leader.Time.String(), p.Leader.Subject, "", "", number(&p.LagDays), fmt.Sprint(p.Censored)}
		if p.Follower != nil {
			row[3], row[4] = p.Follower.Time.String(), p.Follower.Subject
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
