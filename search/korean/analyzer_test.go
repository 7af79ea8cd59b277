package korean

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/scalebook/scalebook/search/english"
)

func newTestAnalyzer(t testing.TB, cfg Config) *Analyzer {
	t.Helper()
	a, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func terms(tokens []Token, s Stream) string {
	var out []string
	for _, t := range tokens {
		if t.Kind.Stream() == s {
			out = append(out, t.Term)
		}
	}
	return strings.Join(out, " ")
}

func TestAnalyzeContent(t *testing.T) {
	a := newTestAnalyzer(t, Config{Terms: []string{"트레이니엄", "액체 냉각"}, Spell: english.American})
	for text, want := range map[string]string{
		// Particles and endings go, stems stay.
		"추론을":      "추론",
		"무어의 법칙은":  "무어 법칙",
		"크게 늘어났다":  "크 늘어나",
		"모델들이 커졌다": "모델 크",
		// Compounds with and without spaces.
		"데이터센터에서":  "데이터 센터",
		"데이터 센터에서": "데이터 센터",
		"액체냉각":     "액체 냉각",
		"트레이니엄을":   "트레이니엄",
		// Latin, numbers and units beside Hangul.
		"GPU를":          "gpu",
		"HBM3E로":        "hbm3e hbm 3e",
		"2GW급":          "2gw 2 gw 급",
		"Trainium2는":    "trainium2 trainium 2",
		"1,307개":        "1307 개",
		"1,2,3":         "1 2 3",
		"GB200":         "gb200",
		"o1-pro":        "o1-pro o1 pro",
		"GPT-4o의":       "gpt-4o gpt 4o",
		"3.5배":          "3.5 배",
		"Llama-3.1-70B": "llama-3.1-70b llama 3.1 70b 70 b",
		"DeepSeek":      "deepseek deep seek",
		"OpenAI's":      "openai open ai",
		"TSMC’s 3nm":    "tsmc 3nm 3 nm",
		"NVLink":        "nvlink nv link",
		"GPUs":          "gpu",
		"gpus LLMs":     "gpu llm",
		"10²⁶ FLOP":     "10 flop",
		"NVIDIA":        "nvidia",
		"clusters":      "cluster",
		"Café":          "cafe",
		"ＧＰＵ":           "gpu",
		"2024-12-11":    "2024-12-11 2024 12 11",
		"github.com":    "github.com github com",
		"fibre, fiber":  "fiber fiber",
		"quantised":     "quantiz",
		"임종석(任鍾晳)은":     "임종석 任鍾晳 임종석",
		// A closing mark doesn't make a word of the particle.
		"학습(pre-training)을": "학습 pre-training pre train",
		"‘친칠라’는":            "친칠라",
		"":                  "",
		" .,!? ":            "",
	} {
		if got := terms(a.Analyze(text), Content); got != want {
			t.Errorf("content of %q = %q, want %q", text, got, want)
		}
	}
}

func TestAnalyzeBigrams(t *testing.T) {
	a := newTestAnalyzer(t, Config{})
	for text, want := range map[string]string{
		"추론을 위한": "추론 론을 을위 위한",
		"이 칩":    "이 이칩 칩",
		"추론. 위한": "추론 위한",
		"추론 AI칩": "추론",
		"GPU를":   "",
		"AI반도체":  "반도 도체",
		"(추론)은":  "추론 론은",
	} {
		if got := terms(a.Analyze(text), Bigrams); got != want {
			t.Errorf("bigrams of %q = %q, want %q", text, got, want)
		}
	}
}

func TestAnalyzePairs(t *testing.T) {
	a := newTestAnalyzer(t, Config{})
	for text, want := range map[string]string{
		"무어의 법칙":     "무어법칙",
		"데이터센터":      "데이터센터",
		"데이터 센터":     "데이터센터",
		"데이터의 센터":    "데이터센터",
		"DeepSeek":   "deepseek",
		"deep seek":  "deepseek",
		"GPT-4o":     "gpt-4o gpt4o",
		"추론. 학습":     "",
		"추론\n학습":     "",
		"GPU 클러스터에서": "gpu클러스터 클러스터",
	} {
		if got := terms(a.Analyze(text), Pairs); got != want {
			t.Errorf("pairs of %q = %q, want %q", text, got, want)
		}
	}
}

func TestAnalyzeOffsets(t *testing.T) {
	a := newTestAnalyzer(t, Config{})
	text := "무어의 법칙과 HBM3E로, 늘어났다"
	for _, tok := range a.Analyze(text) {
		surface := text[tok.Start:tok.End]
		want := map[string]string{"무어": "무어", "법칙": "법칙", "hbm3e": "HBM3E", "hbm": "HBM", "3e": "3E", "늘어나": "늘어났",
			"무어법칙": "무어의 법칙", "칙과": "칙과"}[tok.Term]
		if want != "" && surface != want {
			t.Errorf("%s token %q covers %q, want %q", tok.Kind, tok.Term, surface, want)
		}
	}
}

func TestPositions(t *testing.T) {
	a := newTestAnalyzer(t, Config{})
	positions := func(text string) string {
		var out []string
		for _, tok := range a.Analyze(text) {
			if tok.Kind.Stream() == Content {
				out = append(out, fmt.Sprint(tok.Term, tok.Position))
			}
		}
		return strings.Join(out, " ")
	}
	for text, want := range map[string]string{
		"데이터센터 GPT-4o 추론": "데이터1 센터2 gpt-4o3 gpt3 4o4 추론5",
		"추론. 학습":          "추론1 학습3",
	} {
		if got := positions(text); got != want {
			t.Errorf("positions in %q = %q, want %q", text, got, want)
		}
	}
}

func TestNormalize(t *testing.T) {
	a := newTestAnalyzer(t, Config{})
	text := "데이터센터의 추론"
	decomposed := norm.NFD.String(text)
	if got := Normalize(decomposed); got != text {
		t.Fatalf("Normalize(NFD) = %q, want %q", got, text)
	}
	if !slices.Equal(a.Analyze(Normalize(decomposed)), a.Analyze(text)) {
		t.Error("decomposed text is analysed differently after Normalize")
	}
	if got := Normalize("추\xff론"); got != "추\uFFFD론" {
		t.Errorf("Normalize of invalid UTF-8 = %q", got)
	}
}

// Words in Chinese characters are found by what they are in Hangul, and the other way round, where they stand.
func TestHanjaIsReadInHangul(t *testing.T) {
	a := newTestAnalyzer(t, Config{})
	for text, want := range map[string]string{
		"半導體를":      "半導體 반 도체",
		"半導體(반도체)":  "半導體 반 도체 반 도체",
		"人工知能の":     "人工知能の",
		"電力 需要가 는다": "電力 전력 需要 수요 늘",
	} {
		tokens := a.Analyze(text)
		if got := terms(tokens, Content); got != want {
			t.Errorf("content of %q is %q, want %q", text, got, want)
		}
		for _, tok := range tokens {
			if tok.Start >= tok.End || tok.End > len(text) || !utf8.ValidString(text[tok.Start:tok.End]) {
				t.Errorf("%q: %+v is no part of it", text, tok)
			}
		}
	}
}

// The cache must not show: not by its size, and not by who else uses it.
func TestCacheIsInvisible(t *testing.T) {
	text := strings.Repeat("무어의 법칙은 (추론)은 은 데이터센터에서 GPU를 GPU가 ", 3)
	want := newTestAnalyzer(t, Config{CacheSize: -1}).Analyze(text)
	for _, size := range []int{1, 2, 3, 1000} {
		a := newTestAnalyzer(t, Config{CacheSize: size})
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for range 20 {
					if got := a.Analyze(text); !slices.Equal(got, want) {
						t.Errorf("cache of %d words changes the analysis", size)
						return
					}
				}
			})
		}
		wg.Wait()
	}
}

