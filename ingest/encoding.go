package ingest

import (
	"bufio"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// sniffed is how much of the beginning of a text decides its encoding.
const sniffed = 1 << 16

// Text returns what r holds as UTF-8 without a byte order mark. Spreadsheet programs on Korean Windows save CSV as CP949
// and "Unicode text" as UTF-16 with a mark; both are decoded. Whatever else is no UTF-8 comes as it is.
func Text(r io.Reader) *bufio.Reader {
	b := bufio.NewReaderSize(r, sniffed)
	head, err := b.Peek(sniffed)
	whole := err != nil // all of it is in head
	switch mark := string(head[:min(len(head), 3)]); {
	case mark == "\ufeff":
		_, _ = b.Discard(len(mark)) // it is in the buffer
	case len(mark) >= 2 && (mark[:2] == "\xff\xfe" || mark[:2] == "\xfe\xff"):
		marked := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder()
		return bufio.NewReaderSize(transform.NewReader(b, marked), sniffed)
	case !beginsUTF8(head, whole) && isCP949(head, whole):
		return bufio.NewReaderSize(transform.NewReader(b, korean.EUCKR.NewDecoder()), sniffed)
	}
	return b
}

// beginsUTF8 tells whether text is UTF-8; unless it is whole its last character may be cut.
func beginsUTF8(text []byte, whole bool) bool {
	if !whole {
		for cut := 1; cut < utf8.UTFMax && cut < len(text); cut++ {
			if last := text[len(text)-cut:]; utf8.RuneStart(last[0]) {
				if !utf8.FullRune(last) {
					text = text[:len(text)-cut]
				}
				break
			}
		}
	}
	return utf8.Valid(text)
}

// isCP949 tells whether a text that is no UTF-8 is CP949: every byte beyond ASCII begins a pair, and most pairs are among
// the 2,350 syllables of KS X 1001 (lead B0 to C8, trail A1 to FE), which texts in western encodings are not.
func isCP949(text []byte, whole bool) bool {
	syllables, pairs := 0, 0
	for i := 0; i < len(text); i++ {
		lead := text[i]
		if lead < 0x80 {
			continue
		}
		if i++; i == len(text) {
			return !whole && syllables*2 > pairs
		}
		trail := text[i]
		if lead == 0x80 || lead == 0xff || trail < 0x41 || trail == 0xff {
			return false
		}
		pairs++
		if lead >= 0xb0 && lead <= 0xc8 && trail >= 0xa1 {
			syllables++
		}
	}
	return syllables*2 > pairs
}
