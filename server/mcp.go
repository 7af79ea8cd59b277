package server

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"

	"github.com/gofiber/fiber/v2"
)

// assistants hands what is asked at /mcp to the configured handler, within the limits that every request has. Fiber's
// buffers are copied: the handler's goroutines may outlive the request.
func (s *Server) assistants(c *fiber.Ctx) error {
	if s.cfg.MCP == nil {
		return fmt.Errorf("%w: %s", errNotFound, c.Path())
	}
	if origin := c.Get(fiber.HeaderOrigin); origin != "" && !s.mayAsk(origin) {
		return fiber.NewError(fiber.StatusForbidden, "pages of other sites may not ask here")
	}
	if len(c.BodyRaw()) > maxQuestions {
		return fiber.NewError(fiber.StatusRequestEntityTooLarge, fmt.Sprintf("at most %d bytes of questions may be asked in one request", maxQuestions))
	}
	if batch := batchOf(c.BodyRaw()); batch > mostInBatch {
		return fiber.NewError(fiber.StatusRequestEntityTooLarge, fmt.Sprintf("at most %d questions may be asked in one request", mostInBatch))
	}
	leave, err := s.turns.enter(c.UserContext())
	if err != nil {
		return err
	}
	defer leave()
	r, err := http.NewRequestWithContext(c.UserContext(), string(c.Request().Header.Method()), "http://scalebook/mcp", bytes.NewReader(bytes.Clone(c.BodyRaw())))
	if err != nil {
		return err
	}
	c.Request().Header.VisitAll(func(name, value []byte) { r.Header.Add(string(name), string(value)) })
	answer := &heldAnswer{header: http.Header{}, status: http.StatusOK}
	s.cfg.MCP.ServeHTTP(answer, r)
	for name, values := range answer.header {
		for _, value := range values {
			c.Response().Header.Add(name, value)
		}
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.Status(answer.status).Send(answer.body.Bytes())
}

// mostInBatch bounds the questions of one request, which takes one turn and one request of a client's share however many there are.
const mostInBatch = 16

// maxQuestions is how long the questions of one request may be in bytes: as long as those that addresses ask, [mostInBatch] times.
const maxQuestions = mostInBatch * maxHeader

// batchOf counts the questions in a body: 0 where it is no list, in which case it is one or none.
func batchOf(body []byte) int {
	if body = bytes.TrimLeft(body, " \t\r\n"); len(body) == 0 || body[0] != '[' {
		return 0
	}
	var questions []json.RawMessage
	if json.Unmarshal(body, &questions) != nil {
		return 0 // which the handler says
	}
	return len(questions)
}

// mayAsk reports whether a page of an origin may ask: the public address's own pages, or, where there is none, pages on the
// reader's own machine. A name that an attacker points at that machine (DNS rebinding) is neither.
func (s *Server) mayAsk(origin string) bool {
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" {
		return false
	}
	if s.cfg.PublicURL != "" {
		public, err := url.Parse(s.cfg.PublicURL)
		return err == nil && u.Scheme == public.Scheme && u.Host == public.Host
	}
	switch u.Hostname() {
	case "localhost", "127.0.0.1", "::1":
		return true
	}
	return false
}

// heldAnswer is a response that is held until it is whole.
type heldAnswer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header implements [http.ResponseWriter].
func (a *heldAnswer) Header() http.Header { return a.header }

// WriteHeader implements [http.ResponseWriter].
func (a *heldAnswer) WriteHeader(status int) { a.status = status }

// Write implements [http.ResponseWriter].
func (a *heldAnswer) Write(p []byte) (int, error) { return a.body.Write(p) }
