package korean

import "testing"

func TestToolsPrint(t *testing.T) {
	t.Log(Decompose("스케일 과 값"), Compose(Decompose("스케일 과 값없이 닭이 읽기 꽉 왜")), Initials("스케일링 법칙 GPU"), ToHangul("tmzpdlffld"), ToLatin("ㅎㅔㅕ"), ToLatin("헤ㅕ"), ToLatin("스케일링"))
	for _, p := range [][2]string{{"딥시크", "DeepSeek"}, {"트레이니엄", "Trainium"}, {"스케일링", "scaling"}, {"엔비디아", "NVIDIA"}, {"앤트로픽", "Anthropic"}, {"라마", "llama"}, {"제미나이", "Gemini"}, {"클로드", "Claude"}, {"블랙웰", "Blackwell"}, {"데이터센터", "datacenter"}, {"트랜스포머", "transformer"}, {"하이퍼스케일러", "hyperscaler"}, {"구글", "google"}, {"마이크로소프트", "microsoft"}, {"인텔", "Intel"}, {"법칙", "Rubin"}, {"호퍼", "Hopper"}, {"루빈", "Rubin"}, {"추론", "training"}} {
		t.Log(p, Sound(p[0]), Sound(p[1]), SoundDistance(p[0], p[1]))
	}
	s := NewSpeller([]Word{{"스케일링", 3}, {"데이터센터", 2}, {"transformer", 1}})
	t.Log(s.Lookup("스캐일링", 2, 5), s.Lookup("데이타센타", 2, 5), s.Lookup("transfromer", 2, 5), ComposingKeys("스케잌"))
	t.Log(SwapLayout("tmzpdlffld"))
	t.Log(SwapLayout("ㅎㅔㅕ"))
}
