// Package mathml sets the TeX that reports use as MathML, so that formulas are typeset by the browser alone: without
// script, fonts of their own or styles in attributes.
//
// It reads fractions, roots, scripts, Greek, operators, named functions, text, fences, accents, braces over and under,
// and matrices and cases. What it can't read it leaves to the caller to show as source.
package mathml

import (
	"errors"
	"fmt"
	"html"
	"strings"
	"unicode"
)

// ErrUnknown says that a formula uses what this package can't set.
var ErrUnknown = errors.New("can't be set as MathML")

// maxDepth bounds the nesting of groups.
const maxDepth = 40

// Convert returns a formula, without its dollar signs, as a math element. display sets it on a line of its own. source is
// kept as the annotation that readers copy.
func Convert(tex, source string, display bool) (string, error) {
	p := &parser{src: []rune(tex)}
	row, err := p.row(nil)
	if err != nil {
		return "", err
	}
	if row == "" {
		return "", fmt.Errorf("%w: empty", ErrUnknown)
	}
	attr := ""
	if display {
		attr = ` display="block"`
	}
	return "<math" + attr + "><semantics><mrow>" + row + `</mrow><annotation encoding="application/x-tex">` +
		html.EscapeString(source) + "</annotation></semantics></math>", nil
}

type parser struct {
	src   []rune
	at    int
	depth int
}

// closing says at what a row ends; it consumes what it recognises.
type closing func(p *parser) bool

func (p *parser) peek() rune {
	if p.at < len(p.src) {
		return p.src[p.at]
	}
	return 0
}

func (p *parser) skipSpace() {
	for p.at < len(p.src) && unicode.IsSpace(p.src[p.at]) {
		p.at++
	}
}

// command reads the name behind a backslash.
func (p *parser) command() string {
	start := p.at
	for p.at < len(p.src) && (p.src[p.at] >= 'a' && p.src[p.at] <= 'z' || p.src[p.at] >= 'A' && p.src[p.at] <= 'Z') {
		p.at++
	}
	if p.at == start && p.at < len(p.src) {
		p.at++
	}
	return string(p.src[start:p.at])
}

// row reads atoms with their scripts up to the end, or to what end recognises.
func (p *parser) row(end closing) (string, error) {
	if p.depth++; p.depth > maxDepth {
		return "", fmt.Errorf("%w: nested too deep", ErrUnknown)
	}
	defer func() { p.depth-- }()
	var b strings.Builder
	for {
		p.skipSpace()
		if end != nil && end(p) {
			return b.String(), nil
		}
		if p.at >= len(p.src) {
			if end != nil {
				return "", fmt.Errorf("%w: a group is not closed", ErrUnknown)
			}
			return b.String(), nil
		}
		a, under, err := p.atom()
		if err != nil {
			return "", err
		}
		if a, err = p.scripts(a, under); err != nil {
			return "", err
		}
		b.WriteString(a)
	}
}

// scripts reads what is raised and lowered behind an atom; under sets it above and below, as for a sum.
func (p *parser) scripts(base string, under bool) (string, error) {
	var sub, sup string
	for {
		p.skipSpace()
		var err error
		switch c := p.peek(); {
		case c == '^' && sup == "":
			p.at++
			sup, err = p.argument()
		case c == '_' && sub == "":
			p.at++
			sub, err = p.argument()
		case c == '\'' && sup == "":
			primes := ""
			for p.peek() == '\'' {
				primes += "′"
				p.at++
			}
			sup = "<mo>" + primes + "</mo>"
		default:
			return join(base, sub, sup, under), nil
		}
		if err != nil {
			return "", err
		}
	}
}

// application stands between a function's name, with its scripts, and what it is applied to.
const application = "<mo>\u2061</mo>"

