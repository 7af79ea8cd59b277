package search

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/scalebook/scalebook/content"
	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/search/korean"
)

// texts keeps the passages of reports apart from them, and counts how many were read.
type texts struct {
	passages map[string][]content.Passage
	read     int
}

func (x *texts) Version(slug string) string { return fmt.Sprint(x.passages[slug]) }

func (x *texts) Passages(slug string) ([]content.Passage, error) {
	x.read++
	return x.passages[slug], nil
}

// history is a corpus that changes at random.
type history struct {
	*rand.Rand
	reports  []*content.Report
	subjects []metrics.Subject
	next     int
}

func (h *history) pick(words string) string {
	all := strings.Fields(words)
	return all[min(len(all)-1, int(h.ExpFloat64()*float64(len(all))/3))]
}

func (h *history) sentence() string {
	var words []string
	for range 6 + h.IntN(8) {
		switch h.IntN(8) {
		case 0:
			words = append(words, h.pick("scaling scaled scales Scaling inference pre-training training trained GPUs GPU clusters DeepSeek NVLink efficiency efficient"))
		case 1:
			words = append(words, fmt.Sprint(h.IntN(40), h.pick("개의 GW급 배로 TB")))
		default:
			words = append(words, h.pick("모델 데이터센터 스케일링 법칙 추론 학습 전력 가속기 메모리 대역폭 냉각 칠러 토큰 비용 벤치마크 점수 파라미터 손실 곡선 반도체 웨이퍼 수율 변압기 발전소 송전망 규제 투자 환율")+
				h.pick("은 이 을 의 에서 과 으로 까지"))
		}
	}
	return strings.Join(words, " ") + " " + h.pick("늘었다. 줄었다. 커진다. 무너졌다. 예측한다.")
}

func (h *history) report() *content.Report {
	h.next++
	r := &content.Report{Slug: fmt.Sprintf("r%03d", h.next), Public: true}
	h.rewrite(r)
	return r
}

func (h *history) rewrite(r *content.Report) {
	r.Title, r.Lang = h.pick("스케일링 추론 데이터센터 전력 Inference")+" "+h.pick("보고서 전망 분석 분석의 outlook"), h.pick("ko en")
	r.Date = time.Date(2024, time.Month(1+h.IntN(12)), 1+h.IntN(5), 0, 0, 0, 0, time.UTC)
	r.Passages, r.Terms = nil, nil
	for i := range h.IntN(9) {
		r.Passages = append(r.Passages, content.Passage{Anchor: fmt.Sprintf("p-%d", i), Heading: h.pick("서론 결론 전력망 비용"), Kind: h.pick("paragraph caption code"), Text: h.sentence() + " " + h.sentence()})
	}
	for range h.IntN(3) {
		r.Terms = append(r.Terms, h.pickTerm())
	}
}

func (h *history) pickTerm() content.Term {
	ko := h.pick("변압기 송전망 수율 웨이퍼 칠러")
	return content.Term{Ko: ko, En: map[string]string{"변압기": "transformer", "송전망": "grid", "수율": "yield", "웨이퍼": "wafer", "칠러": "chiller"}[ko]}
}

// step changes a little, and seldom much.
func (h *history) step() {
	for range 1 + int(h.ExpFloat64()) {
		at := h.IntN(len(h.reports))
		changed := *h.reports[at]
		switch h.IntN(8) {
		case 0, 1:
			h.reports = append(h.reports, h.report())
		case 2:
			h.reports = slices.Delete(h.reports, at, at+1)
		case 3:
			h.next++
			changed.Slug = fmt.Sprintf("r%03d", h.next)
			h.reports[at] = &changed
		case 4:
			changed.Date = changed.Date.AddDate(0, h.IntN(3)-1, 0)
			h.reports[at] = &changed
		case 5:
			h.subjects[h.IntN(len(h.subjects))].Aliases = []string{h.pick("블랙웰 루빈 호퍼 Blackwell Rubin")}
		default:
			h.rewrite(&changed)
			h.reports[at] = &changed
		}
	}
}

// corpus returns the corpus as it is, in no particular order, with its texts apart.
func (h *history) corpus() (whole, apart Corpus) {
	h.Shuffle(len(h.reports), func(i, j int) { h.reports[i], h.reports[j] = h.reports[j], h.reports[i] })
	whole = Corpus{Reports: slices.Clone(h.reports), Subjects: slices.Clone(h.subjects),
		Metrics: []metrics.Metric{{ID: "gpqa-diamond", Title: metrics.Text{Ko: "GPQA 다이아몬드", En: "GPQA Diamond"}, Definition: metrics.Text{Ko: "어려운 문항의 점수", En: "score of hard questions"}}}}
	x := &texts{passages: map[string][]content.Passage{}}
	apart = Corpus{Subjects: whole.Subjects, Metrics: whole.Metrics, Texts: x}
	for _, r := range whole.Reports {
		q := *r
		q.Passages = nil
		x.passages[r.Slug] = r.Passages
		apart.Reports = append(apart.Reports, &q)
	}
	return whole, apart
}

func (h *history) query() Query {
	q := Query{Limit: 1 + h.IntN(20), Passages: 1 + h.IntN(5)}
	word := func() string {
		return h.pick("스케일링 추론을 데이터센터 전력 scaling GPU 학습의 clusters 칠러 변압기 transformer 수율 yield 웨이퍼 inference 10개의 blackwell 보고서 r007 법칙은 무너졌다 efficiency 데이터 grid")
	}
	switch h.IntN(12) {
	case 0:
		q.Text = `"` + word() + " " + word() + `"`
	case 1:
		q.Text = word() + " -" + word()
	case 2:
		q.Text = string([]rune(word())[:2]) + "*"
	case 3:
		q.Text = "title:" + word() + " " + word()
	case 4:
		q.Text = word() + " OR " + word()
	case 5:
		q.Text = h.pick("scailing 스켈링 데이타센터 tmzpdlffld ㅅㅋㅇㄹ eficiency 트랜스포머 gpt infernce 변앞기 clustr")
	case 6:
		q.Text, q.Sort = word()+" "+word(), SortNewest
	case 7:
		q.Text, q.Kinds = word(), []string{h.pick("report term subject metric")}
	default:
		q.Text = word() + " " + word() + " " + word()
	}
	return q
}

