package server

import (
	"crypto/sha256"
	"crypto/subtle"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// What a token can allow.
const (
	scopeRead   = "read"   // full texts that are not public
	scopeIngest = "ingest" // starting an ingest
)

// Tokens knows what tokens allow. Comparing takes a time that tells nothing of the right token.
type Tokens interface {
	// Scopes returns what a token allows; ok is false for one that is unknown, expired or revoked, or can't be looked up.
	Scopes(token string) (scopes []string, ok bool)
}

// Token is one token that allows everything; an empty one allows nothing.
type Token string

// Scopes implements [Tokens].
func (t Token) Scopes(token string) (scopes []string, ok bool) {
	given, want := sha256.Sum256([]byte(token)), sha256.Sum256([]byte(t))
	if t == "" || subtle.ConstantTimeCompare(given[:], want[:]) != 1 {
		return nil, false
	}
	return []string{scopeRead, scopeIngest}, true
}

// authorise returns nil where the request's bearer token has the scope. Else the answer is 401, or 403 for a token that is
// valid for other things (RFC 6750, 3.1).
func (s *Server) authorise(c *fiber.Ctx, scope string) error {
	token, shown := strings.CutPrefix(c.Get(fiber.HeaderAuthorization), "Bearer ")
	if !shown || s.cfg.Tokens == nil {
		return unauthorised{`Bearer realm="scalebook"`, fiber.NewError(fiber.StatusUnauthorized, "an API token is needed")}
	}
	scopes, ok := s.cfg.Tokens.Scopes(token)
	if !ok {
		return unauthorised{`Bearer realm="scalebook", error="invalid_token"`, fiber.NewError(fiber.StatusUnauthorized, "the API token is not valid")}
	}
	for _, has := range scopes {
		if has == scope {
			return nil
		}
	}
	return unauthorised{`Bearer realm="scalebook", error="insufficient_scope", scope="` + scope + `"`,
		fiber.NewError(fiber.StatusForbidden, "the API token lacks the scope "+scope)}
}

// unauthorised is a refusal with its challenge.
type unauthorised struct {
	challenge string
	error     *fiber.Error
}

func (u unauthorised) Error() string { return u.error.Message }

func (u unauthorised) Unwrap() error { return u.error }
