package templates

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

func ExampleParticle() {
	fmt.Println(Particle("메모리 용량", "을/를"), Particle("GPU", "이/가"), Particle("서울", "으로/로"), Particle("137분", "이다/다"))
	// Output: 메모리 용량을 GPU가 서울로 137분이다
}

func TestParticle(t *testing.T) {
	for _, c := range []struct{ word, pair, want string }{
		{"값", "은/는", "값은"}, {"지표", "은/는", "지표는"},
		{"기록", "을/를", "기록을"}, {"보고서", "을/를", "보고서를"},
		{"서울", "으로/로", "서울로"}, {"부산", "으로/로", "부산으로"}, {"여수", "으로/로", "여수로"},
		{"칩", "과/와", "칩과"}, {"모델", "과/와", "모델과"}, {"단가", "과/와", "단가와"},
		{"GPT-4", "이/가", "GPT-4가"}, {"H100", "이/가", "H100이"}, {"o3", "을/를", "o3을"}, {"GPT-5.1", "은/는", "GPT-5.1은"},
		{"V100", "으로/로", "V100으로"}, {"Grok 1", "으로/로", "Grok 1로"}, {"A7", "으로/로", "A7로"},
		{"87.6%", "이다/다", "87.6%다"}, {"HBM", "이/가", "HBM이"}, {"LLM", "을/를", "LLM을"}, {"API", "를", "API를"},
		{"Claude Opus", "은/는", "Claude Opus는"}, {"Gemini 2.5 Pro", "이/가", "Gemini 2.5 Pro가"}, {"Qwen", "을/를", "Qwen을"},
		{"Trainium", "과/와", "Trainium과"}, {"「벤치마크가 먼저 닳는다」", "을/를", "「벤치마크가 먼저 닳는다」를"}, {"", "이/가", "가"},
	} {
		if got := Particle(c.word, c.pair); got != c.want {
			t.Errorf("Particle(%q, %q) = %q, want %q", c.word, c.pair, got, c.want)
		}
	}
}

func FuzzParticle(f *testing.F) {
	for _, w := range []string{"", "값", "GPU", "87.6%", "\xff", "🙂", "a -"} {
		f.Add(w)
	}
	f.Fuzz(func(t *testing.T, word string) {
		got := Particle(word, "으로/로")
		if !strings.HasPrefix(got, word) || utf8.RuneCountInString(got) <= utf8.RuneCountInString(word) {
			t.Errorf("Particle(%q) = %q", word, got)
		}
	})
}
