package korean

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
)

// Version counts the changes of what Analyze makes of texts: raise it with each. An index that was made with another is made anew.
const Version = 3

// sample is text with something of all that Analyze treats in ways of its own.
const sample = `무어의 법칙은 크게 늘어났다. 데이터센터에서 액체냉각을 쓰는 모델들이 커졌고, 2GW급 전력으로 HBM3E를 1,307개 3.5배 늘렸다(추론)은 ‘친칠라’는.
GPT-4o's pre-training of Llama-3.1-70B on GB200 clusters: OpenAI’s DeepSeek NVLink GPUs llms 10²⁶ FLOP, quantised Café ＧＰＵ 2024-12-11 github.com o1-pro 임종석(任鍾晳)은.
스케일링 법칙이 무너지지 않는다면 학습된 매개변수의 개수를 예측할 수 있을지도 모르겠습니다. 토큰당 비용이 싸졌으며 엔비디아의 트레이니엄2는 어려웠던 일이었다.`

// Signature tells analyzers apart that make different tokens of a text: it is the Version, and a hash of the dictionary and of what is
// made of a sample.
func (a *Analyzer) Signature() string {
	terms := slices.Clone(a.terms)
	slices.Sort(terms)
	sum := sha256.New()
	fmt.Fprintln(sum, len(terms))
	for _, t := range slices.Compact(terms) {
		fmt.Fprintf(sum, "%q\n", t)
	}
	for _, t := range a.Analyze(sample) {
		fmt.Fprintf(sum, "%q %d %d %d %d\n", t.Term, t.Start, t.End, t.Position, t.Kind)
	}
	return fmt.Sprintf("%d-%s", Version, hex.EncodeToString(sum.Sum(nil)[:8]))
}
