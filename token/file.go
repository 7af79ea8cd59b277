package token

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gofrs/flock"
)

// maxFile bounds what is read: some thousand tokens.
const maxFile = 1 << 20

// formatVersion is that of the file.
const formatVersion = 1

type document struct {
	Version int     `json:"version"`
	Tokens  []Token `json:"tokens"`
}

// File keeps tokens in a JSON file that only its owner can read. It is safe for concurrent use, by several processes too:
// a change is whole or not at all, and a running server sees it at the next request.
type File struct {
	path string

	mu     sync.Mutex
	seen   fs.FileInfo // what tokens were read from; nil if nothing was, or there was no file
	tokens []Token
}

// NewFile returns the tokens kept at path. No file is no token.
func NewFile(path string) *File { return &File{path: path} }

// List returns the tokens, the oldest first. A file that can't be understood is [ErrDamaged].
func (f *File) List() ([]Token, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	info, err := os.Stat(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		f.seen, f.tokens = nil, nil
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("tokens: %w", err)
	}
	if f.seen != nil && os.SameFile(f.seen, info) && f.seen.Size() == info.Size() && f.seen.ModTime().Equal(info.ModTime()) {
		return slices.Clone(f.tokens), nil
	}
	tokens, err := read(f.path)
	if err != nil {
		return nil, fmt.Errorf("tokens %s: %w", f.path, err)
	}
	f.seen, f.tokens = info, tokens
	return slices.Clone(tokens), nil
}

// Verify returns the token that a secret belongs to, or [ErrRefused]. The time it takes tells nothing of a secret.
func (f *File) Verify(secret string, now time.Time) (Token, error) {
	tokens, err := f.List()
	if err != nil {
		return Token{}, err
	}
	return verify(tokens, secret, now)
}

// Add makes a token and returns its secret, which is nowhere else: it can't be shown again. A lifetime of zero is for ever.
func (f *File) Add(name string, scopes []string, now time.Time, lifetime time.Duration) (secret string, t Token, err error) {
	err = f.change(func(tokens []Token) ([]Token, error) {
		secret, t, err = newToken(name, scopes, now, lifetime)
		return append(tokens, t), err
	})
	return secret, t, err
}

// Rotate makes a token with the name, scopes and lifetime of another, which goes on for the grace period at most.
func (f *File) Rotate(id string, now time.Time, grace time.Duration) (secret string, t Token, err error) {
	err = f.change(func(tokens []Token) ([]Token, error) {
		i := slices.IndexFunc(tokens, func(t Token) bool { return t.ID == id })
		if i < 0 {
			return nil, fmt.Errorf("%w: %s", ErrUnknown, id)
		}
		old := &tokens[i]
		var lifetime time.Duration
		if !old.Expires.IsZero() {
			lifetime = old.Expires.Sub(old.Created)
		}
		if secret, t, err = newToken(old.Name, old.Scopes, now, lifetime); err != nil {
			return nil, err
		}
		if end := now.UTC().Truncate(time.Second).Add(grace); old.Expires.IsZero() || end.Before(old.Expires) {
			old.Expires = end
		}
		return append(tokens, t), nil
	})
	return secret, t, err
}

// Revoke forgets a token, at once.
func (f *File) Revoke(id string) error {
	return f.change(func(tokens []Token) ([]Token, error) {
		left := slices.DeleteFunc(slices.Clone(tokens), func(t Token) bool { return t.ID == id })
		if len(left) == len(tokens) {
			return nil, fmt.Errorf("%w: %s", ErrUnknown, id)
		}
		return left, nil
	})
}

func newToken(name string, scopes []string, now time.Time, lifetime time.Duration) (secret string, t Token, err error) {
	id, secret := generate()
	t = Token{ID: id, Name: name, Scopes: slices.Compact(slices.Sorted(slices.Values(scopes))), Created: now.UTC().Truncate(time.Second), Digest: digest(secret)}
	if lifetime > 0 {
		t.Expires = t.Created.Add(lifetime)
	}
	return secret, t, t.check()
}

// change rewrites the file while no other process does.
func (f *File) change(do func([]Token) ([]Token, error)) error {
	if err := os.MkdirAll(filepath.Dir(f.path), 0o755); err != nil {
		return fmt.Errorf("tokens: %w", err)
	}
	lock := flock.New(f.path + ".lock")
	if err := lock.Lock(); err != nil {
		return fmt.Errorf("tokens: %w", err)
	}
	defer lock.Unlock()
	tokens, err := f.List()
	if err != nil {
		return err
	}
	if tokens, err = do(tokens); err != nil {
		return err
	}
	if err := write(f.path, tokens); err != nil {
		return fmt.Errorf("tokens %s: %w", f.path, err)
	}
	return nil
}

func read(path string) ([]Token, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err != nil {
		return nil, err
	}
	return parse(text)
}

// parse reads a token file. The text of an error has nothing of the file in it.
func parse(text []byte) ([]Token, error) {
	var d document
	switch {
	case len(text) > maxFile:
		return nil, fmt.Errorf("%w: it is longer than %d bytes", ErrDamaged, maxFile)
	case json.Unmarshal(text, &d) != nil:
		return nil, fmt.Errorf("%w: it is not JSON of tokens", ErrDamaged)
	case d.Version != formatVersion:
		return nil, fmt.Errorf("%w: its version is %d, not %d", ErrDamaged, d.Version, formatVersion)
	}
	known := map[string]bool{}
	for i, t := range d.Tokens {
		if err := t.check(); err != nil {
			return nil, fmt.Errorf("%w: token %d: %s", ErrDamaged, i+1, strings.TrimPrefix(err.Error(), ErrInvalid.Error()+": "))
		}
		if known[t.ID] {
			return nil, fmt.Errorf("%w: token %d has the id of another", ErrDamaged, i+1)
		}
		known[t.ID] = true
	}
	return d.Tokens, nil
}

// write replaces the file by another one, so that readers have the one or the other.
func write(path string, tokens []Token) error {
	text, err := json.MarshalIndent(document{formatVersion, tokens}, "", "  ")
	if err != nil {
		return err
	}
	if len(text) > maxFile {
		return fmt.Errorf("%w: there is no room for more tokens; revoke some", ErrInvalid)
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".tokens-*") // with permission for its owner alone
	if err != nil {
		return err
	}
	_, err = file.Write(append(text, '\n'))
	if err = errors.Join(err, file.Sync(), file.Close()); err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return nil
}