// answers are the answers to queries and suggestions to their beginnings, as JSON.
func answers(t *testing.T, dir string, glossary []GlossaryEntry, queries []Query) []string {
	t.Helper()
	ix, err := Open(Config{Dir: dir, Glossary: glossary})
	if err != nil {
		t.Fatal(err)
	}
	defer ix.Close()
	var out []string
	for _, q := range queries {
		res, err := ix.Search(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		res.TookUS = 0
		text := []rune(q.Text)
		suggested, err := ix.Suggest(t.Context(), string(text[:min(3, len(text))]), 10)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := json.Marshal([]any{q, res, suggested})
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(raw))
	}
	return out
}

// TestIncrementalAnswersAlike changes a corpus at random again and again. After each change a generation that goes on from the one
// before answers, to the byte, as one that was built from nothing.
func TestIncrementalAnswersAlike(t *testing.T) {
	steps := 24
	if testing.Short() {
		steps = 8
	}
	for seed := range uint64(2) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			h := &history{Rand: rand.New(rand.NewPCG(seed, 5)), subjects: []metrics.Subject{{ID: "b200", Name: "B200"}, {ID: "mi300x", Name: "MI300X"}}}
			for range 60 {
				h.reports = append(h.reports, h.report())
			}
			glossary := []GlossaryEntry{{En: "scaling law", Ko: "스케일링 법칙"}, {En: "chiller", Ko: "냉각기", Variants: []string{"칠러"}}}
			dir := filepath.Join(t.TempDir(), "index")
			went, took, most := 0, 0, 0
			for step := range steps {
				if step > 0 {
					h.step()
				}
				if step == steps/2 { // which changes how texts are analysed
					glossary = append(glossary, GlossaryEntry{En: "transformer station", Ko: "데이터센터전력"})
				}
				whole, apart := h.corpus()
				if _, err := Build(context.Background(), BuildConfig{Dir: dir, Glossary: glossary}, apart); err != nil {
					t.Fatal(err)
				}
				fresh := filepath.Join(t.TempDir(), "index")
				if _, err := Build(context.Background(), BuildConfig{Dir: fresh, Glossary: glossary}, whole); err != nil {
					t.Fatal(err)
				}
				var queries []Query
				for range 60 {
					queries = append(queries, h.query())
				}
				got, want := answers(t, dir, glossary, queries), answers(t, fresh, glossary, queries)
				for i := range want {
					if got[i] != want[i] {
						t.Fatalf("step %d: a generation that goes on answers\n%s\nand one built from nothing\n%s", step, got[i], want[i])
					}
				}
				segments, _ := filepath.Glob(filepath.Join(dir, segPrefix+"*"))
				most = max(most, len(segments))
				if step > 0 && apart.Texts.(*texts).read < len(h.reports)/2 {
					went++
				}
				took += apart.Texts.(*texts).read
			}
			if went < steps/2 || most < 3 {
				t.Errorf("%d of %d steps went on from the generation before, with at most %d segments", went, steps, most)
			}
			t.Logf("%d of %d steps went on, %d texts were read for %d reports a step", went, steps, took, len(h.reports))
		})
	}
}

// TestBuildMendsDamage builds on a generation whose files are damaged, are of another format, or are gone.
func TestBuildMendsDamage(t *testing.T) {
	for name, damage := range map[string]func(dir string) error{
		"segments gone":   func(dir string) error { return os.RemoveAll(filepath.Join(dir, "seg-00000001")) },
		"owners damaged":  func(dir string) error { return turn(filepath.Join(dir, "seg-00000001", ownersFile), 40) },
		"impacts cut off": func(dir string) error { return os.Truncate(filepath.Join(dir, "seg-00000001", impactFile), 100) },
		"list damaged":    func(dir string) error { return turn(filepath.Join(dir, "gen-00000001", segmentsFile), 30) },
		"other segment": func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "gen-00000001", segmentsFile), sealed([]byte(generationFormat+"\n"+fmt.Sprint(korean.Version)+"-0\nseg-00000001 00\n")), 0o600)
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if _, err := Build(t.Context(), BuildConfig{Dir: dir}, library()); err != nil {
				t.Fatal(err)
			}
			if err := damage(dir); err != nil {
				t.Fatal(err)
			}
			if _, err := Open(Config{Dir: dir}); err == nil {
				t.Error("what is damaged opens")
			}
			if _, err := Build(t.Context(), BuildConfig{Dir: dir}, library()); err != nil {
				t.Fatal(err)
			}
			got := answers(t, dir, nil, []Query{{Text: "HBM3E 메모리"}})
			fresh := t.TempDir()
			if _, err := Build(t.Context(), BuildConfig{Dir: fresh}, library()); err != nil {
				t.Fatal(err)
			}
			if want := answers(t, fresh, nil, []Query{{Text: "HBM3E 메모리"}}); !slices.Equal(got, want) {
				t.Errorf("mended, it answers\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// turn turns a bit of a file over.
func turn(path string, at int) error {
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	raw[at] ^= 4
	return os.WriteFile(path, raw, 0o600)
}
