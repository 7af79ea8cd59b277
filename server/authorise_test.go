package server

import (
	"net/http"
	"strings"
	"testing"
)

// scoped are tokens by what they allow.
type scoped map[string][]string

func (s scoped) Scopes(token string) (scopes []string, ok bool) {
	scopes, ok = s[token]
	return scopes, ok
}

// TestScopes asks to ingest and to read with tokens of every kind. 501 is past the door: this server does not ingest.
func TestScopes(t *testing.T) {
	cfg := newTestServer(t).cfg
	cfg.Tokens = scoped{"reads": {scopeRead}, "ingests": {scopeIngest}, "both": {scopeRead, scopeIngest}, "nothing": {}}
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		authorization string
		status        int
		challenge     string
	}{
		{"", 401, `Bearer realm="scalebook"`},
		{"Basic cmVhZHM6", 401, `Bearer realm="scalebook"`},
		{"Bearer unknown", 401, `error="invalid_token"`},
		{"Bearer nothing", 403, `scope="ingest"`},
		{"Bearer reads", 403, `scope="ingest"`},
		{"Bearer ingests", 501, ""},
		{"Bearer both", 501, ""},
	} {
		status, header, body := request(t, s, http.MethodPost, "/api/v1/ingest", nil, "Authorization", c.authorization)
		if status != c.status || !strings.Contains(header.Get("WWW-Authenticate"), c.challenge) || (c.challenge == "") != (header.Get("WWW-Authenticate") == "") {
			t.Errorf("%q: %d, challenge %q, want %d, %q", c.authorization, status, header.Get("WWW-Authenticate"), c.status, c.challenge)
		}
		if secret := strings.TrimPrefix(c.authorization, "Bearer "); secret != "" && strings.Contains(body, secret) {
			t.Errorf("%q is in the answer: %s", secret, body)
		}
	}
	cfg.Tokens = nil
	if s, err = New(cfg); err != nil {
		t.Fatal(err)
	}
	if status, _, _ := request(t, s, http.MethodPost, "/api/v1/ingest", nil, "Authorization", "Bearer both"); status != 401 {
		t.Errorf("without tokens: %d", status)
	}
	if _, ok := Token("").Scopes(""); ok {
		t.Error("an empty token is accepted where none is set")
	}
}
