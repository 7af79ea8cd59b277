package influx

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

func seeds(f *testing.F) {
	for _, s := range []string{
		"", "plain", `"`, `\`, `\"`, "${r}", "$", "a\nb\r\t", "%", "%25", "%-", "한국어", "🚀", "\x00", "\x7f", `") |> drop() //`, "ledger_state", "_x",
	} {
		f.Add(s)
	}
}

// FuzzLiteral reads the literal back by the rules of Flux, of which those of Go's strings are a part, and looks for what
// could end it early or begin an expression.
func FuzzLiteral(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			t.Skip("a ledger keeps UTF-8 only")
		}
		got := literal(s)
		inside := got[1 : len(got)-1]
		if strings.ContainsAny(inside, "\"$\n\r\x00") {
			t.Errorf("literal(%q) = %s, with a character that Flux gives a meaning", s, got)
		}
		back, err := strconv.Unquote(got)
		if err != nil || back != s {
			t.Errorf("literal(%q) = %s, which reads %q (%v)", s, got, back, err)
		}
	})
}

// FuzzAnyOf compiles what Flux would, and matches it against the strings and their neighbours.
func FuzzAnyOf(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			t.Skip("a ledger keeps UTF-8 only")
		}
		got := anyOf([]string{s, "other"})
		inside := got[1 : len(got)-1]
		for i := range len(inside) {
			if inside[i] == '/' && inside[i-1] != '\\' || inside[i] < ' ' {
				t.Fatalf("anyOf(%q) = %s, which ends early", s, got)
			}
		}
		re, err := regexp.Compile(strings.ReplaceAll(inside, `\/`, "/"))
		if err != nil {
			t.Fatalf("anyOf(%q) = %s: %v", s, got, err)
		}
		for _, same := range []string{s, "other"} {
			if !re.MatchString(encode(same)) {
				t.Errorf("anyOf(%q) does not match %q", s, same)
			}
		}
		for _, other := range []string{s + "x", "x" + s, s + "\n", "othe", ""} {
			if other != s && re.MatchString(encode(other)) {
				t.Errorf("anyOf(%q) matches %q", s, other)
			}
		}
	})
}

func FuzzEncode(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			t.Skip("a ledger keeps UTF-8 only")
		}
		got := encode(s)
		if got == "" || strings.ContainsAny(got, "\n\r\t\x00\\") {
			t.Errorf("encode(%q) = %q, which InfluxDB can't keep", s, got)
		}
		if back, err := decode(got); err != nil || back != s {
			t.Errorf("decode(%q) = %q (%v), want %q", got, back, err, s)
		}
		if m := measurementOf(s); strings.HasPrefix(m, ownPrefix) || strings.HasPrefix(m, "_") {
			t.Errorf("measurementOf(%q) = %q, which is reserved", s, m)
		}
	})
}

func FuzzDecode(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, s string) {
		if back, err := decode(s); err == nil && strings.Count(s, "%") == 0 && back != s {
			t.Errorf("decode(%q) = %q", s, back)
		}
	})
}
