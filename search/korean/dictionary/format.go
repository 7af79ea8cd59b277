// Package dictionary divides runs of Hangul into morphemes by a dictionary
// compiled into the program.
//
// The facts are those of mecab-ko-dic: which surfaces are which morphemes, at
// what cost, and the cost of one class of morpheme following another. They
// are laid out so that the compiled bytes are used where the program file is
// mapped, without decoding: opening takes no time and next to no heap. NOTICE
// names the source and its licence; package compile makes the file.
package dictionary

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// The file is little-endian: Magic, the section sizes of Header as uint32, and
// then the sections one after another, each padded to 4 bytes.
//
//	labels    edges × uint16      letter of a trie edge, a BMP code point
//	values    edges × uint16      1 + number of the list of readings of the
//	                              word that ends with the edge, or 0
//	blocks    (edges/Block+1) × uint32
//	children  edges+1 × uint16    the first edge below edge i is
//	                              blocks[i/Block] + children[i] and the last comes
//	                              before the first below edge i+1; they are sorted
//	                              by letter, and those of the root come first
//	lists     lists+1 × uint32    first reading of each list
//	readings  readings × Reading  8 bytes each
//	forms     bytes               see Form
//	matrix    lefts × rights × byte
//
// A matrix cell c is the connection cost (c-Bias)*Step of a morpheme of the
// right class followed by one of the left class.
const Magic = "SBKD0003"

// Block is how many edges count their children from one number.
const Block = 32

// Header holds the sizes of the sections and the classes that aren't words'.
type Header struct {
	Edges, RootEdges, Lists, Readings, FormBytes, Lefts, Rights uint32
	// Step and Bias are the scale of the matrix.
	Step, Bias uint32
	// Start is the right class of the beginning of an eojeol, Latin and Number
	// those of what their names say, End the left class of the end of a
	// sentence.
	Start, Latin, Number, End uint32
	// NounLeft is the left class of a noun; NounOpen and NounClosed are the
	// right classes of one that ends in a vowel or a consonant.
	NounLeft, NounOpen, NounClosed uint32
}

const headerFields = 16

// fields returns pointers to the header's fields in the order of the file.
func (h *Header) fields() [headerFields]*uint32 {
	return [...]*uint32{
		&h.Edges, &h.RootEdges, &h.Lists, &h.Readings, &h.FormBytes, &h.Lefts, &h.Rights, &h.Step, &h.Bias,
		&h.Start, &h.Latin, &h.Number, &h.End, &h.NounLeft, &h.NounOpen, &h.NounClosed,
	}
}

// Append appends the header's bytes, Magic first.
func (h *Header) Append(b []byte) []byte {
	b = append(b, Magic...)
	for _, f := range h.fields() {
		b = binary.LittleEndian.AppendUint32(b, *f)
	}
	return b
}

// Reading is one morpheme, or fused group of morphemes, that a surface can be.
type Reading struct {
	// Left and Right are the classes towards the neighbours.
	Left, Right uint16
	// Cost is the cost of the word itself; less is likelier.
	Cost int16
	// Form is the number of its Form.
	Form uint16
}

// Form says what a reading consists of. In the file a form is the number of its
// parts and then, for each, Tag, Start, End and Keep, the length of Suffix and
// its bytes, a byte each. They stand in order of their numbers.
type Form []Part

// Part is a morpheme of a form. Its term is what text the surface has between
// Start and Start+Keep, followed by Suffix; 늘어났 as 늘어나+았 is kept for two letters and
// takes the suffix 나.
type Part struct {
	Tag Tag
	// Start and End count letters from the start of the surface. End 0 means
	// the end of the surface, as Keep 0 with no Suffix means the whole part.
	Start, End, Keep uint8
	Suffix           string
}

// Dictionary is an opened dictionary. It doesn't change and is safe for
// concurrent use.
type Dictionary struct {
	Header
	labels, values, blocks, children, lists, readings, matrix string

	forms []Form
	// modifier, exclaim and adverb are the forms of one such morpheme.
	modifier, exclaim, adverb uint16
	// syllables holds the root's edge for each syllable, or -1.
	syllables []int16
	user      *userTrie
}

