package korean

import (
	"slices"
	"testing"
)

func TestSpacings(t *testing.T) {
	a := newTestAnalyzer(t, Config{})
	for text, want := range map[string][]string{
		"데이터센터 냉각":    {"데이터센터냉각", "데이터 센터 냉각"},
		"데이터 센터":      {"데이터센터"},
		"데이터센터":       {"데이터 센터"},
		"무어의법칙을":      {"무어의 법칙을"},
		"GPU 클러스터":    nil,
		"추론":          nil,
		"":            nil,
		"scaling law": nil,
	} {
		if got := a.Spacings(text); !slices.Equal(got, want) {
			t.Errorf("Spacings(%q) = %q, want %q", text, got, want)
		}
	}
}
