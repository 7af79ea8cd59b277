package english

import "testing"

func TestAmerican(t *testing.T) {
	for word, want := range map[string]string{
		"fibre": "fiber", "centre": "center", "centres": "centers", "colour": "color", "behaviour": "behavior", "analysed": "analyzed",
		"utilisation": "utilization", "quantisation": "quantization", "synchronise": "synchronize", "tokenised": "tokenized",
		"defence": "defense", "aluminium": "aluminum",
		// these are what they are
		"precise": "precise", "exercise": "exercise", "otherwise": "otherwise", "noise": "noise", "store": "store", "four": "four",
		"hour": "hour", "premium": "premium", "falling": "falling", "science": "science", "evidence": "evidence", "management": "management",
		"engagement": "engagement", "paris": "paris", "basis": "basis", "analysis": "analysis", "moore": "moore", "spelled": "spelled", "": "",
	} {
		if got := American(word); got != want {
			t.Errorf("American(%q) = %q, want %q", word, got, want)
		}
	}
}