// Open returns the dictionary in data, which it keeps and does not copy. It tells
// what isn't a dictionary or lacks its end; for the rest it relies on package
// compile.
func Open(data string) (*Dictionary, error) {
	d := &Dictionary{}
	if len(data) < len(Magic)+4*headerFields || data[:len(Magic)] != Magic {
		return nil, errors.New("not a compiled dictionary")
	}
	rest := data[len(Magic):]
	for _, f := range d.fields() {
		*f = u32(rest, 0)
		rest = rest[4:]
	}
	var forms string
	for _, s := range []struct {
		to   *string
		size uint64
	}{
		{&d.labels, 2 * uint64(d.Edges)},
		{&d.values, 2 * uint64(d.Edges)},
		{&d.blocks, 4 * (uint64(d.Edges)/Block + 1)},
		{&d.children, 2 * (uint64(d.Edges) + 1)},
		{&d.lists, 4 * (uint64(d.Lists) + 1)},
		{&d.readings, 8 * uint64(d.Readings)},
		{&forms, uint64(d.FormBytes)},
		{&d.matrix, uint64(d.Lefts) * uint64(d.Rights)},
	} {
		padded := (s.size + 3) &^ 3
		if padded > uint64(len(rest)) {
			return nil, fmt.Errorf("compiled dictionary is cut short: a section of %d bytes has %d", padded, len(rest))
		}
		*s.to, rest = rest[:s.size], rest[padded:]
	}
	if err := d.readForms(forms); err != nil {
		return nil, err
	}
	d.syllables = make([]int16, lastSyllable-firstSyllable+1)
	for i := range d.syllables {
		d.syllables[i] = int16(d.child(0, int(d.RootEdges), uint16(firstSyllable+i)))
	}
	return d, nil
}

func (d *Dictionary) readForms(data string) error {
	d.modifier, d.exclaim, d.adverb = formUnknown, formUnknown, formUnknown
	for len(data) > 0 {
		form := make(Form, data[0])
		data = data[1:]
		for i := range form {
			if len(data) < 5 || len(data) < 5+int(data[4]) {
				return fmt.Errorf("compiled dictionary: form %d is cut short", len(d.forms))
			}
			end := 5 + int(data[4])
			form[i] = Part{Tag: Tag(data[0]), Start: data[1], End: data[2], Keep: data[3], Suffix: data[5:end]}
			data = data[end:]
		}
		if len(form) == 1 {
			switch number := uint16(len(d.forms)); form[0].Tag {
			case Modifier:
				d.modifier = number
			case Exclaim:
				d.exclaim = number
			case Adverb:
				d.adverb = number
			}
		}
		d.forms = append(d.forms, form)
	}
	return nil
}

// AppendForm appends the bytes of f.
func AppendForm(b []byte, f Form) []byte {
	b = append(b, byte(len(f)))
	for _, p := range f {
		b = append(b, byte(p.Tag), p.Start, p.End, p.Keep, byte(len(p.Suffix)))
		b = append(b, p.Suffix...)
	}
	return b
}

// AppendReading appends the bytes of r.
func AppendReading(b []byte, r Reading) []byte {
	b = binary.LittleEndian.AppendUint16(b, r.Left)
	b = binary.LittleEndian.AppendUint16(b, r.Right)
	b = binary.LittleEndian.AppendUint16(b, uint16(r.Cost))
	return binary.LittleEndian.AppendUint16(b, r.Form)
}

func u16(s string, i int) uint16 {
	s = s[2*i : 2*i+2]
	return uint16(s[0]) | uint16(s[1])<<8
}

func u32(s string, i int) uint32 {
	s = s[4*i : 4*i+4]
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

const firstSyllable, lastSyllable = 0xAC00, 0xD7A3

// root returns the root's edge for letter, or -1.
func (d *Dictionary) root(letter uint16) int {
	if letter >= firstSyllable && letter <= lastSyllable {
		return int(d.syllables[letter-firstSyllable])
	}
	return d.child(0, int(d.RootEdges), letter)
}

// below returns the first edge below edge e.
func (d *Dictionary) below(e int) int {
	return int(u32(d.blocks, e/Block)) + int(u16(d.children, e))
}

func (d *Dictionary) reading(i int) Reading {
	s := d.readings[8*i : 8*i+8]
	return Reading{u16(s, 0), u16(s, 1), int16(u16(s, 2)), u16(s, 3)}
}

// child returns the edge for letter below the edges from and to, or -1.
func (d *Dictionary) child(from, to int, letter uint16) int {
	for from < to {
		mid := int(uint(from+to) / 2)
		switch l := u16(d.labels, mid); {
		case l < letter:
			from = mid + 1
		case l > letter:
			to = mid
		default:
			return mid
		}
	}
	return -1
}
