package server

import (
	"html"
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/scalebook/scalebook/query"
	"github.com/scalebook/scalebook/search"
)

// feedSearch follows a saved search with the parameters of the page, reports newest first: /feeds/search.atom, also at
// /search.atom, and /feeds/search.json. A report without
// a date has no place in the order and is left out.
func (s *Server) feedSearch(c *fiber.Ctx) error {
	v := values(c)
	q, err := parseSearch(pageSearchValues(v))
	if err != nil {
		return err
	}
	q.Text = strings.TrimSpace(q.Text)
	if q.Text == "" {
		return badParameter("q", "", "찾을 말이 있어야 합니다.", "something to look for is needed")
	}
	q.Kinds, q.Sort, q.Limit, q.Offset, q.Passages = []string{search.KindReport}, search.SortNewest, feedEntries, 0, 1
	results, err := s.search(c.UserContext(), q)
	if err != nil {
		return err
	}
	asked := url.Values{"q": {q.Text}}
	if q.Lang != "" {
		asked.Set("in", q.Lang)
	}
	page := "/search?" + asked.Encode()
	feed := atomFeed{Title: "scalebook: " + q.Text, ID: tag("search/" + url.QueryEscape(asked.Encode())), Updated: time.Unix(0, 0).UTC().Format(time.RFC3339),
		Links: []atomLink{{Href: s.cfg.PublicURL + page}, {Rel: "self", Href: s.cfg.PublicURL + "/feeds/search.atom?" + asked.Encode()}}}
	unmarked := strings.NewReplacer("<mark>", "", "</mark>", "")
	for _, h := range results.Hits {
		at, err := query.ParseTime(h.Date)
		if err != nil {
			continue
		}
		entry := atomEntry{Title: h.Title, ID: tag("report/" + url.PathEscape(h.ID)), Updated: at.Format(time.RFC3339), Links: []atomLink{{Href: s.cfg.PublicURL + h.URL}}}
		if len(h.Passages) > 0 {
			entry.Summary = html.UnescapeString(unmarked.Replace(h.Passages[0].Snippet))
		}
		if len(feed.Entries) == 0 {
			feed.Updated = entry.Updated
		}
		feed.Entries = append(feed.Entries, entry)
	}
	return s.sendFeed(c, feed)
}

// pageSearchValues are a search's parameters on pages, where lang= is the language of the interface and in= the reports'.
func pageSearchValues(v query.Values) query.Values {
	return func(name string) string {
		if name == "lang" {
			name = "in"
		}
		return v(name)
	}
}
