package korean

import (
	"unicode"
	"unicode/utf8"
)

// scanner finds the words of a text: runs of letters and digits of any script
// with the marks that belong inside them, such as the hyphen of GPT-4o and the
// comma of 1,307.
type scanner struct {
	text       string
	start, end int
	// gap says that a sentence or line ended between the previous word and
	// this one.
	gap bool
	// attached says that the word follows a closing mark without a space, as
	// the particle in (추론)은 does.
	attached bool
}

func newScanner(text string) *scanner { return &scanner{text: text} }

// word returns the current word.
func (s *scanner) word() string { return s.text[s.start:s.end] }

// next moves to the next word and reports whether there is one.
func (s *scanner) next() bool {
	s.gap, s.attached = false, false
	i := s.end
	for i < len(s.text) {
		c := s.text[i]
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s.text[i:])
			if isLetter(r) {
				break
			}
			s.attached = closes(r)
			s.gap = s.gap || r == '。' || r == '…'
			i += n
			continue
		}
		if asciiClass[c]&alnum != 0 {
			break
		}
		s.attached = asciiClass[c]&closing != 0
		s.gap = s.gap || asciiClass[c]&stop != 0
		i++
	}
	s.attached = s.attached && s.end > 0
	if i == len(s.text) {
		return false
	}
	s.start = i
	for i < len(s.text) && i-s.start < maxWord-utf8.UTFMax {
		c := s.text[i]
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s.text[i:])
			if !isLetter(r) && !unicode.Is(unicode.Mn, r) && !(r == '’' && s.joins(i)) {
				break
			}
			i += n
			continue
		}
		if asciiClass[c]&alnum == 0 && !s.joins(i) {
			break
		}
		i++
	}
	s.end = i
	return true
}

// apostrophe is the typographic one.
const apostrophe = "’"

// joins reports whether the mark at i belongs to the word around it.
func (s *scanner) joins(i int) bool {
	_, n := utf8.DecodeRuneInString(s.text[i:])
	if i == s.start || i+n >= len(s.text) {
		return false
	}
	before, after := asciiClassAt(s.text, i-1), asciiClassAt(s.text, i+n)
	switch s.text[i] {
	case '-', '_':
		return before&alnum != 0 && after&alnum != 0
	case '.':
		return before&digit != 0 && after&digit != 0 || before&letter != 0 && after&letter != 0 || before&letter != 0 && after&digit != 0
	case ',':
		return before&digit != 0 && groupsThousands(s.text[s.start:i], s.text[i+1:])
	case '\'', apostrophe[0]:
		return before&letter != 0 && after&letter != 0
	}
	return false
}

// groupsThousands reports whether a comma after the digits that end before, and
// ahead of after, groups thousands as in 1,307.
func groupsThousands(before, after string) bool {
	n := 0
	for n < len(before) && asciiClassAt(before, len(before)-1-n)&digit != 0 {
		n++
	}
	if n > 3 {
		return false
	}
	n = 0
	for n < len(after) && asciiClass[after[n]&0x7f]&digit != 0 && after[n] < utf8.RuneSelf {
		n++
	}
	return n == 3
}

const (
	letter = 1 << iota
	digit
	stop    // ends a sentence or line
	closing // closes what a particle may follow
	alnum   = letter | digit
)

var asciiClass = func() (t [128]uint8) {
	for c := 'a'; c <= 'z'; c++ {
		t[c], t[c-'a'+'A'] = letter, letter
	}
	for c := '0'; c <= '9'; c++ {
		t[c] = digit
	}
	for _, c := range ".!?\n;" {
		t[c] = stop
	}
	for _, c := range ")]}>%\"'*" {
		t[c] = closing
	}
	return t
}()

// asciiClassAt returns the class of byte i of s, 0 for one beyond ASCII.
func asciiClassAt(s string, i int) uint8 {
	if c := s[i]; c < utf8.RuneSelf {
		return asciiClass[c]
	}
	return 0
}

// closes reports whether r is a closing mark beyond ASCII.
func closes(r rune) bool { return unicode.In(r, unicode.Pe, unicode.Pf) }

func isHangul(r rune) bool {
	return r >= 0xAC00 && r <= 0xD7A3 || r >= 0x3131 && r <= 0x318E || r >= 0x1100 && r <= 0x11FF
}

func isLetter(r rune) bool {
	return r >= 0xAC00 && r <= 0xD7A3 || unicode.In(r, unicode.L, unicode.Nd, unicode.Nl)
}
