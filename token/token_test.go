package token

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

var noon = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

const day = 24 * time.Hour

func TestLifeOfAToken(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tokens.json")
	f, server := NewFile(path), NewFile(path) // two processes
	if _, err := server.Verify("anything", noon); !errors.Is(err, ErrRefused) {
		t.Errorf("without a file: %v", err)
	}
	secret, made, err := f.Add("deploy", []string{Ingest}, noon, 30*day)
	if err != nil {
		t.Fatal(err)
	}
	got, err := server.Verify(secret, noon)
	if err != nil || got.ID != made.ID || len(got.Scopes) != 1 || got.Scopes[0] != Ingest {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := server.Verify(secret, noon.Add(30*day)); !errors.Is(err, ErrRefused) {
		t.Errorf("after its end: %v", err)
	}
	for i := range secret { // any other character anywhere
		other := []byte(secret)
		if other[i]++; string(other) == secret {
			t.Fatal("no other")
		}
		if _, err := server.Verify(string(other), noon); !errors.Is(err, ErrRefused) {
			t.Errorf("character %d changed: %v", i, err)
		}
	}
	for _, other := range []string{"", secret[:len(secret)-1], secret + "a", " " + secret, strings.ToUpper(secret), made.Digest, made.ID} {
		if _, err := server.Verify(other, noon); !errors.Is(err, ErrRefused) {
			t.Errorf("%q: %v", other, err)
		}
	}

	next, rotated, err := f.Rotate(made.ID, noon.Add(10*day), day)
	if err != nil || rotated.ID == made.ID || !rotated.Expires.Equal(noon.Add(40*day)) || rotated.Name != "deploy" {
		t.Fatalf("rotated to %+v, %v", rotated, err)
	}
	for _, c := range []struct {
		secret string
		at     time.Time
		ok     bool
	}{
		{secret, noon.Add(10*day + 23*time.Hour), true},
		{secret, noon.Add(11 * day), false},
		{next, noon.Add(39 * day), true},
	} {
		if _, err := server.Verify(c.secret, c.at); (err == nil) != c.ok {
			t.Errorf("%s at %s: %v", c.secret[:11], c.at, err)
		}
	}
	if err := f.Revoke(rotated.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := server.Verify(next, noon.Add(10*day)); !errors.Is(err, ErrRefused) {
		t.Errorf("revoked: %v", err)
	}
	if err := f.Revoke(rotated.ID); !errors.Is(err, ErrUnknown) {
		t.Errorf("revoked twice: %v", err)
	}
	if _, _, err := f.Rotate("nobody", noon, 0); !errors.Is(err, ErrUnknown) {
		t.Errorf("rotated nobody's: %v", err)
	}
}

func TestSecretsAreNotKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tokens.json")
	f := NewFile(path)
	secret, _, err := f.Add("reader", []string{Read, Read}, noon, 0)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if rest := secret[len(prefix)+idLength+1:]; strings.Contains(string(text), rest) {
		t.Error("the file has the secret in it")
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if tokens, err := f.List(); err != nil || len(tokens) != 1 || len(tokens[0].Scopes) != 1 {
		t.Errorf("%+v, %v", tokens, err)
	}
}

func TestWhatCanBeNoToken(t *testing.T) {
	f := NewFile(filepath.Join(t.TempDir(), "tokens.json"))
	for name, scopes := range map[string][]string{
		"": {Read}, "two\nlines": {Read}, strings.Repeat("n", 101): {Read}, "nothing": nil, "everything": {"root"},
	} {
		if _, _, err := f.Add(name, scopes, noon, 0); !errors.Is(err, ErrInvalid) {
			t.Errorf("%.20q %v: %v", name, scopes, err)
		}
	}
	if tokens, err := f.List(); err != nil || len(tokens) != 0 {
		t.Errorf("%v, %v", tokens, err)
	}
}

// Nothing is accepted, and nothing is written over, where the file can't be understood.
func TestDamagedFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tokens.json")
	secret, _, err := NewFile(path).Add("a", []string{Read}, noon, 0)
	if err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	one := string(whole[strings.Index(string(whole), "{\n      "):strings.LastIndex(string(whole), "}\n  ]")]) + "}"
	for name, text := range map[string]string{
		"cut":           string(whole[:len(whole)/2]),
		"empty":         "",
		"other version": strings.Replace(string(whole), `"version": 1`, `"version": 2`, 1),
		"no digest":     strings.Replace(string(whole), `"digest": "`, `"digest": "0`, 1),
		"scope":         strings.Replace(string(whole), `"read"`, `"root"`, 1),
		"twice":         strings.Replace(string(whole), one, one+","+one, 1),
		"too long":      string(whole) + strings.Repeat(" ", maxFile),
	} {
		if text == string(whole) {
			t.Fatalf("%s: nothing is damaged", name)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		f := NewFile(path)
		if _, err := f.Verify(secret, noon); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: verified: %v", name, err)
		}
		if _, _, err := f.Add("b", []string{Read}, noon, 0); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: added: %v", name, err)
		}
		if left, err := os.ReadFile(path); err != nil || string(left) != text {
			t.Errorf("%s: the file was changed (%v)", name, err)
		}
	}
}

