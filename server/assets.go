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
	key := "asset/" + strings.Clone(c.Params("hash")) + "/" + name
	r, kept := s.responses.get(key)
	if !kept {
		r = newResponse(asset.Type, "", asset.Body)
		s.responses.put(key, r)
	}
	if err := r.send(c, `"`+c.Params("hash")+`"`); err != nil {
		return err
	}
	if current {
		c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	}
	return nil
}
