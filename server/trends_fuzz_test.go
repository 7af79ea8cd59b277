package server

import (
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// trendRoutes are the routes that compute something from observations.
func trendRoutes() []route {
	var routes []route
	for _, r := range apiRouteTable() {
		switch r.path {
		case "/series", "/frontier", "/trend", "/forecast", "/forecasts", "/lag", "/compare", "/capability-index", "/progress", "/price-to-reach", "/compute-optimal", "/changes":
			routes = append(routes, r)
		}
	}
	return routes
}

// answered holds an answer to what every question may expect: it is not the server's fault, and it is JSON, which has no NaN
// and no infinity. A machine that is too busy may refuse it at first, and is asked again as it says.
func answered(t testing.TB, s *Server, address string) (status int) {
	t.Helper()
	status, header, body := get(t, s, address)
	for again := 0; again < 3 && status == http.StatusServiceUnavailable && header.Get("Retry-After") != ""; again++ {
		status, header, body = get(t, s, address)
	}
	if status >= http.StatusInternalServerError {
		t.Errorf("%s: status %d: %.300s", address, status, body)
	}
	if !json.Valid([]byte(body)) {
		t.Errorf("%s: no JSON: %.300s", address, body)
	}
	return status
}

// TestTrendRoutesNeverFail asks the routes with parameters drawn from sensible, extreme and senseless values.
func TestTrendRoutesNeverFail(t *testing.T) {
	s := newTestServer(t)
	values := map[string][]string{
		"metric":     {"gpqa-diamond", "cpu-transistors", "price-input", "metr-time-horizon", "re-bench", "mmlu,gpqa-diamond", "capability-index", "nonesuch", ""},
		"since":      {"2024-01-01", "0001-01-01", "9999-12-31", "2025", "soon"},
		"until":      {"2025-06-01", "1900-01-01", "9999-12-31T23:59:59Z", "never"},
		"as_of":      {"1990-01-01", "2100-01-01", "x"},
		"at":         {"2027-01-01", "2027-01-01,0001-01-01,9999-12-31", "", ","},
		"fit":        {"auto", "linear", "exponential", "logistic", "cubic"},
		"of":         {"all", "frontier", "some"},
		"confidence": {"0.5", "0.95", "0.999999999999", "1", "NaN", "-1"},
		"threshold":  {"0.9", "0", "-1", "1e300", "1e-300", "Inf", "0.5,0.7", "1e14"},
		"horizon":    {"2030-01-01", "0001-01-01", "9999-12-31", "2262-05-01"},
		"ceiling":    {"fit", "0.95", "1e300", "-5", "0"},
		"error":      {"monte-carlo", "none"},
		"estimator":  {"ols", "ols-hc3", "theil-sen", "pairs-bootstrap", "magic"},
		"resamples":  {"50", "60", "0", "5001", "1e9"},
		"seed":       {"0", "7", "-1", "18446744073709551615", "1e300"},
		"ties":       {"keep", "drop"},
		"interval":   {"delta", "bootstrap", "wide"},
		"access":     {"open", "closed", "secret"},
		"country":    {"China", "Atlantis"},
		"by":         {"access", "country", "colour"},
		"leader":     {"closed", "United States", "nobody"},
		"follower":   {"open", "China", ""},
		"split":      {"2005-01-01", "9999-12-31", "x"},
		"scaled":     {"true", "a=1,b=2", "a=1,a=1", "="},
		"price":      {"price-output", "gpqa-diamond", "nonesuch"},
		"limit":      {"1", "0", "-1", "1e9"},
		"subject":    {"gpt-5-1", "nonesuch"},
		"source":     {"Epoch AI", "nobody"},
	}
	random := rand.New(rand.NewPCG(6, 9))
	statuses := map[int]int{}
	for _, r := range trendRoutes() {
		_, example, _ := strings.Cut(r.example, "?")
		for range 20 {
			q, err := url.ParseQuery(example)
			if err != nil {
				t.Fatal(err)
			}
			for range 1 + random.IntN(4) {
				p := r.params[random.IntN(len(r.params))]
				if choices := values[p.name]; len(choices) > 0 {
					q.Set(p.name, choices[random.IntN(len(choices))])
				}
			}
			statuses[answered(t, s, "/api/v1"+r.path+"?"+q.Encode())]++
		}
	}
	if statuses[200] < 50 || statuses[400] < 25 || statuses[422] < 5 {
		t.Errorf("the questions are too much alike: %v", statuses)
	}
}

// FuzzTrendRoutes asks the routes with any parameters.
func FuzzTrendRoutes(f *testing.F) {
	routes := trendRoutes()
	for i, r := range routes {
		_, example, _ := strings.Cut(r.example, "?")
		f.Add(uint8(i), example)
	}
	s := newTestServer(f)
	f.Fuzz(func(t *testing.T, which uint8, rawQuery string) {
		q, err := url.ParseQuery(rawQuery)
		if err != nil || len(rawQuery) > 2000 {
			t.Skip("no query")
		}
		if n := q.Get("resamples"); len(n) > 3 {
			q.Set("resamples", "100") // dear, and the same code
		}
		answered(t, s, "/api/v1"+routes[int(which)%len(routes)].path+"?"+q.Encode())
	})
}