func TestConcurrentChanges(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tokens.json")
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			if _, _, err := NewFile(path).Add(fmt.Sprint("n", i), []string{Read}, noon, 0); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if tokens, err := NewFile(path).List(); err != nil || len(tokens) != 20 {
		t.Errorf("%d tokens (%v), want 20", len(tokens), err)
	}
}

// FuzzParse: whatever the file is, reading it either gives tokens that can be written and read again, or ErrDamaged.
func FuzzParse(f *testing.F) {
	path := filepath.Join(f.TempDir(), "tokens.json")
	for range 2 {
		if _, _, err := NewFile(path).Add("seed", Scopes(), noon, day); err != nil {
			f.Fatal(err)
		}
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add([]byte(`{"version":1}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		tokens, err := parse(text)
		if err != nil {
			if !errors.Is(err, ErrDamaged) {
				t.Errorf("%v, want ErrDamaged", err)
			}
			return
		}
		again := filepath.Join(t.TempDir(), "tokens.json")
		if err := write(again, tokens); err != nil {
			return // longer once indented
		}
		if back, err := read(again); err != nil || len(back) != len(tokens) {
			t.Errorf("%d tokens written, %d read: %v", len(tokens), len(back), err)
		}
	})
}

// TestClockJumps: a clock that is behind brings back no token that had ended when another was made, and keeps nobody out; one that is ahead
// ends what ends, and no more.
func TestClockJumps(t *testing.T) {
	f := NewFile(filepath.Join(t.TempDir(), "tokens.json"))
	add := func(at time.Time, lifetime time.Duration) string {
		t.Helper()
		secret, _, err := f.Add("a", []string{Read}, at, lifetime)
		if err != nil {
			t.Fatal(err)
		}
		return secret
	}
	ended, forever := add(noon, day), add(noon, 0)
	lasting := add(noon.Add(40*day), 30*day)
	for name, at := range map[string]time.Time{"1970": time.Unix(5, 0), "a second back": noon.Add(40*day - time.Second), "right": noon.Add(41 * day)} {
		for secret, want := range map[string]bool{ended: false, forever: true, lasting: true} {
			if _, err := f.Verify(secret, at); (err == nil) != want {
				t.Errorf("%s: %s: %v", name, secret[:11], err)
			}
		}
	}
	if _, err := f.Verify(lasting, noon.AddDate(200, 0, 0)); !errors.Is(err, ErrRefused) {
		t.Errorf("far ahead: %v", err)
	}
	if _, err := f.Verify(lasting, noon.Add(41*day)); err != nil {
		t.Errorf("with the clock right again: %v", err)
	}
}
