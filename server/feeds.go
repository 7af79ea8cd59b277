package server

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/query"
)

// atomFeed is RFC 4287, as much as feed readers use.
type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Title   string      `xml:"title"`
	ID      string      `xml:"id"`
	Updated string      `xml:"updated"`
	Links   []atomLink  `xml:"link"`
	Entries []atomEntry `xml:"entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	Title   string     `xml:"title"`
	ID      string     `xml:"id"`
	Updated string     `xml:"updated"`
	Links   []atomLink `xml:"link"`
	Summary string     `xml:"summary,omitempty"`
	Author  *struct {
		Name string `xml:"name"`
	} `xml:"author,omitempty"`
}

// tag makes an id that outlives the address (RFC 4151).
func tag(parts string) string { return "tag:scalebook,2026:" + parts }

const feedEntries = 50

func (s *Server) feedChanges(c *fiber.Ctx) error {
	lang := s.lang(c)
	p, err := query.ParseChanges(values(c))
	if err != nil {
		return err
	}
	p.Limit, p.Offset = feedEntries, 0
	feed := s.feed("scalebook: "+say(lang, "nav.changes"), "changes", "/changes")
	if file := strings.Clone(c.Params("file")); file != "" { // /feeds/metrics/ID.atom
		p.Metric = strings.TrimSuffix(file, ".atom")
		metric, err := s.cfg.Ledger.Metric(c.UserContext(), p.Metric)
		if err != nil {
			return err
		}
		feed = s.feed("scalebook: "+metric.Title.In(lang), "metrics/"+p.Metric, "/metrics/"+p.Metric)
	}
	changes, err := s.engine.Changes(c.UserContext(), p)
	if err != nil {
		return err
	}
	for i, ch := range changes.Changes {
		at := ch.RecordedAt.UTC().Format(time.RFC3339Nano)
		if i == 0 {
			feed.Updated = at
		}
		address := "/changes"
		switch {
		case ch.Metric != "":
			address = "/metrics/" + ch.Metric
		case ch.Subject != "":
			address = "/subjects/" + url.PathEscape(ch.Subject)
		}
		subjects := url.PathEscape(ch.Subject)
		if ch.Kind == metrics.ChangeRenamed { // several may have become one
			subjects = url.PathEscape(ch.Before.Subject) + "/" + subjects
		}
		summary := []string{ch.Source}
		for _, e := range ch.Events {
			summary = append(summary, e.Text.In(lang))
		}
		feed.Entries = append(feed.Entries, atomEntry{Title: ch.Text.In(lang), Updated: at, Links: []atomLink{{Href: s.cfg.PublicURL + address}},
			ID:      tag(fmt.Sprintf("change/%s/%s/%s/%s/%s", url.PathEscape(at), ch.Kind, url.PathEscape(ch.Source), ch.Metric, subjects)),
			Summary: strings.Join(summary, "\n")})
	}
	return s.sendFeed(c, feed)
}

func (s *Server) feedReports(c *fiber.Ctx) error {
	lang := s.lang(c)
	feed := s.feed("scalebook: "+say(lang, "nav.reports"), "reports", "/reports")
	for _, r := range s.cfg.Library.Reports() {
		if r.Lang != lang || r.Date.IsZero() || len(feed.Entries) == feedEntries {
			continue
		}
		at := r.Date.UTC().Format(time.RFC3339)
		if len(feed.Entries) == 0 {
			feed.Updated = at
		}
		entry := atomEntry{Title: r.Title, ID: tag("report/" + url.PathEscape(r.Slug)), Updated: at, Summary: r.Summary, Links: []atomLink{{Href: s.cfg.PublicURL + reportURL(r.Slug)}}}
		if r.Author != "" {
			entry.Author = &struct {
				Name string `xml:"name"`
			}{r.Author}
		}
		feed.Entries = append(feed.Entries, entry)
	}
	return s.sendFeed(c, feed)
}

func (s *Server) feed(title, name, page string) atomFeed {
	return atomFeed{Title: title, ID: tag("feed/" + name), Updated: time.Unix(0, 0).UTC().Format(time.RFC3339),
		Links: []atomLink{{Href: s.cfg.PublicURL + page}, {Rel: "self", Href: s.cfg.PublicURL + "/feeds/" + name + ".atom"}}}
}

type urlSet struct {
	XMLName xml.Name  `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 urlset"`
	URLs    []siteURL `xml:"url"`
}

type siteURL struct {
	Loc     string `xml:"loc"`
	LastMod string `xml:"lastmod,omitempty"`
}

func (s *Server) sitemap(c *fiber.Ctx) error {
	set := urlSet{}
	for _, page := range []string{"/", "/reports", "/metrics", "/hardware", "/trends", "/trends/progress", "/trends/price", "/trends/optimal", "/trends/forecasts", "/compare", "/index", "/glossary", "/changes", "/about", "/docs/api"} {
		set.URLs = append(set.URLs, siteURL{Loc: s.cfg.PublicURL + page})
	}
	for _, r := range s.cfg.Library.Reports() {
		if r.Public {
			u := siteURL{Loc: s.cfg.PublicURL + reportURL(r.Slug)}
			if !r.Date.IsZero() {
				u.LastMod = day(r.Date)
			}
			set.URLs = append(set.URLs, u)
		}
	}
	catalogue, err := s.engine.Metrics(c.UserContext())
	if err != nil {
		return err
	}
	for _, m := range catalogue.Metrics {
		set.URLs = append(set.URLs, siteURL{Loc: s.cfg.PublicURL + "/metrics/" + m.ID})
	}
	return s.sendXML(c, "application/xml; charset=utf-8", set)
}

type openSearch struct {
	XMLName     xml.Name        `xml:"http://a9.com/-/spec/opensearch/1.1/ OpenSearchDescription"`
	ShortName   string          `xml:"ShortName"`
	Description string          `xml:"Description"`
	Encoding    string          `xml:"InputEncoding"`
	URLs        []openSearchURL `xml:"Url"`
}

type openSearchURL struct {
	Type     string `xml:"type,attr"`
	Template string `xml:"template,attr"`
}

// openSearch lets a browser search scalebook from its address bar.
func (s *Server) openSearch(c *fiber.Ctx) error {
	return s.sendXML(c, "application/opensearchdescription+xml", openSearch{
		ShortName: "scalebook", Description: say(s.lang(c), "site.title"), Encoding: "UTF-8",
		URLs: []openSearchURL{{Type: "text/html", Template: s.cfg.PublicURL + "/search?q={searchTerms}"}},
	})
}

func (s *Server) robots(c *fiber.Ctx) error {
	c.Set(fiber.HeaderContentType, "text/plain; charset=utf-8")
	text := "User-agent: *\nDisallow: /api/\nDisallow: /search\n"
	if s.cfg.PublicURL != "" {
		text += "Sitemap: " + s.cfg.PublicURL + "/sitemap.xml\n"
	}
	return c.SendString(text)
}

func (s *Server) sendXML(c *fiber.Ctx, contentType string, v any) error {
	var b bytes.Buffer
	b.WriteString(xml.Header)
	if err := xml.NewEncoder(&b).Encode(v); err != nil {
		return fmt.Errorf("encode %s: %w", c.Path(), err)
	}
	c.Set(fiber.HeaderContentType, contentType)
	return c.Send(b.Bytes())
}
