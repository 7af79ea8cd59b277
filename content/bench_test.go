package content

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// syntheticReports writes n reports of about the given number of words, in Korean with English names, headings, lists,
// tables, links between them and glosses. The same seed gives the same files.
func syntheticReports(tb testing.TB, dir string, n, words int) {
	tb.Helper()
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
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("r%05d.md", i)), []byte(b.String()), 0o644); err != nil {
			tb.Fatal(err)
		}
	}
	old := time.Now().Add(-time.Hour)
	entries, err := os.ReadDir(dir)
	if err != nil {
		tb.Fatal(err)
	}
	for _, e := range entries {
		if err := os.Chtimes(filepath.Join(dir, e.Name()), old, old); err != nil {
			tb.Fatal(err)
		}
	}
}

// BenchmarkLibrary builds a library of SCALEBOOK_BENCH_REPORTS reports (1,000 unless set) of 5,000 words, changes one, and
// opens it again. Run it with -benchtime 1x.
func BenchmarkLibrary(b *testing.B) {
	n := 1000
	if v, err := strconv.Atoi(os.Getenv("SCALEBOOK_BENCH_REPORTS")); err == nil {
		n = v
	}
	src, dir := b.TempDir(), b.TempDir()
	syntheticReports(b, src, n, 5000)
	ctx := context.Background()
	sync := func(b *testing.B, l *Library) SyncResult {
		res, err := l.Sync(ctx, SourceConfig{Name: "bench", Public: true}, os.DirFS(src), "")
		if err != nil {
			b.Fatal(err)
		}
		return res
	}
	var l *Library
	b.Run("build", func(b *testing.B) {
		for b.Loop() {
			if err := os.RemoveAll(dir); err != nil {
				b.Fatal(err)
			}
			l = openLibrary(b, dir)
			sync(b, l)
		}
		b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)/float64(n)*1e3, "ms/report")
	})
	b.Run("change one", func(b *testing.B) {
		file := filepath.Join(src, "r00001.md")
		text, err := os.ReadFile(file)
		if err != nil {
			b.Fatal(err)
		}
		for i := 0; b.Loop(); i++ {
			if err := os.WriteFile(file, fmt.Appendf(text, "\n바뀐 문단 %d이다.\n", i), 0o644); err != nil {
				b.Fatal(err)
			}
			if res := sync(b, l); len(res.Updated) != 1 {
				b.Fatalf("%d updated", len(res.Updated))
			}
		}
	})
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			openLibrary(b, dir)
		}
	})
	b.Run("read one", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			if _, ok := l.Report(fmt.Sprintf("r%05d", i%n)); !ok {
				b.Fatal("missing")
			}
		}
	})
}
