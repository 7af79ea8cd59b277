package server

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"

	"github.com/gofiber/fiber/v2"
)

// imageSandbox keeps an SVG from running script when it is opened on its own.
const imageSandbox = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

// file serves an image of a report.
func (s *Server) file(c *fiber.Ctx) error {
	name, err := url.PathUnescape(c.Params("*"))
	if err != nil {
		return fmt.Errorf("%w: %s", errNotFound, c.Path())
	}
	asset, err := s.cfg.Library.Asset(name)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !asset.Public && s.authorise(c, scopeRead) != nil {
		return fmt.Errorf("%w: %s", errNotFound, c.Path())
	}
	if err != nil {
		return err
	}
	etag := `"` + asset.Hash[:24] + `"`
	c.Set(fiber.HeaderETag, etag)
	c.Set(fiber.HeaderCacheControl, "public, max-age=86400")
	if !asset.Public {
		c.Set(fiber.HeaderCacheControl, "private, no-store") // else a cache in between gives it to everybody
	}
	c.Set(fiber.HeaderContentSecurityPolicy, imageSandbox)
	if matches(c.Request().Header.Peek(fiber.HeaderIfNoneMatch), etag) {
		return c.SendStatus(fiber.StatusNotModified)
	}
	// What can't be sent in part, or is as it was then, fasthttp says without the headers above.
	c.Request().Header.Del(fiber.HeaderRange)
	c.Request().Header.Del(fiber.HeaderIfModifiedSince)
	if err := c.SendFile(asset.File, false); err != nil {
		return err
	}
	c.Response().Header.Del(fiber.HeaderAcceptRanges)
	c.Set(fiber.HeaderContentType, asset.Type)
	return nil
}
