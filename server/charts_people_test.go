package server

import (
	"context"
	"strings"
	"testing"

	"github.com/scalebook/scalebook/query"
)

// TestPeopleAreALine holds models against what people scored, where a source says it: under each setting the newest value.
func TestPeopleAreALine(t *testing.T) {
	s := newTestServer(t)
	at := func(subject, setting string, value float64) query.Observation {
		return query.Observation{Subject: subject, Setting: setting, Value: value}
	}
	people, err := s.people(context.Background(), []query.Observation{at("human-expert", "2 hours", .2), at("gpt-4", "2 hours", .9), at("human-expert", "8 hours", .5),
		at("human-expert", "2 hours", .3)})
	if err != nil || len(people) != 2 || people[0].Value != .5 || people[1].Value != .3 {
		t.Errorf("%+v, %v", people, err)
	}
	_, _, page := get(t, s, "/metrics/re-bench?lang=en")
	if n := strings.Count(seen(page), "people 0.2"); n == 0 || strings.Count(page, `class="expert"`) != 2 {
		t.Errorf("what people scored is named %d times, with %d groups of lines", n, strings.Count(page, `class="expert"`))
	}
	if _, _, page := get(t, s, "/metrics/gpqa-diamond?lang=en"); strings.Contains(page, `class="expert"`) {
		t.Error("people are drawn where no source says what they scored")
	}
}

// TestLineBelowZero draws no prices below zero where a straight line falls there, and says which way the line goes.
func TestLineBelowZero(t *testing.T) {
	s := newTestServer(t)
	_, _, page := get(t, s, "/metrics/price-input-mmlu-80?lang=en&fit=linear&scale=linear")
	text := seen(page)
	if !strings.Contains(text, "The record falls by $") || strings.Contains(text, "−$5") {
		t.Errorf("falls: %v, below zero: %v", strings.Contains(text, "The record falls by $"), strings.Contains(text, "−$5"))
	}
	if _, _, page := get(t, s, "/trends?metric=gpqa-diamond&fit=linear&lang=ko"); !strings.Contains(seen(page), "씩 올랐다") {
		t.Error("a rising line does not say so")
	}
}

// TestReportsWithinTheAxis marks no report after the axis has ended, where its mark would have no place.
func TestReportsWithinTheAxis(t *testing.T) {
	s := newTestServer(t)
	if _, _, page := get(t, s, "/metrics/re-bench?lang=ko"); strings.Contains(page, "<ol class=\"key small-text\">") {
		t.Error("a report is listed that the chart does not mark")
	}
	if _, _, page := get(t, s, "/metrics/re-bench?lang=ko"); !strings.Contains(page, ")\u2060의") {
		t.Error("a particle may begin a line")
	}
	if _, _, page := get(t, s, "/metrics/gpqa-diamond?lang=ko"); !strings.Contains(page, "<ol class=\"key small-text\">") {
		t.Error("no report is listed where the chart marks some")
	}
}
