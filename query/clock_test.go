package query

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestAnswersAskNoClock: an answer is kept for as long as the data stay as they are, which holds only if nothing in it depends on when it
// was made; then no clock that is set back or ahead can make a kept answer wrong either.
func TestAnswersAskNoClock(t *testing.T) {
	clock := regexp.MustCompile(`\btime\.(Now|Since|Until|After|NewTimer|Tick)\(|\be\.now\(`)
	for _, folder := range []string{".", "forecasts", "../trend", "../chart", "../templates"} {
		files, err := filepath.Glob(filepath.Join(folder, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatal(folder, files, err)
		}
		for _, file := range files {
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			dates := file == "keep.go" // the forecasts that were given, which no kept answer has
			if found := clock.Find(source); found != nil && !dates && !strings.HasSuffix(file, "_test.go") {
				t.Errorf("%s asks %s", file, found)
			}
		}
	}
}
