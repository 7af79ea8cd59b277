// Package korean analyses Korean text, and the English and numbers in it, for
// search, and holds the string tools that make sense of what people type.
//
// # Analysis
//
// An [Analyzer] turns text into tokens of three streams, each for an index field
// of its own:
//
//   - [Content]: the morphemes that carry meaning, with Latin words and numbers.
//     Particles and endings are gone and inflection is undone, so that 추론을 and
//     추론에서 are 추론, and 늘어났다 is 늘어나.
//   - [Bigrams]: every two neighbouring Hangul syllables as written, across spaces
//     too. They find what the dictionary doesn't know or a typing error has spoilt.
//   - [Pairs]: neighbouring content tokens written together, so that 데이터센터,
//     데이터 센터 and 데이터의 센터 share a term, and exact compounds stand out.
//
// Weights near 1, 0.3 and 0.3 retrieve well. Documents and queries go through
// [Normalize] first; offsets are bytes of its result.
//
// An eojeol, the word between two spaces, is analysed once and kept in a bounded
// cache. What the dictionary says of it by itself is judged in the light of what
// eojeols usually stand before, so that neither the text around it nor the
// particle at its end changes how a noun is divided. The dictionary is in package
// dictionary; Latin and digits never reach it (alnum.go tells what becomes of
// them).
//
// # What was typed
//
//   - Jamo: [Decompose], [Compose], [Key], [Distance] and [Speller], which finds the
//     words a few key presses away without scanning a vocabulary
//   - initial consonants (ㅅㅋㅇㄹ): [Initials], [IsInitials]
//   - the wrong keyboard layout (tmzpdlffld, ㅎㅔㅕ): [ToHangul], [ToLatin],
//     [SwapLayout]
//   - half-typed Hangul (스케잌): [ComposingKeys]
//   - transliteration (딥시크 and DeepSeek): [Sound], [SoundDistance]
//   - Latin letters by their names (에이치비엠): [Letters]
//   - spaces missing or too many: [Analyzer.Spacings]
package korean
