package server

import (
	"crypto/sha256"
	"fmt"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/scalebook/scalebook/chart"
	"github.com/scalebook/scalebook/content"
)

// reportCard answers with the picture of a report that other sites show beside a link to it. It says no more than lists of
// reports do, so that it is there for one that isn't public too.
func (s *Server) reportCard(c *fiber.Ctx, r *content.Report) error {
	card := chart.Card{Title: r.Title, Over: say(r.Lang, "nav.reports"), Site: "scalebook"}
	if r.Source != "scalebook" {
		card.Over += " · " + r.Source
	}
	var foot []string
	if !r.Date.IsZero() {
		foot = append(foot, longDate(r, r.Lang))
	}
	if r.Author != "" {
		foot = append(foot, r.Author)
	}
	card.Foot = strings.Join(foot, " · ")
	picture, err := s.drawn(fmt.Sprintf("card %q", card), card.PNG)
	if err != nil {
		return fmt.Errorf("draw %s: %w", c.Path(), err)
	}
	c.Set(fiber.HeaderContentType, "image/png")
	return c.Send(picture)
}

// drawn returns a picture, each drawn once: drawing is the dearest thing that a stranger can ask for, and a parameter that
// changes nothing in the picture would have it drawn again.
func (s *Server) drawn(what string, draw func() ([]byte, error)) ([]byte, error) {
	key := fmt.Appendf(nil, "picture %x", sha256.Sum256([]byte(what)))
	if r, ok := s.responses.get(key, revision{}); ok {
		return r.plain, nil
	}
	picture, err := draw()
	if err != nil {
		return nil, err
	}
	s.responses.put(string(key), revision{}, newResponse(&fasthttp.ResponseHeader{}, picture))
	return picture, nil
}
