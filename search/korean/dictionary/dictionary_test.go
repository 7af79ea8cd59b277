package dictionary

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

func open(t testing.TB) *Dictionary {
	t.Helper()
	d, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// division writes the morphemes of run with a bar between them and particles,
// endings and the like in brackets.
func division(d *Dictionary, run string, context Context) string {
	var parts []string
	for _, m := range d.Segment(&Lattice{}, nil, run, context) {
		if m.Tag.Content() {
			parts = append(parts, m.Term)
		} else {
			parts = append(parts, "("+m.Term+")")
		}
	}
	return strings.Join(parts, "|")
}

func TestSegment(t *testing.T) {
	d := open(t)
	for _, c := range []struct {
		run     string
		context Context
		want    string
	}{
		{"추론을", Space, "추론|(을)"},
		{"억", AfterNumber, "억"},
		{"데이터센터는", Space, "데이터|센터|(는)"},
		{"무어의", Space, "무어|(의)"},
		{"노아의", Space, "노아|(의)"},
		{"스케일링", Space, "스케일링"},
		{"생성", Space, "생성"},
		{"를", AfterWord, "(를)"},
		{"에서의", AfterWord, "(에서)|(의)"},
		{"", Space, ""},
	} {
		if got := division(d, c.run, c.context); got != c.want {
			t.Errorf("Segment(%q, context %d) = %q, want %q", c.run, c.context, got, c.want)
		}
	}
}

func TestSegmentUndoesInflection(t *testing.T) {
	d := open(t)
	for run, stem := range map[string]string{"늘어났다": "늘어나", "빨라졌다": "빠르", "도왔던": "돕", "아름다워": "아름답", "만들었으며": "만들"} {
		got := d.Segment(&Lattice{}, nil, run, Space)
		if len(got) == 0 || got[0].Term != stem || got[0].Start != 0 {
			t.Errorf("Segment(%q) = %v, want the stem %q first", run, got, stem)
		}
	}
}

func TestSegmentCoversLongRuns(t *testing.T) {
	d := open(t)
	run := strings.Repeat("데이터센터를뷁", 200)
	end := 0
	for _, m := range d.Segment(&Lattice{}, nil, run, Space) {
		if m.Start != end && m.Start >= end {
			t.Fatalf("nothing between %d and %d", end, m.Start)
		}
		end = max(end, m.End)
	}
	if end != len(run) {
		t.Errorf("divided up to %d of %d bytes", end, len(run))
	}
}

func TestWith(t *testing.T) {
	d := open(t).With([]string{"트레이니엄", "액체 냉각", "인공지능", "무어의 법칙", "GPU 클러스터"})
	for run, want := range map[string]string{
		"트레이니엄을":  "트레이니엄|(을)",
		"액체냉각이":   "액체|냉각|(이)",
		"인공지능은":   "인공|지능|(은)",
		"무어의":     "무어|(의)",
		"트레이니엄용":  "트레이니엄|용",
		"데이터센터에서": "데이터|센터|(에서)",
	} {
		if got := division(d, run, Space); got != want {
			t.Errorf("Segment(%q) = %q, want %q", run, got, want)
		}
	}
	if got := division(open(t), "트레이니엄을", Space); got == "트레이니엄|(을)" {
		t.Error("a word added to one dictionary is known to another")
	}
}

func TestOpenTellsDamage(t *testing.T) {
	for name, data := range map[string]string{
		"empty":     "",
		"not ours":  strings.Repeat("x", 200),
		"cut short": compiled[:len(compiled)/2],
		"no body":   compiled[:len(Magic)+4*headerFields],
	} {
		if _, err := Open(data); err == nil {
			t.Errorf("Open of %s data reports no error", name)
		}
	}
}

func TestSize(t *testing.T) {
	if n := len(compiled); n > 8<<20 {
		t.Errorf("the dictionary has %d bytes, want at most 8 MiB", n)
	}
}

func FuzzSegment(f *testing.F) {
	for _, s := range []string{"추론을", "ㅋㅋㅋ", "뷁뷁", "가\u0301나", "\u1112\u1161\u11ab", "늘어났다고", strings.Repeat("가", 600)} {
		f.Add(s, byte(1))
	}
	d, err := Default()
	if err != nil {
		f.Fatal(err)
	}
	d = d.With([]string{"액체 냉각", "트레이니엄"})
	var l Lattice
	f.Fuzz(func(t *testing.T, run string, context byte) {
		if !utf8.ValidString(run) {
			t.Skip()
		}
		start := 0
		for _, m := range d.Segment(&l, nil, run, Context(context%3)) {
			if m.Start < start || m.End <= m.Start || m.End > len(run) || m.Term == "" && m.Tag.Content() {
				t.Fatalf("Segment(%q): %+v after %d", run, m, start)
			}
			if !utf8.ValidString(run[m.Start:m.End]) {
				t.Fatalf("Segment(%q): %+v divides a character", run, m)
			}
			start = m.Start
		}
	})
}

func ExampleDictionary_Segment() {
	d, err := Default()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, m := range d.Segment(&Lattice{}, nil, "데이터센터를", Space) {
		fmt.Println(m.Term, m.Start, m.End, m.Tag == Particle)
	}
	// Output:
	// 데이터 0 9 false
	// 센터 9 15 false
	// 를 15 18 true
}
