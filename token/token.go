// Package token keeps the tokens that programs show to a server. What is kept of a token is its digest, so whoever reads
// the file, a backup of it or a log can't act with it.
//
// A token is 256 random bits, so a plain SHA-256 is enough: there is nothing to guess that a slow hash would protect.
package token

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Scopes that a token can have.
const (
	Read   = "read"   // full texts that are not public
	Ingest = "ingest" // starting an ingest
)

// Scopes returns all of them.
func Scopes() []string { return []string{Read, Ingest} }

// Token is what is known of a token: everything but the token.
type Token struct {
	ID      string    `json:"id"` // a part of the token; not secret
	Name    string    `json:"name"`
	Scopes  []string  `json:"scopes"`
	Created time.Time `json:"created"`
	Expires time.Time `json:"expires,omitzero"` // zero is never
	Digest  string    `json:"digest"`           // SHA-256 of the whole token, in hexadecimal
}

// Valid reports whether the token may be used at an instant.
func (t Token) Valid(at time.Time) bool { return t.Expires.IsZero() || at.Before(t.Expires) }

// Errors of this package.
var (
	ErrRefused = errors.New("token not accepted") // unknown, wrong or expired: which of these is not told
	ErrUnknown = errors.New("no such token")
	ErrInvalid = errors.New("not what a token can be")
	ErrDamaged = errors.New("token file damaged")
)

const (
	prefix      = "sb_" // for scanners that look for leaked secrets
	idBytes     = 5
	secretBytes = 32
	idLength    = idBytes * 8 / 5
	length      = len(prefix) + idLength + 1 + (secretBytes*8+4)/5
)

var alphabet = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// generate makes a new token: sb_ID_SECRET.
func generate() (id, secret string) {
	var b [idBytes + secretBytes]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	id = alphabet.EncodeToString(b[:idBytes])
	return id, prefix + id + "_" + alphabet.EncodeToString(b[idBytes:])
}

// idOf returns the id within a token, if it has the shape of one.
func idOf(secret string) (id string, ok bool) {
	if len(secret) != length || !strings.HasPrefix(secret, prefix) {
		return "", false
	}
	id = secret[len(prefix) : len(prefix)+idLength]
	return id, secret[len(prefix)+idLength] == '_' && plain(id) && plain(secret[len(prefix)+idLength+1:])
}

func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && (c < '2' || c > '7') {
			return false
		}
	}
	return true
}

func digest(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// Equal compares two secrets in a time that does not depend on where they differ, nor on their lengths.
func Equal(a, b string) bool {
	return subtle.ConstantTimeCompare([]byte(digest(a)), []byte(digest(b))) == 1
}

// verify finds the token that a secret belongs to.
func verify(tokens []Token, secret string, now time.Time) (Token, error) {
	id, ok := idOf(secret)
	if !ok {
		return Token{}, ErrRefused
	}
	for _, t := range tokens { // a clock before the last token was made is wrong: it brings no token back that had ended by then
		if t.Created.After(now) {
			now = t.Created
		}
	}
	given := []byte(digest(secret))
	for _, t := range tokens {
		if t.ID == id && subtle.ConstantTimeCompare([]byte(t.Digest), given) == 1 && t.Valid(now) {
			return t, nil
		}
	}
	return Token{}, ErrRefused
}

// maxName bounds a name, which is for people.
const maxName = 100

// check reports, wrapped in [ErrInvalid], why there can't be such a token.
func (t Token) check() error {
	if t.Name == "" || len(t.Name) > maxName || strings.ContainsFunc(t.Name, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return fmt.Errorf("%w: a name has 1 to %d characters on one line", ErrInvalid, maxName)
	}
	if len(t.Scopes) == 0 {
		return fmt.Errorf("%w: it has no scope; there are %s", ErrInvalid, strings.Join(Scopes(), ", "))
	}
	for _, s := range t.Scopes {
		if !slices.Contains(Scopes(), s) {
			return fmt.Errorf("%w: unknown scope %.40q; there are %s", ErrInvalid, s, strings.Join(Scopes(), ", "))
		}
	}
	if sum, err := hex.DecodeString(t.Digest); err != nil || len(sum) != sha256.Size || t.Digest != strings.ToLower(t.Digest) {
		return fmt.Errorf("%w: its digest is not one", ErrInvalid)
	}
	if len(t.ID) != idLength || !plain(t.ID) {
		return fmt.Errorf("%w: its id is not one", ErrInvalid)
	}
	return nil
}
