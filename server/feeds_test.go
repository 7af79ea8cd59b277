package server

import (
	"encoding/json"
	"encoding/xml"
	"strings"
	"testing"
)

func TestFeeds(t *testing.T) {
	s := newTestServer(t)
	for _, address := range []string{"/feeds/changes.atom", "/feeds/reports.atom", "/feeds/metrics/gpqa-diamond.atom"} {
		status, header, body := get(t, s, address)
		var feed atomFeed
		if err := xml.Unmarshal([]byte(body), &feed); status != 200 || err != nil || !strings.HasPrefix(header.Get("Content-Type"), "application/atom+xml") {
			t.Errorf("%s: %d %v %v", address, status, header, err)
		}
		status, header, body = get(t, s, strings.TrimSuffix(address, ".atom")+".json")
		var other jsonFeed
		if err := json.Unmarshal([]byte(body), &other); status != 200 || err != nil || !strings.HasPrefix(header.Get("Content-Type"), "application/feed+json") {
			t.Errorf("%s as JSON: %d %v %v", address, status, header, err)
		}
		if other.Title != feed.Title || len(other.Items) != len(feed.Entries) {
			t.Errorf("%s: %d entries as Atom, %d as JSON", address, len(feed.Entries), len(other.Items))
		}
		if !strings.Contains(address, "metrics/") && len(feed.Entries) == 0 {
			t.Errorf("%s is empty", address)
		}
	}
	for _, address := range []string{"/feeds/metrics/none.atom", "/feeds/metrics/gpqa-diamond", "/feeds/changes.csv", "/feeds/changes"} {
		if status, _, _ := get(t, s, address); status != 404 {
			t.Errorf("%s: %d", address, status)
		}
	}
}

func TestLLMs(t *testing.T) {
	s := newTestServer(t)
	status, _, body := get(t, s, "/llms.txt")
	if status != 200 || !strings.HasPrefix(body, "# scalebook\n\n> ") || !strings.Contains(body, "](/api/v1/reports/20250324-harder-benchmarks)") {
		t.Errorf("%d %.300s", status, body)
	}
}
