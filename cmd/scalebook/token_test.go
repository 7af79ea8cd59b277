package main

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestTokens makes, replaces and revokes tokens by the command line beside a running server, and looks for their secrets
// where they may not be.
func TestTokens(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	var everything strings.Builder // but what add and rotate print
	run := func(args ...string) (string, int) {
		t.Helper()
		var out, problems bytes.Buffer
		code := Program{Args: append(args, "--data", dir), Stdout: &out, Stderr: &problems, Getenv: func(string) string { return "" }}.Run(t.Context())
		everything.WriteString(problems.String())
		return out.String(), code
	}
	log := slog.New(slog.NewTextHandler(&everything, nil))
	server := Program{Getenv: func(name string) string { return map[string]string{"SCALEBOOK_API_TOKEN": "of the environment"}[name] }}.tokens(dir, log)
	accepted := func(secret string, want ...string) {
		t.Helper()
		if got, ok := server.Scopes(secret); ok != (len(want) > 0) || !slices.Equal(got, want) {
			t.Errorf("allows %v, want %v", got, want)
		}
	}

	accepted("of the environment", "read", "ingest")
	accepted("")
	first, code := run("token", "add", "--scope", "ingest", "nightly")
	if first = strings.TrimSpace(first); code != exitOK || len(strings.Fields(first)) != 1 {
		t.Fatalf("exit %d: stdout is not the token alone", code)
	}
	accepted(first, "ingest")
	id := first[3:11]
	second, code := run("token", "rotate", "--grace", "0s", id)
	if second = strings.TrimSpace(second); code != exitOK {
		t.Fatalf("rotate: exit %d", code)
	}
	accepted(first)
	accepted(second, "ingest")
	list, code := run("token", "list")
	if code != exitOK || strings.Count(list, "nightly") != 2 || strings.Count(list, "(expired)") != 1 {
		t.Errorf("exit %d: %s", code, list)
	}
	figures := t.TempDir()
	if err := os.WriteFile(filepath.Join(figures, "scores.csv"), []byte("metric,subject,time,value\nexam,a,2024-01-01,0.5\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, code := run("ingest", "--from", figures, "csv"); code != exitOK {
		t.Fatal(everything.String())
	}
	found, code := run("doctor")
	if code != exitOK || !strings.Contains(found, "ok     tokens: 2 tokens, 1 of them expired") {
		t.Errorf("doctor: exit %d: %s", code, found)
	}
	everything.WriteString(list + found)
	if _, code := run("token", "revoke", second[3:11]); code != exitOK {
		t.Errorf("revoke: exit %d", code)
	}
	accepted(second)

	for _, c := range []struct {
		args []string
		code int
	}{
		{[]string{"token", "revoke", "abcdefgh"}, exitFailed},
		{[]string{"token", "add", "--scope", "root", "n"}, exitFailed},
		{[]string{"token", "add", "n"}, exitFailed},
		{[]string{"token", "add"}, exitUsage},
		{[]string{"token", "add", "--scope", "read", "--days", "-1", "n"}, exitUsage},
	} {
		if out, code := run(c.args...); code != c.code || out != "" {
			t.Errorf("%v: exit %d, want %d: %s", c.args, code, c.code, out)
		}
	}

	file := filepath.Join(dir, "tokens.json")
	if err := os.WriteFile(file, []byte(`{"version":1,"tokens":[{"name":"`+first+`"}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	accepted(first)
	accepted("of the environment", "read", "ingest")
	found, code = run("doctor")
	if code != exitFailed || !strings.Contains(found, "wrong  tokens: ") || !strings.Contains(found, "mend: ") {
		t.Errorf("doctor: exit %d: %s", code, found)
	}
	everything.WriteString(found)
	for _, secret := range []string{first[11:], second[11:], "of the environment"} {
		if strings.Contains(everything.String(), secret) {
			t.Errorf("a secret was told: %s", everything.String())
		}
	}
}
