package content

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// mined returns the pairs that a text yields, "한국어=English".
func mined(texts ...string) []string {
	var ps []Passage
	for _, t := range texts {
		ps = append(ps, Passage{Kind: "paragraph", Text: t})
	}
	cs := termCandidates(ps)
	var out []string
	for _, t := range decide(cs, agreementsOf(cs), nil) {
		out = append(out, t.Ko+"="+t.En)
	}
	return out
}

func TestTerms(t *testing.T) {
	for _, tt := range []struct {
		name string
		text []string
		want []string
	}{
		{"one word", []string{"이를 토크노믹스(tokenomics)라 한다."}, []string{"토크노믹스=tokenomics"}},
		{"particle before", []string{"모델의 합성 데이터(synthetic data)를 쓴다."}, []string{"합성 데이터=synthetic data"}},
		{"acronym", []string{"연구진은 대형 언어 모델(LLM)을 만든다."}, []string{"대형 언어 모델=LLM"}},
		{"acronym of compounds", []string{"첨단 고대역폭 메모리(HBM)가 비싸다."}, []string{"고대역폭 메모리=HBM"}},
		{"eponym", []string{"오래된 무어의 법칙(Moore's law)이 있다."}, []string{"무어의 법칙=Moore's law"}},
		{"possessive is no part", []string{"데이터센터의 전력 밀도(power density)가 높다."}, []string{"전력 밀도=power density"}},
		{"latin in both", []string{"이때 KV 캐시(KV cache)가 커진다."}, []string{"KV 캐시=KV cache"}},
		{"acronym spelled out", []string{"ASIC(Application-Specific Integrated Circuit)은 전용 칩이다."}, []string{"ASIC=Application-Specific Integrated Circuit"}},
		{"english first", []string{"그는 Nvidia(엔비디아)의 주식을 샀다."}, []string{"엔비디아=Nvidia"}},
		{"acronym and words", []string{"보드의 전압 조절 모듈(VRM, Voltage Regulator Module)이 있다."}, []string{"전압 조절 모듈=Voltage Regulator Module"}},
		{"later name", []string{"엔지니어링 벤치마크(Engineering Benchmark, 이하 EB)를 쓴다."}, []string{"엔지니어링 벤치마크=Engineering Benchmark"}},
		{"quoted", []string{"이른바 “전력 슬로싱(Power Sloshing)“은 새롭다."}, []string{"전력 슬로싱=Power Sloshing"}},
		{"list of examples", []string{"모든 노드(GPU, 서버, 장치 등)가 통신한다."}, nil},
		{"remark", []string{"o3-mini(높음)가 앞선다. 성능은 좋다(추정)."}, nil},
		{"number", []string{"점수는 8%(추정)였고 2024년(기준)이다."}, nil},
		{"title in brackets", []string{"그는 《확장 법칙》(Scaling Laws)을 썼다.", "오디오 앨범 〈소리〉(〈Sori〉)가 나왔다."}, []string{"확장 법칙=Scaling Laws", "소리=Sori"}},
		{"other letters are no English", []string{"노래 空に描く思い(하늘에 그리는 생각)를 냈다."}, nil},
		{"number and name", []string{"새 판 10(DirectX 10)을 쓴다."}, nil},
		{"and in Hangul", []string{"그 법률 사무소 윈저트 앤 뷸리(Wingert and Bewley)에 들어갔다."}, []string{"윈저트 앤 뷸리=Wingert and Bewley"}},
		{"what somebody is", []string{"소년 함자 알하티브(Hamza Al-Khatib)가 있었다."}, []string{"함자 알하티브=Hamza Al-Khatib"}},
		{"predicate", []string{"그들은 죽여줬고(kicking ass) 이는 시작되는데(onset) 끝난다."}, nil},
		{"version of a song", []string{"슬픈 음악(Guitar Remix Ver.)과 노래(With Double K)가 있다."}, nil},
		{"head is a verb", []string{"검색으로 풀 수 없는(Google-proof) 문항이다."}, nil},
		{"too short for the gloss", []string{"벤치마크(Graduate-Level Google-Proof Questions)를 쓴다."}, nil},
		{"agreement", []string{"작업 시간 지평(time horizon)이 길다.", "그 시간 지평(time horizon)을 잰다.", "모델 시간 지평(time horizon)과 같다."}, []string{"시간 지평=time horizon"}},
		{"two renderings", []string{"확장 법칙(scaling law)을 다룬다.", "스케일링 법칙(scaling law)을 다룬다."}, []string{"확장 법칙=scaling law", "스케일링 법칙=scaling law"}},
		{"unclosed and nested", []string{"깨진 괄호(open 뒤에 강화 학습(RL (x))이 온다."}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, mined(tt.text...)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestGlossary(t *testing.T) {
	rules, err := ReadTermRules(strings.NewReader("en,ko,action\nloss,손해,forbid\nbatch,묶음,add\n"))
	if err != nil {
		t.Fatal(err)
	}
	l, err := Open(LibraryConfig{Dir: t.TempDir(), Terms: rules})
	if err != nil {
		t.Fatal(err)
	}
	syncFiles(t, l, fstest.MapFS{
		"20240101-a.md": file("# 하나\n\n이 글은 합성 데이터(synthetic data)와 전압 조절 모듈(VRM)을 다룬다. 모형의 손해(loss)도 다룬다."),
		"20240202-b.md": file("# 둘\n\n이 글은 합성 데이터(Synthetic Data)와 전압 조정 장치(VRM)를 다룬다. 앞의 글과는 다른 내용이다."),
		"20240303-c.md": file("# 셋\n\n이 글은 오직 전압 조절 모듈(VRM)만 다루며 다른 이야기는 하지 않는다. 그래서 짧다."),
	}, "v1")
	got := map[string][]string{}
	for _, g := range l.Glossary() {
		for _, r := range g.Renderings {
			var reports []string
			for _, u := range r.Uses {
				reports = append(reports, u.Report)
			}
			got[g.En] = append(got[g.En], r.Ko+" "+strings.Join(reports, ","))
		}
	}
	want := map[string][]string{
		"Synthetic Data": {"합성 데이터 20240101-a,20240202-b"},
		"VRM":            {"전압 조절 모듈 20240101-a,20240303-c", "전압 조정 장치 20240202-b"},
		"batch":          {"묶음 "},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	known := map[string]bool{}
	for _, r := range LintRules() {
		known[r.Name] = true
		if r.Title.Ko == "" || r.Title.En == "" {
			t.Errorf("rule %s lacks a title", r.Name)
		}
	}
	found := false
	for _, f := range l.Findings() {
		found = found || f.Rule == "rendering" && f.Slug == "20240202-b"
		if !known[f.Rule] {
			t.Errorf("rule %q is not listed", f.Rule)
		}
		if text := f.Text(); f.Rule == "rendering" && text.Ko != "VRM: 이 글에서는 ‘전압 조정 장치’, ‘전압 조절 모듈’로 옮긴 글: 20240101-a" {
			t.Errorf("%+v", text)
		}
	}
	if !found {
		t.Error("two renderings of one term are not reported")
	}
}

// TestGlossaryAfterChanges compares what a library decided report by report as they came with one that sees them together.
func TestGlossaryAfterChanges(t *testing.T) {
	dir := t.TempDir()
	l := openLibrary(t, dir)
	files := fstest.MapFS{
		"20240101-a.md": file("# 하나\n\n이 글은 널리 쓰이는 합성 데이터(synthetic data)를 다룬다."),
		"20240202-b.md": file("# 둘\n\n앞의 글과 다른 널리 쓰이는 합성 데이터(synthetic data)와 손실(loss) 이야기다."),
	}
	steps := []func(){
		func() {},
		func() {
			files["20240303-c.md"] = file("# 셋\n\n그런데 요즘 합성 데이터(synthetic data)는 어디에나 있다고들 한다.")
		},
		func() {
			files["20240101-a.md"] = file("# 하나\n\n여기서는 새 합성 데이터(synthetic data)만 다루고 다른 것은 다루지 않는다.")
		},
		func() { delete(files, "20240202-b.md") },
		func() {
			files["20240404-d.md"] = file("# 넷\n\n용어를 풀어 적은 곳이 하나도 없는 글이다. 그래서 낱말이 없다.")
		},
	}
	for i, change := range steps {
		change()
		syncFiles(t, l, files, "v")
		if diff := cmp.Diff(openLibrary(t, dir).Glossary(), l.Glossary()); diff != "" {
			t.Errorf("after step %d: %s", i, diff)
		}
	}
}

// TestRenderingsNameTheLine finds renderings where they stand, in paragraphs, lists, tables, quotes and notes.
func TestRenderingsNameTheLine(t *testing.T) {
	l := openLibrary(t, t.TempDir())
	syncFiles(t, l, fstest.MapFS{
		"20240101-a.md": file("# 하나\n\n이 글은 전압 조절 모듈(VRM)과 손실 함수(loss function), 전력 밀도(power density), 합성 데이터(synthetic data), 학습률(learning rate)을 다룬다."),
		"20240102-b.md": file("# 둘\n\n이 글은 전압 조절 모듈(VRM)과 손실 함수(loss function), 전력 밀도(power density), 합성 데이터(synthetic data), 학습률(learning rate)을 또 다룬다."),
		"20240202-c.md": file("---\ntitle: 셋\n---\n\n첫 문단이다. 앞의 글들과는 다른 내용이다.[^1]\n둘째 줄에서 전압 조정 장치(VRM)를 다룬다.\n\n- 첫 항목\n- 둘째 항목은 비용 함수(loss function)\n\n" +
			"| 말 | 뜻 |\n|---|---|\n| 가 | 나 |\n| 출력 집중도(power density) | 다 |\n\n> 인용문이다.\n> 그 속의 가짜 자료(synthetic data)이다.\n\n[^1]: 각주에서는 배움 속도(learning rate)라 한다.\n"),
	}, "v1")
	got := map[string]int{}
	for _, f := range l.Findings() {
		if f.Rule == "rendering" {
			got[f.Args[0]] = f.Line
		}
	}
	want := map[string]int{"VRM": 6, "loss function": 9, "power density": 14, "synthetic data": 17, "learning rate": 19}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTermRulesNameTheLine(t *testing.T) {
	for _, in := range []string{"en,ko\n", "en,ko,action\nx,,add\n", "en,ko,action\nx,y,drop\n", "en,ko,action\n,y,add\n"} {
		if _, err := ReadTermRules(strings.NewReader(in)); err == nil {
			t.Errorf("%q was accepted", in)
		}
	}
}
