package ingesttest

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/scalebook/scalebook/ingest"
)

// Accounts reads a folder of real upstream files with the connector and compares what became of them, counted by metric
// and by reason, with testdata/accounts.golden. The figures themselves are the upstream's and are not kept.
func Accounts(t *testing.T, connector ingest.Connector, upstream string) {
	t.Helper()
	b := New(t, connector)
	job := ingest.Job{Name: connector.Kind(), Kind: connector.Kind(), Location: Upstream(t, upstream)}
	o := b.Ingest(t, job)
	counts, err := b.Ledger.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for _, metric := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(&text, "%5d %s\n", counts[metric], metric)
	}
	for _, r := range Reasons(o.Rejected) {
		fmt.Fprintf(&text, "%5d %s: %s\n", r.Rows, r.kind(), r.Reason)
	}
	SameFile(t, filepath.Join("testdata", "accounts.golden"), text.String())
	if o.Broken() != nil {
		t.Errorf("a row of the upstream can't be read: %v", o.Broken())
	}
	job.Force = true
	if again := b.Ingest(t, job); again.Result != ingest.Unchanged {
		t.Errorf("read again: %s", again.Summary())
	}
}

// SameFile compares a text with a file, which -update writes anew.
func SameFile(t testing.TB, path, got string) {
	t.Helper()
	if *update {
		Write(t, path, got)
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// Reason is why rows were set aside.
type Reason struct {
	Rows      int
	Tolerated bool
	Reason    string
}

func (r Reason) kind() string {
	if r.Tolerated {
		return "aside"
	}
	return "broken"
}

// particulars are what tells one row of a reason from another: where it is, and which model or domain it is about.
var particulars = regexp.MustCompile(`of \S+ row \d+ \(.*\)|^[a-z0-9.-]+: |of the domain .* isn't`)

// Reasons counts rejected rows by reason, the most frequent first.
func Reasons(rejected []ingest.Rejected) []Reason {
	count := map[Reason]int{}
	for _, r := range rejected {
		reason := particulars.ReplaceAllStringFunc(r.Reason, func(s string) string {
			switch {
			case strings.HasPrefix(s, "of the domain"):
				return "of another domain than language isn't"
			case strings.HasPrefix(s, "of "):
				return "of another row"
			}
			return ""
		})
		count[Reason{Tolerated: r.Tolerated, Reason: reason}]++
	}
	var out []Reason
	for r, n := range count {
		r.Rows = n
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b Reason) int {
		return cmp.Or(cmp.Compare(b.Rows, a.Rows), strings.Compare(a.Reason, b.Reason))
	})
	return out
}
