package korean

import (
	"strings"
	"testing"
)

// transliterations are names and terms as Korean reports write them.
const transliterations = `딥시크 DeepSeek|트레이니엄 Trainium|스케일링 scaling|엔비디아 NVIDIA|앤트로픽 Anthropic|라마 llama|제미나이 Gemini|
클로드 Claude|블랙웰 Blackwell|데이터센터 datacenter|트랜스포머 transformer|하이퍼스케일러 hyperscaler|구글 google|마이크로소프트 Microsoft|
인텔 Intel|호퍼 Hopper|루빈 Rubin|친칠라 Chinchilla|미스트랄 Mistral|세레브라스 Cerebras|그로크 Groq|큐웬 Qwen|퍼플렉시티 Perplexity|
허깅페이스 HuggingFace|젠슨 Jensen|알트만 Altman|테슬라 Tesla|마이크론 Micron|브로드컴 Broadcom|삼성 Samsung|하이닉스 Hynix|이더넷 Ethernet|
웨이퍼 wafer|토크노믹스 tokenomics|클러스터 cluster|서버 server|벤치마크 benchmark|파라미터 parameter|컴퓨트 compute|패키징 packaging|
인터커넥트 interconnect|네트워크 network|메모리 memory|레티클 reticle|프롬프트 prompt|임베딩 embedding|토큰 token|오픈소스 opensource|
파이토치 PyTorch|텐서플로 TensorFlow|인피니밴드 InfiniBand|아키텍처 architecture|라이선스 license|디퓨전 diffusion`

// strangers share consonants or letters but not their sound.
const strangers = `법칙 Rubin|추론 training|메탈 model|학습 hopper|데이터 tutor|모델 middle|구글 eagle|전력 channel|냉각 Nvidia|반도체 pundit`

func TestSoundFindsTransliterations(t *testing.T) {
	pairs := strings.Split(strings.ReplaceAll(transliterations, "\n", ""), "|")
	keys, near := 0, 0
	for _, p := range pairs {
		ko, en, _ := strings.Cut(p, " ")
		key, d := Sound(ko) == Sound(en), SoundDistance(ko, en)
		if key {
			keys++
		}
		if d <= 0.2 {
			near++
		}
		if !key || d > 0.2 {
			t.Logf("%s %s: %q %q, %.2f", ko, en, Sound(ko), Sound(en), d)
		}
	}
	if keys*10 < 9*len(pairs) || near*10 < 9*len(pairs) {
		t.Errorf("of %d transliterations, %d share a key and %d are near, want nine in ten", len(pairs), keys, near)
	}
	for _, p := range strings.Split(strangers, "|") {
		ko, en, _ := strings.Cut(p, " ")
		if d := SoundDistance(ko, en); d <= 0.2 {
			t.Errorf("SoundDistance(%s, %s) = %.2f, want more than 0.2", ko, en, d)
		}
	}
}
