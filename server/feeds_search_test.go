package server

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/url"
	"strings"
	"testing"
)

func TestSearchFeed(t *testing.T) {
	s := newTestServer(t)
	status, header, body := get(t, s, "/search.atom?q="+url.QueryEscape("벤치마크")+"&in=ko")
	var feed atomFeed
	if err := xml.Unmarshal([]byte(body), &feed); err != nil || status != 200 || !strings.HasPrefix(header.Get("Content-Type"), "application/atom+xml") {
		t.Fatalf("%d %v %v", status, header, err)
	}
	if len(feed.Entries) == 0 || feed.Updated != feed.Entries[0].Updated {
		t.Fatalf("%d entries, updated %s", len(feed.Entries), feed.Updated)
	}
	for i, e := range feed.Entries {
		if i > 0 && e.Updated > feed.Entries[i-1].Updated {
			t.Errorf("%s comes after what is older", e.Title)
		}
		if strings.Contains(e.Summary, "<mark>") || !strings.HasPrefix(e.Links[0].Href, "/reports/") {
			t.Errorf("entry %+v", e)
		}
		if status, _, _ := get(t, s, e.Links[0].Href); status != 200 {
			t.Errorf("%s: %d", e.Links[0].Href, status)
		}
	}
	status, header, body = get(t, s, "/feeds/search.json?q="+url.QueryEscape("벤치마크")+"&in=ko")
	var same jsonFeed
	if err := json.Unmarshal([]byte(body), &same); err != nil || status != 200 || !strings.HasPrefix(header.Get("Content-Type"), "application/feed+json") {
		t.Fatalf("%d %v %v", status, header, err)
	}
	if len(same.Items) != len(feed.Entries) || same.Items[0].ID != feed.Entries[0].ID {
		t.Errorf("%d items as JSON, %d as Atom", len(same.Items), len(feed.Entries))
	}
	if _, _, again := get(t, s, same.FeedURL); again != body {
		t.Errorf("%s, which the feed calls its own address, answers something else", same.FeedURL)
	}
	for address, want := range map[string]int{"/feeds/search": 400, "/feeds/search?q=a": 404, "/search.atom": 400, "/search.atom?q=+": 400, "/search.atom?q=zzzzqqqq&in=xx": 400, "/search.atom?q=-": 200} {
		if status, _, body := get(t, s, address); status != want {
			t.Errorf("%s: %d %.200s", address, status, body)
		}
	}
}

func TestOEmbed(t *testing.T) {
	s := newTestServer(t)
	for _, test := range []struct {
		address string
		status  int
		kind    string
	}{
		{"/metrics/gpqa-diamond", 200, "rich"},
		{"/reports/20250324-harder-benchmarks", 200, "link"},
		{"/metrics/none", 404, ""},
		{"/about", 404, ""},
		{"", 400, ""},
		{"http://[", 400, ""},
	} {
		status, _, body := get(t, s, "/oembed?maxwidth=320&url="+url.QueryEscape(test.address))
		if status != test.status {
			t.Errorf("%s: %d %.200s", test.address, status, body)
			continue
		}
		if status != 200 {
			continue
		}
		var answer oEmbed
		if err := json.Unmarshal([]byte(body), &answer); err != nil || answer.Type != test.kind || answer.Version != "1.0" || answer.Title == "" {
			t.Errorf("%s: %v %+v", test.address, err, answer)
		}
		if answer.Type == "rich" && (answer.Width != 320 || !strings.Contains(answer.HTML, `src="/metrics/gpqa-diamond.svg"`)) {
			t.Errorf("%s: %+v", test.address, answer)
		}
	}
	for size, want := range map[string]string{
		"maxwidth=0": "400", "maxheight=0": "400", "maxwidth=-1": "400", "maxheight=x": "400",
		"maxwidth=1": "1x1", "maxheight=1": "1x1", "maxwidth=99999": "640x400", "": "640x400", "maxheight=200": "320x200", "maxwidth=500&maxheight=100": "160x100",
	} {
		status, _, body := get(t, s, "/oembed?url=/metrics/gpqa-diamond&"+size)
		got := fmt.Sprint(status)
		var answer oEmbed
		if status == 200 {
			if err := json.Unmarshal([]byte(body), &answer); err != nil {
				t.Fatal(err)
			}
			got = fmt.Sprintf("%dx%d", answer.Width, answer.Height)
			if !strings.Contains(answer.HTML, fmt.Sprintf(`width="%d" height="%d"`, answer.Width, answer.Height)) {
				t.Errorf("%s: %s", size, answer.HTML)
			}
		}
		if got != want {
			t.Errorf("%s: %s, want %s", size, got, want)
		}
	}
	_, header, _ := get(t, s, "/metrics/gpqa-diamond")
	if link := header.Get("Link"); !strings.Contains(link, "</oembed?url=%2Fmetrics%2Fgpqa-diamond>") {
		t.Errorf("the page says %q", link)
	}
	_, header, _ = get(t, s, "/search?q=scaling")
	if link := header.Get("Link"); !strings.Contains(link, "</search.atom?q=scaling>") {
		t.Errorf("the search says %q", link)
	}
	if status, _, _ := get(t, s, "/oembed?format=xml&url=/metrics/gpqa-diamond"); status != 501 {
		t.Errorf("XML: %d", status)
	}
}
