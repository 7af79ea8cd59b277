package query

import (
	"encoding/json"
	"net/url"
	"testing"
)

// TestValuesAskAgain writes parameters as an address and reads them back: the address is the same, and shortest.
func TestValuesAskAgain(t *testing.T) {
	type question interface{ Values() url.Values }
	parse := map[string]func(Values) (question, error){
		"series":   func(v Values) (question, error) { return ParseFilter(v) },
		"trend":    func(v Values) (question, error) { return ParseTrend(v) },
		"forecast": func(v Values) (question, error) { return ParseForecast(v) },
		"lag":      func(v Values) (question, error) { return ParseLag(v) },
		"compare":  func(v Values) (question, error) { return ParseCompare(v) },
		"index":    func(v Values) (question, error) { return ParseCapabilityIndex(v) },
		"changes":  func(v Values) (question, error) { return ParseChanges(v) },
	}
	for _, test := range []struct{ kind, asked, want string }{
		{"series", "metric=mmlu&as_of=2024-12-31&country=South+Korea&since=2020-01-01", ""},
		{"series", "as_of=2024-12-31T12%3A00%3A00.5Z&metric=mmlu", ""},
		{"trend", "metric=mmlu&fit=auto&of=frontier&confidence=0.95&estimator=ols&resamples=1000", "metric=mmlu"},
		{"trend", "ceiling=fit&confidence=0.9&error=monte-carlo&fit=logistic&horizon=2030-01-01&metric=mmlu&of=all&resamples=500&seed=7&threshold=0.9", ""},
		{"trend", "estimator=theil-sen&fit=linear&metric=mmlu&ties=keep", ""},
		{"trend", "ceiling=0.95&metric=mmlu", ""},
		{"forecast", "at=2027-01-01,2030-06-01T06:00:00Z&metric=mmlu", "at=2027-01-01%2C2030-06-01T06%3A00%3A00Z&metric=mmlu"},
		{"lag", "by=country&follower=China&leader=United+States&metric=mmlu", ""},
		{"lag", "by=access&metric=mmlu", "metric=mmlu"},
		{"compare", "metric=a,b,c&of=all", "fit=exponential&metric=a%2Cb%2Cc&of=all"},
		{"compare", "fit=linear&metric=a&since=1990-01-01&split=2005-01-01&until=2020-01-01", ""},
		{"index", "scaled=true&since=2022-11-01", "scaled=true"},
		{"index", "scaled=a:high=1,b=2.5&since=1900-01-01", "scaled=a%3Ahigh%3D1%2Cb%3D2.5&since=1900-01-01"},
		{"changes", "limit=5&metric=mmlu&offset=10&since=2025-01-01", ""},
		{"changes", "since=2025-01-01T00%3A00%3A00.5Z&until=2025-01-01T10%3A00%3A00.000001Z", ""},
	} {
		asked, err := url.ParseQuery(test.asked)
		if err != nil {
			t.Fatal(err)
		}
		first, err := parse[test.kind](asked.Get)
		if err != nil {
			t.Errorf("%s?%s: %v", test.kind, test.asked, err)
			continue
		}
		want := test.want
		if want == "" {
			want = asked.Encode()
		}
		got := first.Values()
		if got.Encode() != want {
			t.Errorf("%s?%s\nis written %s\nwant       %s", test.kind, test.asked, got.Encode(), want)
		}
		again, err := parse[test.kind](got.Get)
		if err != nil || again.Values().Encode() != got.Encode() {
			t.Errorf("%s?%s: read back: %v %v", test.kind, test.asked, again, err)
		}
	}
}

// TestParametersReadBack reads both sets of a curve's parameters as they are written.
func TestParametersReadBack(t *testing.T) {
	for _, written := range []string{
		`{"slope":1,"intercept":-2}`,
		`{"slope":1,"intercept":-2,"slope_interval":{"value":1,"low":0.5,"high":1.5}}`,
		`{"k":1.5,"midpoint":"2024-02-29","floor":0.25,"ceiling":1}`,
		`{"k":1.5,"floor":0,"ceiling":1}`,
		`{"k":1.5,"midpoint":"1969-07-20","floor":0.25,"ceiling":0.9,"k_interval":{"value":1.5,"low":1,"high":2},"midpoint_low":"1969-01-01","midpoint_high":"1970-01-02","ceiling_interval":{"value":0.9,"low":0.8,"high":1}}`,
	} {
		var p Parameters
		if err := json.Unmarshal([]byte(written), &p); err != nil {
			t.Errorf("%s: %v", written, err)
			continue
		}
		again, err := json.Marshal(p)
		if err != nil || string(again) != written {
			t.Errorf("written %s\nagain   %s %v", written, again, err)
		}
	}
}
