package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scalebook/scalebook/search"
)

func TestTermFileCorrectsTheGlossary(t *testing.T) {
	path := filepath.Join(t.TempDir(), termFile)
	if rules, err := readTermRules(path); err != nil || rules.Add != nil || rules.Forbid != nil {
		t.Errorf("no file: %v, %v", rules, err)
	}
	if err := os.WriteFile(path, []byte("en,ko,action\nscaling law,규모 법칙,add\nloss,손해,forbid\npost-training,사후 훈련,add\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	rules, err := readTermRules(path)
	if err != nil {
		t.Fatal(err)
	}
	got := corrected([]search.GlossaryEntry{
		{En: "Scaling law", Ko: "확장 법칙", Variants: []string{"규모 법칙", "스케일링 법칙"}, Kind: "ml"},
		{En: "loss", Ko: "손해"}, {En: "loss", Ko: "손실"},
	}, rules)
	want := []search.GlossaryEntry{
		{En: "Scaling law", Ko: "규모 법칙", Variants: []string{"확장 법칙", "스케일링 법칙"}, Kind: "ml"},
		{En: "loss", Ko: "손실"}, {En: "post-training", Ko: "사후 훈련", Kind: "general"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if err := os.WriteFile(path, []byte("en,ko,action\nloss,손해,drop\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := readTermRules(path); err == nil {
		t.Error("an action that does not exist was accepted")
	}
}
