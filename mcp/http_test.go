package mcp_test

import (
	"context"
	"net"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/scalebook/scalebook/chart"
	"github.com/scalebook/scalebook/mcp"
	"github.com/scalebook/scalebook/query"
	"github.com/scalebook/scalebook/server"
	"github.com/scalebook/scalebook/server/servertest"
	"github.com/scalebook/scalebook/templates"
)

// serve returns the address of a server of the bundled content that assistants can ask.
func serve(t *testing.T, bundled servertest.Content, rate float64) string {
	t.Helper()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	pages, err := templates.New(templates.Config{ChartCSS: chart.CSS()})
	check(err)
	engine := query.New(query.Config{Ledger: bundled.Ledger})
	handler := mcp.NewHandler(mcp.Config{Engine: engine, Index: bundled.Index, Library: bundled.Library, PublicURL: "https://scalebook.example", Version: "test"})
	s, err := server.New(server.Config{Ledger: bundled.Ledger, Engine: engine, Library: bundled.Library, Index: bundled.Index, Glossary: bundled.Glossary,
		Templates: pages, MCP: handler, PublicURL: "https://scalebook.example", RateLimit: rate, Version: "test"})
	check(err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, listener) }()
	t.Cleanup(func() {
		stop()
		check(<-ended)
	})
	return "http://" + listener.Addr().String()
}

func TestOverHTTP(t *testing.T) {
	bundled, err := servertest.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Run("cited question", func(t *testing.T) { citedQuestion(t, serve(t, bundled, 0)) })
	t.Run("limits", func(t *testing.T) { limits(t, serve(t, bundled, 0)) })
	t.Run("rate", func(t *testing.T) { underRate(t, serve(t, bundled, 1)) })
}

// citedQuestion goes the way of an assistant that is asked whether a report's number still holds: it finds the
// report, reads the passage, finds the metric, and asks for record and trend. Every step can be cited.
func citedQuestion(t *testing.T, address string) {
	ctx := t.Context()
	session, err := sdk.NewClient(&sdk.Implementation{Name: "test", Version: "1"}, nil).Connect(ctx, &sdk.StreamableClientTransport{Endpoint: address + "/mcp", MaxRetries: -1}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	if instructions := session.InitializeResult().Instructions; !strings.Contains(instructions, "Cite") {
		t.Errorf("instructions: %q", instructions)
	}
	call := func(tool string, arguments map[string]any) string {
		t.Helper()
		result, err := session.CallTool(ctx, &sdk.CallToolParams{Name: tool, Arguments: arguments})
		if err != nil {
			t.Fatalf("%s: %v", tool, err)
		}
		text := result.Content[0].(*sdk.TextContent).Text
		if result.IsError {
			t.Fatalf("%s: %s", tool, text)
		}
		return text
	}
	find := func(pattern, text string) string {
		t.Helper()
		found := regexp.MustCompile(pattern).FindStringSubmatch(text)
		if found == nil {
			t.Fatalf("no %s in:\n%s", pattern, text)
		}
		return found[1]
	}
	found := call("search_reports", map[string]any{"query": "GPQA Diamond", "lang": "en"})
	slug, anchor := find(`report: (\S+)`, found), find(`\[anchor (\S+)\]`, found)
	text := call("read_section", map[string]any{"report": slug, "anchor": anchor})
	citations := []string{find(`citation: (https://scalebook\.example/reports/\S+#\S+)`, text)}
	metric := find(`(?m)^(gpqa-diamond): `, call("list_metrics", map[string]any{"match": "gpqa"}))
	record := call("frontier", map[string]any{"metric": metric})
	citations = append(citations, find(`address: (https://\S+)`, record))
	trend := call("trend", map[string]any{"metric": metric, "fit": "logistic", "threshold": 0.95})
	revision := find(`data revision ([0-9a-f]{12})`, trend)
	find(`(?m)^(method: .+)$`, trend)
	find(`source: (\S+)`, trend)
	citations = append(citations, find(`address: (https://\S+)`, trend))
	for _, citation := range citations {
		res, err := http.Get(strings.Replace(citation, "https://scalebook.example", address, 1))
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != 200 {
			t.Errorf("%s, which is cited, answers %d", citation, res.StatusCode)
		}
	}
	if again := call("trend", map[string]any{"metric": metric, "fit": "logistic", "threshold": 0.95}); !strings.Contains(again, revision) {
		t.Errorf("the revision moved while nothing changed:\n%s", again)
	}
}

func limits(t *testing.T, address string) {
	ask := func(method, body string, headers ...string) int {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, address+"/mcp", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Accept", "application/json, text/event-stream")
		for i := 0; i+1 < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			return 0 // the server hung up
		}
		res.Body.Close()
		return res.StatusCode
	}
	list := `{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}`
	for name, test := range map[string]struct{ got, want int }{
		"a question":          {ask("POST", list), 200},
		"from its own pages":  {ask("POST", list, "Origin", "https://scalebook.example"), 200},
		"from elsewhere":      {ask("POST", list, "Origin", "https://evil.example"), 403},
		"from no origin":      {ask("POST", list, "Origin", "null"), 403},
		"by the other scheme": {ask("POST", list, "Origin", "http://scalebook.example"), 403},
		"waiting":             {ask("GET", "", "Accept", "text/event-stream"), 405},
		"not JSON":            {ask("POST", "{"), 400},
	} {
		if test.got != test.want {
			t.Errorf("%s: %d, want %d", name, test.got, test.want)
		}
	}
	if got := ask("POST", `{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"x":"`+strings.Repeat("a", 2<<20)+`"}}`); got != 413 && got != 0 {
		t.Errorf("2 MB: %d", got)
	}
}

// underRate asks faster than a client may, from many goroutines.
func underRate(t *testing.T, address string) {
	var refused, answered int
	var mu sync.Mutex
	var all sync.WaitGroup
	for range 40 {
		all.Go(func() {
			body := `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"frontier","arguments":{"metric":"gpqa-diamond"}}}`
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address+"/mcp", strings.NewReader(body))
			if err != nil {
				t.Error(err)
				return
			}
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Accept", "application/json, text/event-stream")
			res, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Error(err)
				return
			}
			res.Body.Close()
			mu.Lock()
			defer mu.Unlock()
			switch res.StatusCode {
			case 200:
				answered++
			case 429:
				refused++
			default:
				t.Errorf("status %d", res.StatusCode)
			}
		})
	}
	all.Wait()
	if answered < 10 || refused < 20 {
		t.Errorf("%d answered and %d refused, of bursts of ten", answered, refused)
	}
}
