// Package korean analyses Korean text, and the English and numbers in it, for
// search, and holds the string tools that make sense of what people type: jamo
// and their edit distance, keyboard layouts, initial consonants, sounds.
//
// An [Analyzer] turns text into tokens of three streams, each for a field of its
// own: content morphemes with Latin words and numbers, raw Hangul bigrams, and
// adjacent pairs. Every eojeol (a word between spaces) is analysed once and kept.
package korean
