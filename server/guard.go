package server

import (
	"bytes"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// contentSecurityPolicy lets a page load only what this server has: no inline script or style, no other host.
const contentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "

// guard refuses requests whose framing two parties could read differently and bodies that are packed, a million of which can be the size
// of one that is not, and sets the headers every answer carries.
func (s *Server) guard(c *fiber.Ctx) error {
	s.protect(c)
	clear, chunked := framing(c.Request().Header.RawHeaders())
	if !clear {
		c.Context().SetConnectionClose()
		return fiber.NewError(fiber.StatusBadRequest, "the request's headers can be read in more than one way")
	}
	if chunked {
		c.Context().SetConnectionClose()
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

// framing reports whether headers can be read in one way alone: where the request ends, and which host it is for. They can't where they give
// a body's length in more than one way: both Content-Length and Transfer-Encoding, either of them twice, or a transfer coding
// other than chunked. Whoever forwards such a request may see its end elsewhere (RFC 9112, 6.3), so a second request could
// hide in the body. A NUL, or a carriage return within a line, may end the header for one reader and not for another, a name with a
// character that names don't have (RFC 9110, 5.6.2) or a line that continues the one before may be another header, which comes
// to the same. Of two hosts (RFC 9112, 3.2) a cache may take one and who answers the other.
//
// chunked is whether the body comes in chunks. Of their extensions readers see the end differently, and this program does not read them, so a
// connection is to be closed after such a body: what may be left of it is no request of anybody.
func framing(raw []byte) (clear, chunked bool) {
	if bytes.IndexByte(raw, 0) >= 0 || bytes.Count(raw, []byte("\r")) != bytes.Count(raw, []byte("\r\n")) {
		return false, false
	}
	var hosts, lengths, codings int
	for len(raw) > 0 {
		var line []byte
		line, raw, _ = bytes.Cut(raw, []byte("\n"))
		line = bytes.TrimSuffix(line, []byte("\r"))
		if len(line) == 0 {
			continue
		}
		name, value, ok := bytes.Cut(line, []byte(":"))
		if !ok || !isToken(name) {
			return false, false
		}
		switch {
		case bytes.EqualFold(name, []byte("content-length")):
			lengths++
		case bytes.EqualFold(name, []byte("transfer-encoding")):
			codings++
			if !bytes.EqualFold(bytes.Trim(value, " \t"), []byte("chunked")) {
				return false, false
			}
		case bytes.EqualFold(name, []byte("host")):
			hosts++
		}
	}
	return hosts <= 1 && lengths+codings <= 1, codings > 0
}

// isToken reports whether a header may be called so.
func isToken(name []byte) bool {
	for _, c := range name {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-':
		case strings.IndexByte("!#$%&'*+.^_`|~", c) < 0:
			return false
		}
	}
	return len(name) > 0
}
