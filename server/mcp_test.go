package server

import (
	"net/http"
	"strings"
	"testing"
)

// TestBatchesAreBounded: one request asks assistants' tools no more than a few things, so that it costs no more than others do.
func TestBatchesAreBounded(t *testing.T) {
	cfg := newTestServer(t).cfg
	asked := 0
	cfg.MCP = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { asked++ })
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	question := `{"jsonrpc":"2.0","id":1,"method":"tools/list"}`
	list := func(n int) string { return "[" + strings.TrimSuffix(strings.Repeat(question+",", n), ",") + "]" }
	for _, test := range []struct {
		body    string
		refused bool
	}{
		{question, false}, {list(1), false}, {list(mostInBatch), false}, {list(mostInBatch + 1), true}, {" \n" + list(5000), true}, {"[", false}, {"", false},
	} {
		before := asked
		status, _, _ := request(t, s, http.MethodPost, "/mcp", strings.NewReader(test.body), "Content-Type", "application/json")
		if refused := status == http.StatusRequestEntityTooLarge; refused != test.refused || refused == (asked > before) {
			t.Errorf("%.60s: %d, handed on: %t", test.body, status, asked > before)
		}
	}
}
