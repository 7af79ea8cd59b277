package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestMaxDownload: what a source may send is the operator's to say, and a source that sends more is named with the limit.
func TestMaxDownload(t *testing.T) {
	table := "metric,subject,time,value\nmmlu,model-a,2024-01-01,0.5\n" + strings.Repeat("\n", 2<<20)
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, table) }))
	defer upstream.Close()
	for _, test := range []struct {
		flags []string
		code  int
		says  []string
	}{
		{[]string{"--max-download", "1"}, exitFailed, []string{upstream.URL, "more than 1048576 bytes"}},
		{[]string{"--max-download", "3"}, exitOK, nil},
		{nil, exitOK, nil},
		{[]string{"--max-download", "-1"}, exitUsage, []string{"max-download"}},
	} {
		var problems bytes.Buffer
		p := Program{Args: append([]string{"ingest", "--data", t.TempDir(), "--from", upstream.URL + "/table.csv", "csv"}, test.flags...),
			Stdout: io.Discard, Stderr: &problems, Getenv: func(string) string { return "" }}
		code := p.Run(t.Context())
		for _, want := range test.says {
			if !strings.Contains(problems.String(), want) {
				t.Errorf("%v: it does not say %q: %s", test.flags, want, problems.String())
			}
		}
		if code != test.code {
			t.Errorf("%v: exit %d, want %d: %s", test.flags, code, test.code, problems.String())
		}
	}
}