func TestCacheIsBounded(t *testing.T) {
	c := newCache(100)
	for i := range 10000 {
		c.put(&word{terms: fmt.Sprint(i), size: uint16(len(fmt.Sprint(i)))})
	}
	if n := ways * len(c.buckets); n > 100 {
		t.Errorf("a cache of 100 words has %d places", n)
	}
	if w := c.get("9999", false); w == nil || w.text() != "9999" {
		t.Error("the newest word is not kept")
	}
}

func TestTermsOutliveText(t *testing.T) {
	a := newTestAnalyzer(t, Config{})
	text := []byte("무어의 법칙과 데이터센터")
	tokens := a.Analyze(string(text))
	want := terms(tokens, Pairs)
	for range 100 {
		a.Analyze("다른 글로 기억을 덮어쓴다")
	}
	if got := terms(tokens, Pairs); got != want {
		t.Errorf("terms changed from %q to %q", want, got)
	}
}

func FuzzAnalyze(f *testing.F) {
	for _, s := range []string{
		"무어의 법칙", "GPU를 2GW로", "1,307,1,3", "a-b-c_d.e'f", "\u1112\u1161\u11ab", "가\u0301b\u0302", "ｶﾞ½²ﷺͺ", "ﾞ", "\xff가\xfe", "''--..",
		strings.Repeat("가나다", 400), strings.Repeat("aB1-", 300), "(추론)은\n‘법칙’을", "İI\u0307", "a’b’", "’s’", "A‘B", "3.5.1,000x",
	} {
		f.Add(s)
	}
	a, err := New(Config{CacheSize: 64, Terms: []string{"액체 냉각"}})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a.Analyze(text)
		text = Normalize(text)
		check(t, text, a.Analyze(text))
	})
}

