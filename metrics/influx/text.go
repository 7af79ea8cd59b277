package influx

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// literal writes a string as a Flux literal. It and anyOf are the one place where text enters a query. Bound parameters exist in InfluxDB
// Cloud only. A dollar sign is escaped because "${" begins an expression.
// https://docs.influxdata.com/flux/v0/spec/lexical-elements/#string-literals
func literal(s string) string {
	var b strings.Builder
	b.Grow(len(s) + 2)
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\' || r == '$' || r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, `\x%02x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// anyOf writes a Flux regular expression that matches tags which are the encoded form of one of the strings, and no others.
// InfluxDB looks a regular expression up in its index once, where it weighs each of many comparisons for every series.
func anyOf(alternatives []string) string {
	patterns := make([]string, len(alternatives))
	for i, s := range alternatives {
		patterns[i] = strings.ReplaceAll(regexp.QuoteMeta(encode(s)), "/", `\/`)
	}
	return "/^(?:" + strings.Join(patterns, "|") + ")$/"
}

// instant writes a time as a Flux literal.
func instant(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000000Z") }

// blank stands for the empty string, which InfluxDB can't keep as a tag.
const blank = "%"

// encode writes any UTF-8 string so that it survives as a tag, a string field and a cell of CSV: control characters (line
// breaks end a line of the line protocol), the backslash (which swallows what follows it at the end of a tag) and the
// percent sign become % and two hexadecimal digits, and the empty string is a lone percent sign.
func encode(s string) string {
	if s == "" {
		return blank
	}
	if strings.IndexFunc(s, reserved) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if reserved(r) {
			fmt.Fprintf(&b, "%%%02X", r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

func reserved(r rune) bool { return r < ' ' || r == 0x7f || r == '%' || r == '\\' }

// decode reads what encode wrote.
func decode(s string) (string, error) {
	if s == blank {
		return "", nil
	}
	if !strings.Contains(s, "%") {
		return s, nil
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '%' {
			b.WriteByte(s[i])
			continue
		}
		if i+2 >= len(s) {
			return "", fmt.Errorf("%q ends within an escape", s)
		}
		high, low := strings.IndexByte(hexDigits, s[i+1]), strings.IndexByte(hexDigits, s[i+2])
		if high < 0 || low < 0 {
			return "", fmt.Errorf("%q has a bad escape", s)
		}
		b.WriteByte(byte(high<<4 | low))
		i += 2
	}
	return b.String(), nil
}

const hexDigits = "0123456789ABCDEF"

// measurementOf is the measurement that a kind of metric lives in, which can't be one of the ledger's own.
func measurementOf(kind string) string {
	m := encode(kind)
	if strings.HasPrefix(m, ownPrefix) || strings.HasPrefix(m, "_") || strings.HasPrefix(m, "#") {
		return fmt.Sprintf("%%%02X%s", m[0], m[1:])
	}
	return m
}
