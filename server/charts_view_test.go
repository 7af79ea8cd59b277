package server

import (
	"net/http"
	"strings"
	"testing"
)

// A view changes the drawing, in the page and in what can be taken along, and never the answer.
func TestChartViews(t *testing.T) {
	s := newTestServer(t)
	for _, c := range []struct {
		name, address string
		status        int
		has, lacks    string
	}{
		{"as it is", "/metrics/gpqa-diamond.svg", http.StatusOK, `class="record`, ""},
		{"without the record", "/metrics/gpqa-diamond.svg?hide=1", http.StatusOK, "<svg", `class="record`},
		{"without the others", "/metrics/gpqa-diamond.svg?hide=rest", http.StatusOK, "<svg", `class="dots"`},
		{"without the fit", "/metrics/gpqa-diamond.svg?hide=fit", http.StatusOK, "<svg", `class="fit"`},
		{"a part", "/metrics/gpqa-diamond?zoom=2024..2025", http.StatusOK, `class="reset"`, ""},
		{"a part of quantities", "/hardware?x=hardware-tdp&zoom=300..800", http.StatusOK, `class="reset"`, ""},
		{"the other scale", "/metrics/cpu-transistors?lang=en&scale=linear", http.StatusOK, "linear scale", ""},
		{"the wrong way round", "/metrics/gpqa-diamond?zoom=2025..2024", http.StatusBadRequest, "zoom", ""},
		{"no dates", "/metrics/gpqa-diamond.png?zoom=a..b", http.StatusBadRequest, "zoom", ""},
		{"not a number", "/hardware?x=hardware-tdp&zoom=NaN..Inf", http.StatusBadRequest, "zoom", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, _, body := get(t, s, c.address)
			if status != c.status || !strings.Contains(body, c.has) || c.lacks != "" && strings.Contains(body, c.lacks) {
				t.Errorf("%s: status %d; wants %q and not %q", c.address, status, c.has, c.lacks)
			}
		})
	}
}
