package korean

import "testing"

func TestLetters(t *testing.T) {
	for word, want := range map[string]string{
		"에이치비엠": "hbm", "지피유": "gpu", "에이아이": "ai", "에이알씨": "arc", "더블유더블유더블유": "www", "지피티4": "gpt4", "엘엘엠": "llm",
		"이": "", "": "", "비유하다": "", "엔비디아": "", "12": "", "gpu": "",
	} {
		if got, ok := Letters(word); got != want || ok != (want != "") {
			t.Errorf("Letters(%q) = %q, %v, want %q", word, got, ok, want)
		}
	}
}
