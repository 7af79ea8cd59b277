package korean

import (
	"strings"
	"testing"
)

func terms(tokens []Token, s Stream) string {
	var out []string
	for _, t := range tokens {
		if t.Kind.Stream() == s {
			out = append(out, t.Term)
		}
	}
	return strings.Join(out, " ")
}

func TestAnalyzePrint(t *testing.T) {
	a, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{"무어의 법칙은 추론을 데이터센터 데이터 센터 늘어났다", "GPU를 HBM3E로 2GW Trainium2 1,307 GB200 o1-pro GPT-4o 3.5B DeepSeek-R1의 C++ clusters. 노아의"} {
		toks := a.Analyze(s)
		for i := Content; i <= Pairs; i++ {
			t.Log(terms(toks, i))
		}
	}
}
