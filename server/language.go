package server

import (
	"sync"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
	"golang.org/x/text/language"
)

// languages of the interface, the default first.
var languages = language.NewMatcher([]language.Tag{language.Korean, language.English})

// lang returns the language of an answer, "ko" or "en": what the address asks for, else what was chosen before, else what
// the browser prefers.
func (s *Server) lang(c *fiber.Ctx) string { return s.languages.of(c.Context()) }

// accepted remembers which language a header Accept-Language comes to: there are few headers, and reading one takes longer
// than answering from the cache.
type accepted struct {
	mu    sync.RWMutex
	known map[string]string
}

// Bounds of what is remembered.
const (
	maxAccepted     = 1000
	longestAccepted = 200
)

// of returns the language of the answer to a request.
func (a *accepted) of(ctx *fasthttp.RequestCtx) string {
	if len(ctx.URI().QueryString()) > 0 {
		if lang := chosen(ctx.QueryArgs().Peek("lang")); lang != "" {
			return lang
		}
	}
	if lang := chosen(ctx.Request.Header.Cookie("lang")); lang != "" {
		return lang
	}
	header := ctx.Request.Header.Peek(fiber.HeaderAcceptLanguage)
	if len(header) == 0 {
		return "ko"
	}
	a.mu.RLock()
	lang, ok := a.known[string(header)]
	a.mu.RUnlock()
	if ok {
		return lang
	}
	lang = preferred(string(header))
	if len(header) <= longestAccepted {
		a.mu.Lock()
		defer a.mu.Unlock()
		if a.known == nil || len(a.known) >= maxAccepted {
			a.known = map[string]string{}
		}
		a.known[string(header)] = lang
	}
	return lang
}

func chosen(choice []byte) string {
	switch string(choice) {
	case "ko":
		return "ko"
	case "en":
		return "en"
	}
	return ""
}

// preferred is the language that a browser asks for.
func preferred(header string) string {
	accepted, _, err := language.ParseAcceptLanguage(header)
	if err != nil || len(accepted) == 0 {
		return "ko"
	}
	if _, i, confidence := languages.Match(accepted...); confidence > language.No && i == 1 {
		return "en"
	}
	return "ko"
}
