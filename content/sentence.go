package content

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// separators stand between the items of a list and the cells of a table in a passage's text. No sentence crosses one.
const (
	itemSeparator = " • "
	cellSeparator = " | "
)

// Sentences cuts the text of a passage into sentences. Each is a substring of text without the spaces around it. A full
// stop inside a number, an abbreviation or a file name ends nothing.
func Sentences(text string) []string {
	var out []string
	for _, span := range sentenceSpans(text) {
		out = append(out, text[span[0]:span[1]])
	}
	return out
}

func sentenceSpans(text string) [][2]int {
	var out [][2]int
	start := 0
	add := func(end int) {
		s, e := start, end
		for s < e {
			c, n := utf8.DecodeRuneInString(text[s:e])
			if !unicode.IsSpace(c) && c != '•' && c != '|' {
				break
			}
			s += n
		}
		e = s + len(strings.TrimRight(text[s:e], " •|"))
		if e > s {
			out = append(out, [2]int{s, e})
		}
		start = end
	}
	for i := 0; i < len(text); {
		c, n := utf8.DecodeRuneInString(text[i:])
		i += n
		switch c {
		case '.', '!', '?', '。', '…':
			j := i
			for j < len(text) {
				q, k := utf8.DecodeRuneInString(text[j:])
				if !strings.ContainsRune(`"'”’)]」』.!?`, q) {
					break
				}
				j += k
			}
			if j < len(text) && text[j] == ' ' && !(c == '.' && abbreviation(text[start:i], text[j+1:])) {
				add(j)
				i = j
			}
		case '•', '|':
			if i > n && text[i-n-1] == ' ' && i < len(text) && text[i] == ' ' {
				add(i - n)
			}
		}
	}
	add(len(text))
	return out
}

// abbreviation reports whether the full stop that ends before is part of a word, given what follows.
func abbreviation(before, after string) bool {
	word := before[strings.LastIndexAny(before, " (“\"")+1:]
	switch strings.ToLower(word) {
	case "e.g.", "i.e.", "vs.", "fig.", "no.", "dr.", "mr.", "ms.", "et.", "al.", "approx.", "ca.", "cf.", "inc.", "corp.", "u.s.", "st.":
		next, _ := utf8.DecodeRuneInString(after)
		return !unicode.Is(unicode.Hangul, next)
	}
	digits := strings.TrimRight(word, ".")
	if digits != "" && len(digits) <= 2 && strings.Trim(digits, "0123456789") == "" && len(before) == len(word) {
		return true // a list number that begins the sentence
	}
	next, _ := utf8.DecodeRuneInString(after)
	return unicode.IsLower(next) && len([]rune(word)) <= 2
}
