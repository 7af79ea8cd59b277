package server

import (
	"regexp"
	"strings"
	"testing"
)

// TestTrendsUnread shows the form again where values can't be read, each with its reason beside it, and keeps the others.
func TestTrendsUnread(t *testing.T) {
	s := newTestServer(t)
	ids := regexp.MustCompile(`id="wrong-([a-z_]+)"`)
	for _, x := range []struct {
		address string
		wrong   string // the controls, in the order of the form
		says    []string
	}{
		{"since=yesterday&until=2025-01-01&threshold=most", "since threshold", []string{"‘yesterday’: a date such as", "‘most’: a number", `name="until" value="2025-01-01"`, `value="most"`}},
		{"as_of=soon&access=mine", "access as_of", []string{"‘soon’", "‘mine’: one of open, closed"}},
		{"of=some&fit=spline", "of fit", []string{"‘spline’: one of auto", "‘some’: one of frontier, all"}},
		{"zoom=2025..2024&until=2025-01-01", "", []string{"zoom ‘2025..2024’: two values", `name="until" value="2025-01-01"`}},
		{"confidence=2&estimator=none&error=x", "", []string{"confidence ‘2’", "estimator ‘none’", "error ‘x’"}},
		{"fit=logistic&estimator=ols-hc3", "", []string{"estimator ‘ols-hc3’: a logistic"}},
		{"since=" + strings.Repeat("9", 500), "since", []string{"‘" + strings.Repeat("9", 40) + "…’"}},
		{"since=%3Cb%3E", "since", []string{"‘&lt;b&gt;’"}},
	} {
		status, _, page := get(t, s, "/trends?lang=en&metric=gpqa-diamond&"+x.address)
		var wrong []string
		for _, m := range ids.FindAllStringSubmatch(page, -1) {
			wrong = append(wrong, m[1])
			if !strings.Contains(page, `aria-invalid="true" aria-describedby="wrong-`+m[1]+`"`) {
				t.Errorf("%s: the control %s does not say that it is wrong", x.address, m[1])
			}
		}
		if got := strings.Join(wrong, " "); status != 400 || got != x.wrong || !strings.Contains(page, `<option value="gpqa-diamond" selected>`) || strings.Contains(page, "<svg class=\"plot") {
			t.Errorf("%s: %d, wrong are %q", x.address, status, got)
		}
		for _, want := range x.says {
			if !strings.Contains(page, want) {
				t.Errorf("%s: no %s", x.address, want)
			}
		}
	}
	for _, form := range []string{".json", ".csv"} {
		if status, header, _ := get(t, s, "/trends"+form+"?metric=gpqa-diamond&since=yesterday"); status != 400 || header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d, %s", form, status, header.Get("Content-Type"))
		}
	}
	if status, _, page := get(t, s, "/trends.svg?metric=gpqa-diamond&since=yesterday"); status != 400 || strings.Contains(page, "wrong-since") {
		t.Errorf("a drawing of what can't be read: %d", status)
	}
}
