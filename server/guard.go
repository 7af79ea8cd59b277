package server

import (
	"bytes"

	"github.com/gofiber/fiber/v2"
)

// contentSecurityPolicy lets a page load only what this server has: no inline script or style, no other host.
const contentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "

// guard refuses requests whose framing two parties could read differently and bodies that are packed, a million of which can be the size
// of one that is not, and sets the headers every answer carries.
func (s *Server) guard(c *fiber.Ctx) error {
	s.protect(c)
	if ambiguous(c.Request().Header.RawHeaders()) {
		c.Context().SetConnectionClose()
		return fiber.NewError(fiber.StatusBadRequest, "the request's headers can be read in more than one way")
	}
	if coding := c.Request().Header.Peek(fiber.HeaderContentEncoding); len(coding) > 0 && !bytes.EqualFold(coding, []byte("identity")) {
		c.Set(fiber.HeaderAcceptEncoding, "identity") // RFC 9110, 12.5.3: of what this server takes
		return fiber.NewError(fiber.StatusUnsupportedMediaType, "a body is taken as it is, without Content-Encoding")
	}
	return c.Next()
}

// protect sets the headers every answer carries, those to requests that never reached a handler too.
func (s *Server) protect(c *fiber.Ctx) {
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	c.Set(fiber.HeaderReferrerPolicy, "strict-origin-when-cross-origin")
	c.Set(fiber.HeaderPermissionsPolicy, "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
	c.Set("Cross-Origin-Opener-Policy", "same-origin")
	c.Set(fiber.HeaderContentSecurityPolicy, contentSecurityPolicy+"frame-ancestors "+s.frameAncestors)
	if s.frameAncestors == "'none'" {
		c.Set(fiber.HeaderXFrameOptions, "DENY")
	}
}

// ambiguous reports whether two parties could read headers differently: where the request ends, or which host it is for. Headers that
// give a body's length in more than one way have both Content-Length and Transfer-Encoding, either of them twice, or a transfer
// coding other than chunked. Whoever forwards such a request may see its end elsewhere (RFC 9112, 6.3), so a second request could
// hide in the body. A NUL, or a carriage return within a line, may end the header for one reader and not for another, which comes
// to the same. Of two hosts (RFC 9112, 3.2) a cache may take one and who answers the other.
func ambiguous(raw []byte) bool {
	if bytes.IndexByte(raw, 0) >= 0 || bytes.Count(raw, []byte("\r")) != bytes.Count(raw, []byte("\r\n")) {
		return true
	}
	var hosts, lengths, codings int
	for len(raw) > 0 {
		var line []byte
		line, raw, _ = bytes.Cut(raw, []byte("\n"))
		name, value, ok := bytes.Cut(line, []byte(":"))
		if !ok {
			continue
		}
		switch name = bytes.TrimSpace(name); {
		case bytes.EqualFold(name, []byte("content-length")):
			lengths++
		case bytes.EqualFold(name, []byte("transfer-encoding")):
			codings++
			if !bytes.EqualFold(bytes.TrimSpace(value), []byte("chunked")) {
				return true
			}
		case bytes.EqualFold(name, []byte("host")):
			hosts++
		}
	}
	return hosts > 1 || lengths+codings > 1
}