func join(base, sub, sup string, under bool) string {
	if name, function := strings.CutSuffix(base, application); function {
		return join(name, sub, sup, under) + application
	}
	names := [3]string{"msub", "msup", "msubsup"}
	if under {
		names = [3]string{"munder", "mover", "munderover"}
	}
	switch {
	case sub != "" && sup != "":
		return element(names[2], base+sub+sup)
	case sub != "":
		return element(names[0], base+sub)
	case sup != "":
		return element(names[1], base+sup)
	}
	return base
}

func element(name, content string) string { return "<" + name + ">" + content + "</" + name + ">" }

// argument reads what a command or a script applies to: a group or one atom.
func (p *parser) argument() (string, error) {
	p.skipSpace()
	if p.peek() == '{' {
		return p.group()
	}
	if p.at >= len(p.src) || p.peek() == '}' {
		return "", fmt.Errorf("%w: an argument is missing", ErrUnknown)
	}
	if c := p.peek(); unicode.IsDigit(c) {
		p.at++
		return element("mn", string(c)), nil
	}
	a, _, err := p.atom()
	return a, err
}

func (p *parser) group() (string, error) {
	p.at++
	inner, err := p.row(func(p *parser) bool {
		if p.peek() == '}' {
			p.at++
			return true
		}
		return false
	})
	return element("mrow", inner), err
}

// raw reads the text of a group as it is written.
func (p *parser) raw() (string, error) {
	p.skipSpace()
	if p.peek() != '{' {
		return "", fmt.Errorf("%w: text without braces", ErrUnknown)
	}
	depth, start := 0, p.at+1
	for ; p.at < len(p.src); p.at++ {
		switch p.src[p.at] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				p.at++
				return string(p.src[start : p.at-1]), nil
			}
		}
	}
	return "", fmt.Errorf("%w: a group is not closed", ErrUnknown)
}

// atom reads one thing; under says that its scripts stand above and below.
func (p *parser) atom() (s string, under bool, err error) {
	c := p.peek()
	switch {
	case c == '{':
		s, err = p.group()
		return s, false, err
	case c == '\\':
		p.at++
		return p.known(p.command())
	case unicode.IsDigit(c):
		return element("mn", html.EscapeString(p.number())), false, nil
	case c == '}' || c == '&' || c == '^' || c == '_' || c == '#' || c == '%' || c == '$':
		return "", false, fmt.Errorf("%w: %q", ErrUnknown, c)
	case c < 0x250 && unicode.IsLetter(c) || unicode.Is(unicode.Greek, c):
		p.at++
		return element("mi", string(c)), false, nil
	case unicode.IsLetter(c):
		start := p.at
		for p.at < len(p.src) && (unicode.IsLetter(p.src[p.at]) && p.src[p.at] >= 0x250 || p.src[p.at] == ' ' && p.at+1 < len(p.src) && p.src[p.at+1] >= 0x1100) {
			p.at++
		}
		return element("mtext", html.EscapeString(string(p.src[start:p.at]))), false, nil
	}
	p.at++
	if s, ok := plainOperators[c]; ok {
		return element("mo", s), false, nil
	}
	if !unicode.IsPrint(c) {
		return "", false, fmt.Errorf("%w: %q", ErrUnknown, c)
	}
	return element("mo", html.EscapeString(string(c))), false, nil
}

// number reads digits with a point and grouping commas, which TeX writes as {,}.
func (p *parser) number() string {
	var b strings.Builder
	for p.at < len(p.src) {
		c := p.src[p.at]
		next := rune(0)
		if p.at+1 < len(p.src) {
			next = p.src[p.at+1]
		}
		switch {
		case unicode.IsDigit(c):
			b.WriteRune(c)
			p.at++
		case c == '.' && unicode.IsDigit(next):
			b.WriteRune(c)
			p.at++
		case strings.HasPrefix(string(p.src[p.at:min(len(p.src), p.at+3)]), "{,}"):
			b.WriteByte(',')
			p.at += 3
		default:
			return b.String()
		}
	}
	return b.String()
}
