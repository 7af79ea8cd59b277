package content

import (
	"strings"
	"testing"
	"testing/fstest"
)

// TestLookalikes holds what deceives apart from what only looks foreign.
func TestLookalikes(t *testing.T) {
	for _, test := range []struct{ line, want string }{
		{"GРT-4 평가", "letters GРT: Р U+0420"},
		{"СРТ-5의 성능", "letters СРТ: Р U+0420, С U+0421, Т U+0422"},
		{"GPT-С", "letters С: С U+0421"},
		{"GРT는 빠르다", "letters GРT: Р U+0420"},
		{"AlphaFοld and Gοοgle", "letters AlphaFοld: ο U+03BF; letters Gοοgle: ο U+03BF"},
		{"Clαude", "letters Clαude: α U+03B1"},
		{"Llamα 3", "letters Llamα: α U+03B1"},
		{"ΟpenAI ΑΙ", "letters ΟpenAI: Ο U+039F; letters ΑΙ: Α U+0391, Ι U+0399"},
		{"Ꮯlaude օpen", "letters Ꮯlaude: Ꮯ U+13DF; letters օpen: օ U+0585"},
		{"ＧＰＴ", "forms ＧＰＴ: Ｇ U+FF27, Ｐ U+FF30, Ｔ U+FF34"},
		{"GPT４", "forms GPT４: ４ U+FF14"},
		{"𝐆𝐏𝐓", "forms 𝐆𝐏𝐓: 𝐆 U+1D406, 𝐏 U+1D40F, 𝐓 U+1D413"},
		{"GP\u200bT", "invisible GP[U+200B]T: U+200B"},
		{"Open\u00adAI \u3164", "invisible Open[U+00AD]AI: U+00AD; invisible [U+3164]: U+3164"},
		{"G\u200bРT", "letters GРT: Р U+0420; invisible G[U+200B]РT: U+200B"},
		{"GPT\ufe0f\U000e0041", "invisible GPT[U+FE0F][U+E0041]: U+E0041, U+FE0F"},

		{"확장 법칙(scaling laws)과 GPT-4o의 추론", ""},
		{"LLM은 2024年 μm 단위, 5μs, α-helix, αhelix, TGF-α, TGFα, NFκB, Lyα, Hα, χ2, β1, σ-algebra, ΔT, Ω, λ計算", ""},
		{"Война и мир: русский перевод", ""},
		{"он, она и СССР", ""},
		{"Περί φύσεως και ΟΗΕ", ""},
		{"日本語のGPTとＡ：（全角）", "forms Ａ: Ａ U+FF21"},
		{"제목：전각 부호（괄호）！", ""},
		{"👩\u200d💻 ❤️ 1️⃣ 🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f 🇰🇷", ""},
		{"می\u200cخواهم क्\u200dष", ""},
		{"𝑛 variables, naïve façade Šķīstošā Ærø ﬁve Ⅳ", ""},
		{"Hangul 한\u1112\u1161\u11ab Jamo", ""},
		{"", ""},
	} {
		var got []string
		for _, l := range Lookalikes(test.line) {
			got = append(got, l.Detail+" "+l.Word+": "+strings.Join(l.Found, ", "))
		}
		if s := strings.Join(got, "; "); s != test.want {
			t.Errorf("%q:\n got %s\nwant %s", test.line, s, test.want)
		}
	}
}

// TestLookalikesAreLint: a title, a name and a keyword that deceive are told with the report, whenever it was taken in.
func TestLookalikesAreLint(t *testing.T) {
	l := openLibrary(t, t.TempDir())
	syncFiles(t, l, fstest.MapFS{"20240101-a.md": file("---\nauthor: Аnna\nkeywords: [scaling, ＭＭＬＵ]\n---\n\n# GРT-4\n\n" + longText)}, "v1")
	var got []string
	for _, f := range l.Findings() {
		got = append(got, f.Rule+"/"+f.Detail+" "+f.Text().En)
	}
	want := []string{
		"lookalike/letters Letters that look like those of another script: GРT (Р U+0420)",
		"lookalike/letters Letters that look like those of another script: Аnna (А U+0410)",
		"lookalike/forms Letters full-width or in a style: ＭＭＬＵ (Ｌ U+FF2C, Ｍ U+FF2D, Ｕ U+FF35)",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func FuzzLookalikes(f *testing.F) {
	f.Add("GРT-4 \u200b𝐆 한글")
	f.Fuzz(func(t *testing.T, line string) {
		for _, l := range Lookalikes(line) {
			if len(l.Found) == 0 || l.Word == "" || strings.ContainsFunc(l.Word, unseen) {
				t.Errorf("%q: %+q", line, l)
			}
		}
	})
}
