package korean

import (
	"slices"
	"strings"
	"unicode/utf8"

	ko "github.com/ikawaha/kagome-dict-ko"
	"github.com/ikawaha/kagome/v2/tokenizer"
)

type kagome struct{ t *tokenizer.Tokenizer }

func newKagome() (segmenter, error) {
	t, err := tokenizer.New(ko.Dict(), tokenizer.OmitBosEos())
	if err != nil {
		return nil, err
	}
	return kagome{t}, nil
}

func (k kagome) segment(dst []morph, run string, attached bool) []morph {
	prefix := ""
	if attached {
		prefix = "A"
	}
	for _, t := range k.t.Tokenize(prefix + run + " ") {
		start, end := t.Position-len(prefix), t.Position-len(prefix)+len(t.Surface)
		if start < 0 || end > len(run) {
			continue
		}
		f := t.Features()
		if len(f) < 8 || f[7] == "*" {
			tag := "NNG"
			if len(f) > 0 && t.Class == tokenizer.KNOWN {
				tag = f[0]
			}
			dst = append(dst, morph{term: run[start:end], start: start, end: end, content: isContentPOS(tag)})
			continue
		}
		parts := strings.Split(f[7], "+")
		if f[4] == "Compound" {
			at := start
			n := len(dst)
			for _, p := range parts {
				s, _, _ := strings.Cut(p, "/")
				if at+len(s) > end || run[at:at+len(s)] != s {
					dst = append(dst[:n], morph{term: run[start:end], start: start, end: end, content: true})
					break
				}
				dst = append(dst, morph{term: s, start: at, end: at + len(s), content: true})
				at += len(s)
			}
			continue
		}
		for _, p := range parts {
			fs := strings.Split(p, "/")
			if len(fs) > 1 && isContentPOS(fs[1]) && utf8.ValidString(fs[0]) {
				dst = append(dst, morph{term: fs[0], start: start, end: end, content: true})
			}
		}
	}
	return dst
}

func isContentPOS(tag string) bool {
	return slices.Contains([]string{"NNG", "NNP", "NNBC", "NR", "VV", "VA", "MAG", "XR", "SL", "SH", "SN"}, tag)
}
