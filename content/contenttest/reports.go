// Package contenttest makes reports for tests and measurements.
package contenttest

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// WriteReports writes n reports of about the given number of words into a folder, in Korean with English names, headings,
// lists, tables, links between them and glosses. The same numbers give the same files, an hour old.
func WriteReports(dir string, n, words int) error {
	old := time.Now().Add(-time.Hour)
	rng := rand.New(rand.NewPCG(1, 2))
	nouns := strings.Fields("모델 데이터 연산량 손실 학습 추론 메모리 대역폭 가속기 전력 비용 토큰 벤치마크 점수 파라미터 실험 곡선 예측 오차 구간 클러스터 네트워크 캐시 배치 지연 처리량 정확도 문항 기록 격차")
	verbs := strings.Fields("늘었다 줄었다 커진다 달라진다 보여 준다 넘어섰다 따라온다 멈췄다 이어진다 갈라진다")
	names := strings.Fields("GPT-4 o1 H100 GB300 MMLU HBM3E Llama Gemini FLOP TPU")
	glosses := []string{"확장 법칙(scaling law)", "강화 학습(reinforcement learning)", "고대역폭 메모리(HBM)", "사후 학습(post-training)"}
	word := func() string {
		switch k := rng.IntN(40); {
		case k == 0:
			return glosses[rng.IntN(len(glosses))]
		case k < 4:
			return names[rng.IntN(len(names))] + "의"
		case k < 6:
			return strconv.Itoa(rng.IntN(1000)) + "개의"
		}
		return nouns[rng.IntN(len(nouns))] + []string{"은", "이", "을", "의", "에서", "과", ""}[rng.IntN(7)]
	}
	sentence := func(b *strings.Builder) int {
		k := 8 + rng.IntN(10)
		for range k {
			b.WriteString(word() + " ")
		}
		b.WriteString(verbs[rng.IntN(len(verbs))] + ". ")
		return k + 1
	}
	for i := range n {
		var b strings.Builder
		fmt.Fprintf(&b, "---\ntitle: 합성 보고서 %d\nkeywords: [%s, %s]\n---\n\n", i, nouns[rng.IntN(len(nouns))], nouns[rng.IntN(len(nouns))])
		for count, section := 0, 1; count < words; section++ {
			fmt.Fprintf(&b, "## %d. %s %s\n\n", section, nouns[rng.IntN(len(nouns))], nouns[rng.IntN(len(nouns))])
			for range 6 {
				for range 5 {
					count += sentence(&b)
				}
				fmt.Fprintf(&b, "[앞의 글](r%05d.md)에서 **%s**를 다뤘다.\n\n", rng.IntN(n), word())
			}
			b.WriteString("| 칩 | 값 |\n|---|---|\n| H100 | 80 |\n| H200 | 141 |\n\n- 첫째 항목이다.\n- 둘째 항목이다.\n\n")
		}
		path := filepath.Join(dir, fmt.Sprintf("r%05d.md", i))
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			return err
		}
		if err := os.Chtimes(path, old, old); err != nil {
			return err
		}
	}
	return nil
}
