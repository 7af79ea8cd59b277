package server

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// jsonFeed is JSON Feed 1.1, as much as feed readers use.
type jsonFeed struct {
	Version     string         `json:"version"`
	Title       string         `json:"title"`
	HomePageURL string         `json:"home_page_url,omitempty"`
	FeedURL     string         `json:"feed_url,omitempty"`
	Items       []jsonFeedItem `json:"items"`
}

type jsonFeedItem struct {
	ID            string           `json:"id"`
	URL           string           `json:"url,omitempty"`
	Title         string           `json:"title"`
	ContentText   string           `json:"content_text"`
	DatePublished string           `json:"date_published"`
	Authors       []jsonFeedAuthor `json:"authors,omitempty"`
}

type jsonFeedAuthor struct {
	Name string `json:"name"`
}

// sendFeed writes a feed as JSON Feed where the path ends in .json, else as Atom.
func (s *Server) sendFeed(c *fiber.Ctx, feed atomFeed) error {
	switch form := formOf(c); {
	case form == ".json":
	case form == "" && strings.HasSuffix(c.Path(), ".atom"):
		return s.sendXML(c, "application/atom+xml; charset=utf-8", feed)
	default:
		return fmt.Errorf("%w: %s%s", errNotFound, c.Path(), form)
	}
	out := jsonFeed{Version: "https://jsonfeed.org/version/1.1", Title: feed.Title, Items: []jsonFeedItem{}}
	for _, link := range feed.Links {
		if link.Rel == "self" {
			address, question, asks := strings.Cut(link.Href, "?")
			out.FeedURL = strings.TrimSuffix(address, ".atom") + ".json"
			if asks {
				out.FeedURL += "?" + question
			}
		} else {
			out.HomePageURL = link.Href
		}
	}
	for _, e := range feed.Entries {
		item := jsonFeedItem{ID: e.ID, URL: e.Links[0].Href, Title: e.Title, ContentText: e.Summary, DatePublished: e.Updated}
		if e.Author != nil {
			item.Authors = []jsonFeedAuthor{{Name: e.Author.Name}}
		}
		out.Items = append(out.Items, item)
	}
	body, err := json.Marshal(out)
	if err != nil {
		return fmt.Errorf("encode %s: %w", c.Path(), err)
	}
	c.Set(fiber.HeaderContentType, "application/feed+json; charset=utf-8")
	return c.Send(body)
}

// llms tells programs that read for a language model where the text and the numbers are (llmstxt.org).
func (s *Server) llms(c *fiber.Ctx) error {
	var b strings.Builder
	b.WriteString("# scalebook\n\n> Reports and measurements on how AI scales, with an API that answers trend questions with uncertainty and sources.\n\n")
	fmt.Fprintf(&b, "## API\n\n- [OpenAPI description](%[1]s/api/v1/openapi.json): every route, with examples\n- [Metrics](%[1]s/api/v1/metrics): the catalogue of what is measured\n"+
		"- [Search](%[1]s/api/v1/search?q=scaling): passages of reports, with anchors to cite\n\n## Reports\n\n", s.cfg.PublicURL)
	for _, r := range s.cfg.Library.Reports() {
		if r.Public {
			title := strings.NewReplacer("[", "(", "]", ")", "\n", " ").Replace(r.Title)
			fmt.Fprintf(&b, "- [%s](%s/api/v1%s)", title, s.cfg.PublicURL, reportURL(r.Slug))
			if !r.Date.IsZero() {
				b.WriteString(": " + day(r.Date))
			}
			b.WriteString("\n")
		}
	}
	c.Set(fiber.HeaderContentType, "text/markdown; charset=utf-8")
	return c.SendString(b.String())
}
