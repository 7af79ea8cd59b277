package mathml

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Plain returns a formula, without its dollar signs, as a line of text: 2.67×10²⁰ for 2.67\times10^{20}. What has no character of
// its own is written as in typing, (a+b)/c and x^(n+1).
func Plain(tex string) (string, error) {
	set, err := Convert(tex, "", false)
	if err != nil {
		return "", err
	}
	nodes, err := html.ParseFragment(strings.NewReader(set), &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body})
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrUnknown, err)
	}
	var b strings.Builder
	for _, n := range nodes {
		b.WriteString(plain(n))
	}
	return strings.Join(strings.Fields(b.String()), " "), nil
}

const (
	normal  = "0123456789+−-=()nix"
	raised  = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱˣ"
	lowered = "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₙᵢₓ"
	// apart are the operators that stand between spaces.
	apart = "=≠≈≃≡∼∝≤≥<>≪≫→←⇒⇐↔⇔↦∈∉⊂⊆"
)

func plain(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var parts []string
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		parts = append(parts, plain(c))
	}
	all := strings.Join(parts, "")
	switch {
	case n.Data == "annotation":
		return ""
	case n.Data == "mspace":
		return " "
	case n.Data == "mtr", n.Data == "mtable":
		return strings.Join(parts, " ")
	case n.Data == "mo" && strings.Contains(apart, all):
		return " " + all + " "
	case n.Data == "mo" && all == "\u2061": // function application
		return " "
	case n.Data == "msqrt":
		return "√" + grouped(all)
	case len(parts) == 2:
		switch n.Data {
		case "mfrac":
			return grouped(parts[0]) + "/" + grouped(parts[1])
		case "mroot":
			return script(parts[1], "^", raised) + "√" + grouped(parts[0])
		case "msup", "mover":
			return parts[0] + script(parts[1], "^", raised)
		case "msub", "munder":
			return parts[0] + script(parts[1], "_", lowered)
		}
	case len(parts) == 3 && (n.Data == "msubsup" || n.Data == "munderover"):
		return parts[0] + script(parts[1], "_", lowered) + script(parts[2], "^", raised)
	}
	return all
}

// script raises or lowers a text where every letter of it has such a form, and marks it else.
func script(s, mark, forms string) string {
	s = strings.TrimSpace(s)
	to := []rune(forms)
	var b strings.Builder
	for _, r := range strings.ReplaceAll(s, " ", "") {
		i := strings.IndexRune(normal, r)
		if i < 0 {
			if s == "′" || s == "″" {
				return s
			}
			return mark + grouped(s)
		}
		b.WriteRune(to[utf8.RuneCountInString(normal[:i])])
	}
	return b.String()
}

// grouped puts brackets around what is more than a number or a letter.
func grouped(s string) string {
	s = strings.TrimSpace(s)
	letters, digits := 0, 0
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9' || r == '.' || r == ',':
			digits++
		default:
			letters++
		}
	}
	if letters == 0 || letters == 1 && digits == 0 {
		return s
	}
	return "(" + s + ")"
}
