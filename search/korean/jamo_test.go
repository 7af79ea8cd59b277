package korean

import (
	"fmt"
	"testing"

	"golang.org/x/text/unicode/norm"
)

func TestDecompose(t *testing.T) {
	for s, want := range map[string]string{
		"스케일":    "ㅅㅡㅋㅔㅇㅣㄹ",
		"과":      "ㄱㅗㅏ",
		"값 GPU":  "ㄱㅏㅂㅅ GPU",
		"꽉":      "ㄲㅗㅏㄱ",
		"ㅘ":      "ㅗㅏ",
		"":       "",
		"123-가.": "123-ㄱㅏ.",
	} {
		if got := Decompose(s); got != want {
			t.Errorf("Decompose(%q) = %q, want %q", s, got, want)
		}
	}
}

func TestCompose(t *testing.T) {
	for s, want := range map[string]string{
		"ㅅㅡㅋㅔㅇㅣㄹ":  "스케일",
		"ㅅㅡㅋㅔㅇㅣㄹㅋ": "스케일ㅋ",
		"ㄷㅏㄹㄱㅇㅣ":   "닭이",
		"ㄷㅏㄹㄱㅏ":    "달가",
		"ㅎㅔㅕ":      "헤ㅕ",
		"ㅗㅏ":       "ㅘ",
		"ㄱㅅ":       "ㄱㅅ",
		"abㅎㅏ":     "ab하",
	} {
		if got := Compose(s); got != want {
			t.Errorf("Compose(%q) = %q, want %q", s, got, want)
		}
	}
}

// Every syllable survives being typed letter by letter.
func TestComposeUndoesDecompose(t *testing.T) {
	for r := rune(syllableBase); r <= syllableLast; r++ {
		s := string(r)
		if got := Compose(Decompose(s)); got != s {
			t.Fatalf("Compose(Decompose(%q)) = %q", s, got)
		}
		i, v, f := split(r)
		if join(i, v, f) != r {
			t.Fatalf("join(split(%q)) = %q", s, join(i, v, f))
		}
	}
}

func FuzzCompose(f *testing.F) {
	for _, s := range []string{"스케일링 법칙", "ㅎㅔㅕ", "닭이 ㄳ", "\u1112\u1161"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = Normalize(s)
		once := Compose(s)
		if again := Compose(Decompose(once)); Decompose(again) != Decompose(once) {
			t.Errorf("%q: composing changes the letters of %q to %q", s, once, again)
		}
		Initials(s)
		IsInitials(s)
		SwapLayout(s)
		ComposingKeys(s)
		Sound(s)
	})
}

func TestInitials(t *testing.T) {
	for s, want := range map[string]string{
		"스케일링": "ㅅㅋㅇㄹ", "스케일링 법칙": "ㅅㅋㅇㄹㅂㅊ", "GPU 클러스터": "gpuㅋㄹㅅㅌ", "": "",
	} {
		if got := Initials(s); got != want {
			t.Errorf("Initials(%q) = %q, want %q", s, got, want)
		}
	}
	for s, want := range map[string]bool{
		"ㅅㅋㅇㄹ": true, "ㅅㅋ ㅂㅊ": true, "ㅅ": false, "": false, "ㅏㅏ": false, "스ㅋ": false, "ㄳㄱ": false, "gpu": false,
	} {
		if got := IsInitials(s); got != want {
			t.Errorf("IsInitials(%q) = %t, want %t", s, got, want)
		}
	}
}

func TestKeyboardLayout(t *testing.T) {
	for latin, hangul := range map[string]string{
		"tmzpdlffld": "스케일링", "cnfhs": "추론", "epdlxj": "데이터", "Rhkr": "꽉", "ekfrdl": "닭이",
	} {
		if got := ToHangul(latin); got != hangul {
			t.Errorf("ToHangul(%q) = %q, want %q", latin, got, hangul)
		}
		if got := ToLatin(hangul); got != latin {
			t.Errorf("ToLatin(%q) = %q, want %q", hangul, got, latin)
		}
	}
	for _, s := range []string{"ㅎㅔㅕ", "헤ㅕ"} {
		if got := ToLatin(s); got != "gpu" {
			t.Errorf("ToLatin(%q) = %q, want gpu", s, got)
		}
	}
}

func TestSwapLayout(t *testing.T) {
	for _, c := range []struct {
		typed, want string
		ok          bool
	}{
		{"tmzpdlffld", "스케일링", true},
		{"ㅎㅔㅕ", "gpu", true},
		{"헤ㅕ", "gpu", true},
		{"2024", "", false},
		{"gpu", "", false}, // leaves ㅎㅔㅕ, no whole syllables
		{"ㅅㅋㅇㄹ", "tzdf", false},
		{"", "", false},
	} {
		got, ok := SwapLayout(c.typed)
		if ok != c.ok || ok && got != c.want {
			t.Errorf("SwapLayout(%q) = %q, %t, want %q, %t", c.typed, got, ok, c.want, c.ok)
		}
	}
}

func TestComposingKeys(t *testing.T) {
	// What is typed on the way to a word leads to it, letter by letter.
	for _, word := range []string{"스케일링", "데이터센터", "닭고기", "GPU 클러스터"} {
		letters := []rune(Decompose(word))
		for n := 1; n <= len(letters); n++ {
			typed := Compose(string(letters[:n]))
			if !leadsTo(typed, word) {
				t.Errorf("%q does not lead to %q", typed, word)
			}
		}
	}
	if !leadsTo("스케잌", "스케일") || !leadsTo("스케잌", "스케이크") {
		t.Error("스케잌 does not lead to both 스케일 and 스케이크")
	}
	if ComposingKeys("") != nil {
		t.Error("nothing typed leads somewhere")
	}
}

func leadsTo(typed, word string) bool {
	for _, k := range ComposingKeys(typed) {
		if w := Key(word); len(w) >= len(k) && w[:len(k)] == k {
			return true
		}
	}
	return false
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"스케일링", "스케일링", 0},
		{"스캐일링", "스케일링", 1},
		{"데이타센타", "데이터센터", 2},
		{"transfromer", "transformer", 1},
		{"과", "가", 1},
		{"GPU", "gpu", 0},
		{"데이터 센터", "데이터센터", 0},
		{"", "가", 2},
		{norm.NFD.String("추론"), "추론", 0},
	} {
		if got := Distance(c.a, c.b); got != c.want {
			t.Errorf("Distance(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
		if got := Distance(c.b, c.a); got != c.want {
			t.Errorf("Distance(%q, %q) = %d, want %d", c.b, c.a, got, c.want)
		}
	}
}

func ExampleSwapLayout() {
	fmt.Println(SwapLayout("tmzpdlffld"))
	fmt.Println(SwapLayout("ㅎㅔㅕ"))
	// Output:
	// 스케일링 true
	// gpu true
}