// check verifies what Analyze promises of its tokens.
func check(t *testing.T, text string, tokens []Token) {
	var start, position [3]int
	for _, tok := range tokens {
		s := tok.Kind.Stream()
		switch {
		case tok.Term == "":
			t.Fatalf("%q: empty term in %+v", text, tok)
		case tok.Start < 0 || tok.End > len(text) || tok.Start >= tok.End:
			t.Fatalf("%q: offsets outside of the text in %+v", text, tok)
		case !utf8.RuneStart(text[tok.Start]) || tok.End < len(text) && !utf8.RuneStart(text[tok.End]):
			t.Fatalf("%q: offsets inside of a character in %+v", text, tok)
		case tok.Start < start[s] || tok.Position < position[s] || tok.Position < 1:
			t.Fatalf("%q: %s stream goes backwards at %+v", text, tok.Kind, tok)
		}
		start[s], position[s] = tok.Start, tok.Position
	}
}

func ExampleAnalyzer_Analyze() {
	a, err := New(Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	text := Normalize("무어의 법칙과 GB200")
	for _, t := range a.Analyze(text) {
		if t.Kind.Stream() != Bigrams {
			fmt.Printf("%s %s: %s\n", t.Kind, t.Term, text[t.Start:t.End])
		}
	}
	// Output:
	// morpheme 무어: 무어
	// pair 무어법칙: 무어의 법칙
	// morpheme 법칙: 법칙
	// pair 법칙gb200: 법칙과 GB200
	// latin gb200: GB200
}

func TestWhole(t *testing.T) {
	a, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		word string
		want whole
	}{
		{"강아지", wholeNoun},
		{"강아지의", wholeNoun},
		{"세탁기", wholeNoun}, // one word of the dictionary, of two morphemes
		{"범칙", wholeNoun},
		{"연산냥", notWhole}, // two words
		{"부산", wholePlace},
		{"부산에서", wholePlace},
		{"싸지나", wholeVerb},
		{"트렌지스터", notWhole},
		{"개", notWhole},
		{"", notWhole},
		{"GPU", notWhole},
	} {
		if got := a.whole(c.word); got != c.want || a.Whole(c.word) != (c.want != notWhole) {
			t.Errorf("whole(%q) = %v, want %v", c.word, got, c.want)
		}
	}
}
