package impact_test

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/scalebook/scalebook/search/impact"
	"github.com/scalebook/scalebook/search/korean"
)

// tokens makes content tokens of the words of a text.
func tokens(text string) []korean.Token {
	var out []korean.Token
	at := 0
	for i, w := range strings.Fields(text) {
		at += strings.Index(text[at:], w)
		out = append(out, korean.Token{Term: w, Start: at, End: at + len(w), Position: i + 1, Kind: korean.Morpheme})
		at += len(w)
	}
	return out
}

func build(t *testing.T, docs ...impact.Document) *impact.Index {
	t.Helper()
	b := impact.NewBuilder(impact.BuilderConfig{Dir: t.TempDir(), ContextWeight: 0.5})
	defer b.Close()
	// Two parts, in turn.
	parts := []*impact.Part{b.NewPart(), b.NewPart()}
	for i, d := range docs {
		if err := parts[i/2%2].Add(uint32(i), d); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "impacts")
	if err := b.WriteFile(path); err != nil {
		t.Fatal(err)
	}
	return open(t, nil, path)
}

// open opens files that follow each other, as an index without some documents.
func open(t *testing.T, lost []impact.Range, paths ...string) *impact.Index {
	t.Helper()
	var segments []*impact.Segment
	for _, path := range paths {
		segments = append(segments, openSegment(t, path))
	}
	x, err := impact.NewIndex(impact.IndexConfig{Segments: segments, Lost: lost})
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func openSegment(t *testing.T, path string) *impact.Segment {
	t.Helper()
	s, err := impact.OpenSegment(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := s.Verify(); err != nil {
		t.Fatal(err)
	}
	return s
}

// postings returns all postings of a term.
func postings(x *impact.Index, id uint32) (docs []uint32, impacts []uint16) {
	for _, r := range x.Runs(nil, id) {
		docs, impacts = append(docs, r.Docs...), append(impacts, r.Impacts...)
	}
	return docs, impacts
}

func doc(owner uint32, text string) impact.Document {
	return impact.Document{Owner: owner, Source: text, Text: tokens(text)}
}

// TestImpacts compares with BM25 worked out by hand: tf·(k1+1) / (tf + k1·(1-b+b·length/average)).
func TestImpacts(t *testing.T) {
	x := build(t, doc(7, "a a b c"), doc(8, "a d"), doc(8, "d d d d d d"))
	id, ok := x.Lookup(korean.Content, "a")
	if !ok {
		t.Fatal("a is not in the index")
	}
	docs, impacts := postings(x, id)
	if !slices.Equal(docs, []uint32{0, 1}) || x.DF(id) != 2 {
		t.Fatalf("postings of a are %v with df %d, want documents 0 and 1", docs, x.DF(id))
	}
	const average = 4.0
	for i, want := range []float64{
		2 * 2.2 / (2 + 1.2*(0.25+0.75*4/average)),
		1 * 2.2 / (1 + 1.2*(0.25+0.75*2/average)),
	} {
		if got := float64(impacts[i]) * impact.Unit; math.Abs(got-want) > 1e-4 {
			t.Errorf("impact of a in %d is %.5f, want %.5f", i, got, want)
		}
	}
	if x.Owner(0) != 7 || x.Owner(2) != 8 || x.Docs() != 3 || x.Units() != 3 {
		t.Errorf("owners %d and %d of %d documents, want 7 and 8 of 3", x.Owner(0), x.Owner(2), x.Docs())
	}
}

// TestEntitiesStayOutOfStatistics checks that a short entity changes neither df nor the impacts of passages.
func TestEntitiesStayOutOfStatistics(t *testing.T) {
	entity := doc(2, "a")
	entity.Entity = true
	plain, mixed := build(t, doc(0, "a b c d"), doc(1, "b c d e")), build(t, doc(0, "a b c d"), doc(1, "b c d e"), entity)
	p, _ := plain.Lookup(korean.Content, "a")
	m, _ := mixed.Lookup(korean.Content, "a")
	_, without := postings(plain, p)
	_, with := postings(mixed, m)
	if plain.DF(p) != mixed.DF(m) || without[0] != with[0] || len(with) != 2 {
		t.Errorf("df %d and %d, impacts %v and %v", plain.DF(p), mixed.DF(m), without, with)
	}
}

func TestTokensAndContext(t *testing.T) {
	d := doc(0, "냉각판 공급사 HBM3E")
	d.Context = tokens("공급망")
	// A part of a name lies within it, before the end of the one before.
	d.Text = append(d.Text, korean.Token{Term: "hbm", Start: len("냉각판 공급사 "), End: len("냉각판 공급사 HBM"), Position: 3, Kind: korean.Latin})
	x := build(t, d)
	var got []string
	for _, tok := range x.Tokens(0) {
		got = append(got, x.Text(tok.Term)+"="+d.Source[tok.Start():tok.End()])
	}
	if want := []string{"냉각판=냉각판", "공급사=공급사", "HBM3E=HBM3E", "hbm=HBM"}; !slices.Equal(got, want) {
		t.Errorf("tokens %q, want %q", got, want)
	}
	if under := x.Context(0); len(under) != 1 || x.Text(under[0]) != "공급망" {
		t.Errorf("context %v", under)
	}
}

func TestPrefix(t *testing.T) {
	x := build(t, doc(0, "scale scaling scalar law 스케일 스케일링"))
	for prefix, want := range map[string]int{"scal": 3, "scali": 1, "스케": 2, "z": 0, "": 6} {
		terms, words := x.Prefix(prefix, 10)
		if len(terms) != want || len(words) != 0 {
			t.Errorf("%d terms and %d words start with %q, want %d terms", len(terms), len(words), prefix, want)
		}
		for _, id := range terms {
			if !strings.HasPrefix(x.Text(id), prefix) {
				t.Errorf("%q does not start with %q", x.Text(id), prefix)
			}
		}
	}
}

func TestEmpty(t *testing.T) {
	x := build(t)
	if _, ok := x.Lookup(korean.Content, "a"); ok || x.Docs() != 0 {
		t.Error("an empty index has something")
	}
}

// written returns the bytes of a small index.
func written(t testing.TB) []byte {
	t.Helper()
	b := impact.NewBuilder(impact.BuilderConfig{Dir: t.TempDir(), ContextWeight: 0.5})
	defer b.Close()
	p := b.NewPart()
	for i, text := range []string{"a b c", "b c d d", "스케일링 법칙 a"} {
		if err := p.Add(uint32(i), doc(uint32(i), text)); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "impacts")
	if err := b.WriteFile(path); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return whole
}

func openBytes(t *testing.T, file []byte) error {
	t.Helper()
	path := filepath.Join(t.TempDir(), "impacts")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := impact.OpenSegment(path)
	if err != nil {
		return err
	}
	return errors.Join(s.Verify(), s.Close())
}

// TestDamaged opens files that end early, have a bit turned over, are of another version or are something else.
func TestDamaged(t *testing.T) {
	whole := written(t)
	if err := openBytes(t, whole); err != nil {
		t.Fatal(err)
	}
	for n := 1; n < len(whole); n += 1 + n/7 {
		if err := openBytes(t, whole[:n]); !errors.Is(err, impact.ErrFormat) {
			t.Errorf("%d of %d bytes: %v, want ErrFormat", n, len(whole), err)
		}
	}
	for at := range whole {
		turned := slices.Clone(whole)
		turned[at] ^= 1 << (at % 8)
		if err := openBytes(t, turned); !errors.Is(err, impact.ErrFormat) {
			t.Errorf("bit %d of byte %d turned over: %v, want ErrFormat", at%8, at, err)
		}
	}
	if err := openBytes(t, []byte(strings.Repeat("x", 4096))); !errors.Is(err, impact.ErrFormat) {
		t.Errorf("something else: %v, want ErrFormat", err)
	}
	older := slices.Clone(whole)
	older[8] = 1
	if err := openBytes(t, older); !errors.Is(err, impact.ErrFormat) || !strings.Contains(err.Error(), "format is 1") {
		t.Errorf("an older version: %v", err)
	}
}

// FuzzOpen changes a file in places: it opens as it was written or not at all.
func FuzzOpen(f *testing.F) {
	whole := written(f)
	f.Add(len(whole), 0, uint32(0))
	f.Add(len(whole), 8, uint32(1))
	f.Add(len(whole), 40, uint32(0xFFFFFFFF))
	f.Add(60, 20, uint32(7))
	f.Add(len(whole)+9, len(whole), uint32(1))
	f.Fuzz(func(t *testing.T, size, at int, turn uint32) {
		if size < 1 || size > 2*len(whole) || at < 0 || at+4 > size {
			t.Skip()
		}
		file := make([]byte, size)
		copy(file, whole)
		for i := range 4 {
			file[at+i] ^= byte(turn >> (8 * i))
		}
		if err := openBytes(t, file); err == nil != bytes.Equal(file, whole) {
			t.Errorf("%d bytes, %08x at %d: %v", size, turn, at, err)
		}
	})
}

// TestSpilledIsTheSame builds with buffers that overflow again and again, and in memory: the files are alike.
func TestSpilledIsTheSame(t *testing.T) {
	file := func(buffer int) []byte {
		rng := rand.New(rand.NewPCG(1, 2))
		b := impact.NewBuilder(impact.BuilderConfig{Dir: t.TempDir(), ContextWeight: 0.5, Buffer: buffer})
		defer b.Close()
		parts := []*impact.Part{b.NewPart(), b.NewPart(), b.NewPart()}
		for i := range 600 {
			var words []string
			for range rng.IntN(60) {
				words = append(words, fmt.Sprintf("w%d", int(rng.ExpFloat64()*40)))
			}
			d := doc(uint32(i/4), strings.Join(words, " "))
			d.Context, d.Entity = tokens(fmt.Sprintf("title w%d", i%9)), i%11 == 0
			if err := parts[i/20%3].Add(uint32(i), d); err != nil {
				t.Fatal(err)
			}
		}
		path := filepath.Join(t.TempDir(), "impacts")
		if err := b.WriteFile(path); err != nil {
			t.Fatal(err)
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	inMemory := file(0)
	for _, buffer := range []int{1, 1000, 20_000} {
		if !bytes.Equal(file(buffer), inMemory) {
			t.Errorf("buffers of %d bytes give another file", buffer)
		}
	}
}
