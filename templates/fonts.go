package templates

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

var (
	face  = regexp.MustCompile(`@font-face\{[^}]*\}`)
	cover = regexp.MustCompile(`unicode-range:([^;}]*)`)
	named = regexp.MustCompile(`font-family:([^;}]*)`)
)

// span is a run of code points, both ends in it.
type span struct{ low, high rune }

// joinRanges shortens the ranges of a family's faces without changing which face a character takes: of faces that cover it,
// the last one counts (CSS Fonts 4, 4.5), so an earlier range may run on over what a later face has.
func joinRanges(css []byte) ([]byte, error) {
	rules := face.FindAllIndex(css, -1)
	shorter := make([][]byte, len(rules))
	later := map[string]map[rune]bool{} // by family
	for i := len(rules) - 1; i >= 0; i-- {
		rule := css[rules[i][0]:rules[i][1]]
		shorter[i] = rule
		written, family := cover.FindSubmatchIndex(rule), named.FindSubmatch(rule)
		if written == nil || family == nil {
			continue
		}
		spans, err := parseRanges(string(rule[written[2]:written[3]]))
		if err != nil {
			return nil, fmt.Errorf("font %s: %w", family[1], err)
		}
		taken := later[string(family[1])]
		if taken == nil {
			taken = map[rune]bool{}
			later[string(family[1])] = taken
		}
		joined := joinSpans(spans, taken)
		for _, s := range spans {
			for c := s.low; c <= s.high; c++ {
				taken[c] = true
			}
		}
		shorter[i] = bytes.Join([][]byte{rule[:written[2]], writeRanges(joined), rule[written[3]:]}, nil)
	}
	var out bytes.Buffer
	end := 0
	for i, at := range rules {
		out.Write(css[end:at[0]])
		out.Write(shorter[i])
		end = at[1]
	}
	out.Write(css[end:])
	return out.Bytes(), nil
}

// joinSpans joins spans that follow one another wherever all between them is taken.
func joinSpans(spans []span, taken map[rune]bool) []span {
	var out []span
	for _, s := range spans {
		n := len(out)
		if n == 0 || s.low <= out[n-1].high || !between(out[n-1].high, s.low, taken) {
			out = append(out, s)
			continue
		}
		out[n-1].high = s.high
	}
	return out
}

func between(low, high rune, taken map[rune]bool) bool {
	for c := low + 1; c < high; c++ {
		if !taken[c] {
			return false
		}
	}
	return true
}

// parseRanges reads a unicode-range of code points and intervals, as the style sheets of fonts have them.
func parseRanges(text string) ([]span, error) {
	var out []span
	for part := range strings.SplitSeq(text, ",") {
		digits, ok := strings.CutPrefix(strings.ToUpper(strings.TrimSpace(part)), "U+")
		low, high, isInterval := strings.Cut(digits, "-")
		if !isInterval {
			high = low
		}
		from, err := strconv.ParseUint(low, 16, 21)
		if err != nil || !ok {
			return nil, fmt.Errorf("unicode-range %q can't be read", part)
		}
		to, err := strconv.ParseUint(high, 16, 21)
		if err != nil || to < from {
			return nil, fmt.Errorf("unicode-range %q can't be read", part)
		}
		out = append(out, span{rune(from), rune(to)})
	}
	return out, nil
}

func writeRanges(spans []span) []byte {
	var b []byte
	for i, s := range spans {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, "U+"...)
		b = strconv.AppendInt(b, int64(s.low), 16)
		if s.high > s.low {
			b = append(b, '-')
			b = strconv.AppendInt(b, int64(s.high), 16)
		}
	}
	return b
}
