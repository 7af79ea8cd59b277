package server

import (
	"strings"
	"testing"
	"time"

	"github.com/scalebook/scalebook/metrics"
)

// TestDisagreementIsShown looks up, in the bundled figures, a subject whose sources differ on when it became available: its page
// says so in both languages, with each date and who gives it.
func TestDisagreementIsShown(t *testing.T) {
	s := newTestServer(t)
	subjects, err := s.cfg.Ledger.Subjects(t.Context(), metrics.SubjectQuery{Kind: "model"})
	if err != nil {
		t.Fatal(err)
	}
	for _, subject := range subjects {
		known, err := s.engine.Subject(t.Context(), subject.ID, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		if len(known.Dated) < 2 {
			continue
		}
		for lang, says := range map[string]string{"ko": "출처마다 날짜가 다릅니다.", "en": "Sources differ on the date:"} {
			status, _, body := get(t, s, "/subjects/"+subject.ID+"?lang="+lang)
			if status != 200 || !strings.Contains(body, says) {
				t.Fatalf("%s in %s: %d, and it doesn't say %q", subject.ID, lang, status, says)
			}
			for _, d := range known.Dated {
				if !strings.Contains(body, "<time>"+d.Date.Format(time.DateOnly)+"</time>") || !strings.Contains(body, d.Sources[0]) {
					t.Errorf("%s in %s: %s of %s is missing", subject.ID, lang, d.Date, d.Sources[0])
				}
			}
		}
		return
	}
	t.Fatal("no two bundled sources disagree")
}
