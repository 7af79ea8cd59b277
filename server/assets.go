package server

import (
	"fmt"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// asset serves a style sheet, script or font. Its address changes with its content, so it may be kept for good.
func (s *Server) asset(c *fiber.Ctx) error {
	name := strings.Clone(c.Params("*"))
	asset, current, ok := s.cfg.Templates.Asset(c.Params("hash"), name)
	if !ok {
		return fmt.Errorf("%w: %s", errNotFound, c.Path())
	}
	c.Set(fiber.HeaderContentType, asset.Type)
	c.Vary(fiber.HeaderAcceptEncoding)
	c.Set(fiber.HeaderCacheControl, "no-cache")
	if current {
		etag := `"` + c.Params("hash") + `"`
		c.Set(fiber.HeaderETag, etag)
		c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
		if matches(c.Request().Header.Peek(fiber.HeaderIfNoneMatch), etag) {
			return c.SendStatus(fiber.StatusNotModified)
		}
	}
	key := fmt.Sprint("asset ", current, name)
	r, kept := s.responses.get([]byte(key), revision{})
	if !kept {
		r = newResponse(&c.Response().Header, asset.Body)
		s.responses.put(key, revision{}, r)
	}
	if r.writeBody(c.Context()) {
		s.responses.weigh(r)
	}
	return nil
}
