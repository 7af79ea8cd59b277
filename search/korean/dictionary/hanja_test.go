package dictionary

import "testing"

func TestInHangul(t *testing.T) {
	for word, want := range map[string]string{
		"半導體": "반도체", "人工知能": "인공지능", "電力": "전력", "女子": "여자", "男女": "남녀", "年度": "연도", "昨年": "작년", "金融": "금융",
		"論理": "논리", "料金": "요금", "半ば": "", "": "", "半a": "", "𠀋": "",
	} {
		got, ok := InHangul(word)
		if got != want || ok != (want != "") {
			t.Errorf("InHangul(%q) = %q, %v, want %q", word, got, ok, want)
		}
		if ok && len(got) != len(word) {
			t.Errorf("InHangul(%q) has %d bytes, want %d", word, len(got), len(word))
		}
	}
}

func TestIsPlace(t *testing.T) {
	for word, want := range map[string]bool{"부산": true, "서울": true, "조선": true, "런던": true, "예칙": false, "강아지": false, "": false, "ab": false, "가가": false} {
		if IsPlace(word) != want {
			t.Errorf("IsPlace(%q) = %v", word, !want)
		}
	}
}
