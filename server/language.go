package server

import (
	"github.com/gofiber/fiber/v2"
	"golang.org/x/text/language"
)

// languages of the interface, the default first.
var languages = language.NewMatcher([]language.Tag{language.Korean, language.English})

// lang returns the language of an answer, "ko" or "en": what the address asks for, else what was chosen before, else what
// the browser prefers.
func (s *Server) lang(c *fiber.Ctx) string {
	for _, choice := range []string{c.Query("lang"), c.Cookies("lang")} {
		switch choice {
		case "ko":
			return "ko"
		case "en":
			return "en"
		}
	}
	accepted, _, err := language.ParseAcceptLanguage(c.Get(fiber.HeaderAcceptLanguage))
	if err != nil || len(accepted) == 0 {
		return "ko"
	}
	if _, i, confidence := languages.Match(accepted...); confidence > language.No && i == 1 {
		return "en"
	}
	return "ko"
}
