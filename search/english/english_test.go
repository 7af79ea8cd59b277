package english_test

import (
	"testing"

	"github.com/scalebook/scalebook/search/english"
)

func TestIsWord(t *testing.T) {
	for word, want := range map[string]bool{
		"depleted": true, "unpleasant": true, "electricity": true, "hurts": true, "aback": true, "zooms": true,
		"inferrence": false, "acelerator": false, "gpus": false, "": false, "\n": false, "zzzzz": false, "aaaaa": false, "데이터센터": false,
	} {
		if got := english.IsWord(word); got != want {
			t.Errorf("IsWord(%q) = %v, want %v", word, got, want)
		}
	}
}
