package server

import (
	"fmt"
	"html"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/scalebook/scalebook/query"
)

// oEmbed is what oembed.com wants of a page: a chart as a picture in a link, or a link.
type oEmbed struct {
	Version      string `json:"version"`
	Type         string `json:"type"`
	Title        string `json:"title"`
	ProviderName string `json:"provider_name"`
	ProviderURL  string `json:"provider_url,omitempty"`
	HTML         string `json:"html,omitempty"`
	Width        int    `json:"width,omitempty"`
	Height       int    `json:"height,omitempty"`
}

// Size of an embedded chart at the most; maxwidth and maxheight make both smaller.
const (
	embedWidth  = 640
	embedHeight = 400
)

// embeddable lets whoever is given the page's address find how it is embedded (oembed.com, discovery by Link header).
func (s *Server) embeddable(c *fiber.Ctx) error {
	if err := c.Next(); err != nil {
		return err
	}
	if c.Response().StatusCode() == fiber.StatusOK && formOf(c) == "" {
		c.Set(fiber.HeaderLink, fmt.Sprintf(`</oembed?%s>; rel="alternate"; type="application/json+oembed"`, url.Values{"url": {s.cfg.PublicURL + c.Path()}}.Encode()))
	}
	return nil
}

// parseSize reads how large in pixels an embedding page has room for, most at the most.
func parseSize(v query.Values, name string, most int) (int, error) {
	n, err := parseCount(v, name, most, most)
	if err == nil && n == 0 {
		return 0, badParameter(name, v(name), "1 이상인 정수여야 합니다.", "a whole number of at least 1 is needed")
	}
	return n, err
}

// oembed describes a page of a metric or a report for whoever embeds it (oembed.com, JSON).
func (s *Server) oembed(c *fiber.Ctx) error {
	v := values(c)
	if f := v("format"); f != "" && f != "json" {
		return fiber.NewError(fiber.StatusNotImplemented, "oEmbed is given as JSON")
	}
	address := v("url")
	u, err := url.Parse(address)
	if err != nil || address == "" || s.cfg.PublicURL != "" && !strings.HasPrefix(address, s.cfg.PublicURL+"/") {
		return badParameter("url", address, "이 사이트의 주소여야 합니다.", "an address of this site is needed")
	}
	width, err := parseSize(v, "maxwidth", embedWidth)
	if err != nil {
		return err
	}
	height, err := parseSize(v, "maxheight", embedHeight)
	if err != nil {
		return err
	}
	width = min(width, max(1, embedWidth*height/embedHeight))
	height = max(1, embedHeight*width/embedWidth)
	answer := oEmbed{Version: "1.0", Type: "link", ProviderName: "scalebook", ProviderURL: s.cfg.PublicURL}
	kind, id, _ := strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
	switch kind {
	case "metrics":
		metric, err := s.cfg.Ledger.Metric(c.UserContext(), id)
		if err != nil {
			return err
		}
		answer.Type, answer.Title, answer.Width, answer.Height = "rich", metric.Title.In(s.lang(c)), width, height
		page := s.cfg.PublicURL + "/metrics/" + url.PathEscape(metric.ID)
		answer.HTML = fmt.Sprintf(`<a href="%s"><img src="%s.svg" alt="%s" width="%d" height="%d"></a>`, page, page, html.EscapeString(answer.Title), answer.Width, answer.Height)
	case "reports":
		r, err := s.report(id)
		if err != nil {
			return err
		}
		answer.Title = r.Title
	default:
		return fmt.Errorf("%w: nothing to embed of %s", errNotFound, address)
	}
	return sendJSON(c, "application/json; charset=utf-8", answer)
}
