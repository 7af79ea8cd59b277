package server

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"github.com/valyala/fasthttp"
)

// count reads a counter.
func count(t *testing.T, c prometheus.Counter) float64 {
	t.Helper()
	var m dto.Metric
	if err := c.Write(&m); err != nil {
		t.Fatal(err)
	}
	return m.GetCounter().GetValue()
}

// The ledger is asked for its state once in 10 ms, however many requests come, and by one of them at a time.
func TestRevisionIsAskedOnceAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		recent := newRecentRevision()
		var asked atomic.Int64
		ask := func(context.Context) (dated, error) {
			n := asked.Add(1)
			time.Sleep(3 * time.Millisecond)
			return dated{revision: revision{ledger: fmt.Sprint(n)}}, nil
		}
		var clients sync.WaitGroup
		for range 50 {
			clients.Go(func() {
				for range 40 {
					if _, err := recent.read(t.Context(), ask); err != nil {
						t.Error(err)
					}
					time.Sleep(time.Millisecond)
				}
			})
		}
		clients.Wait()
		if n := asked.Load(); n < 4 || n > 6 {
			t.Errorf("asked %d times within 43 ms", n)
		}
		time.Sleep(stateFor)
		current, err := recent.read(t.Context(), ask)
		if want := fmt.Sprint(asked.Load()); err != nil || current.ledger != want {
			t.Errorf("after %s: revision %s, want %s, %v", stateFor, current.ledger, want, err)
		}
	})
}

// While the ledger is slow to answer, what was true is taken to hold for a second and no longer; an error is not kept.
func TestRevisionOfASlowLedger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		recent := newRecentRevision()
		answer := func(r string, after time.Duration, err error) func(context.Context) (dated, error) {
			return func(context.Context) (dated, error) {
				time.Sleep(after)
				return dated{revision: revision{ledger: r}}, err
			}
		}
		if _, err := recent.read(t.Context(), answer("1", 0, nil)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(500 * time.Millisecond)
		go func() { _, _ = recent.read(t.Context(), answer("2", 5*time.Second, nil)) }() // whose answer the next lines wait for
		synctest.Wait()
		began := time.Now()
		if r, err := recent.read(t.Context(), answer("none", 0, nil)); err != nil || r.ledger != "1" || time.Since(began) > 0 {
			t.Errorf("while another asks: %s after %s, %v", r.ledger, time.Since(began), err)
		}
		time.Sleep(time.Second)
		if r, err := recent.read(t.Context(), answer("3", 0, nil)); err != nil || r.ledger != "3" || time.Since(began) < 5*time.Second {
			t.Errorf("after a second: %s after %s, %v", r.ledger, time.Since(began), err)
		}
		time.Sleep(stateFor)
		down := errors.New("down")
		if _, err := recent.read(t.Context(), answer("", 0, down)); !errors.Is(err, down) {
			t.Errorf("an error is hidden: %v", err)
		}
	})
}

// However many ask a question at a time, it is computed once.
func TestAnswersAreComputedOnce(t *testing.T) {
	s := newTestServer(t)
	missed := count(t, s.telemetry.cache.WithLabelValues("miss"))
	bodies := make([]string, 32)
	var clients sync.WaitGroup
	for i := range bodies {
		clients.Go(func() { _, _, bodies[i] = get(t, s, "/api/v1/trend?metric=gpqa-diamond&fit=logistic&threshold=0.987") })
	}
	clients.Wait()
	if n := count(t, s.telemetry.cache.WithLabelValues("miss")) - missed; n != 1 {
		t.Errorf("computed %v times", n)
	}
	for _, body := range bodies {
		if body == "" || body != bodies[0] {
			t.Fatal("not all get the same answer")
		}
	}
}

// Clients that word what they accept differently and mean the same share an answer; those who mean something else do not.
func TestKeptAnswersAreSharedByMeaning(t *testing.T) {
	s := newTestServer(t)
	const address = "/api/v1/frontier?metric=mmlu&since=2023-03-04"
	misses := func() float64 { return count(t, s.telemetry.cache.WithLabelValues("miss")) }
	before := misses()
	for _, headers := range [][]string{{}, {"Accept", "*/*"}, {"Accept", "application/json"}, {"Accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"},
		{"Accept-Encoding", "gzip, br"}, {"Accept-Encoding", "zstd"}, {"Accept-Language", "ko"}, {"Accept-Language", "ko-KR,en;q=0.3"}, {"User-Agent", "x"}, {"X-Forwarded-Host", "evil.example"}} {
		if status, header, body := get(t, s, address, headers...); status != 200 || !strings.Contains(header.Get("Content-Type"), "json") || body == "" {
			t.Errorf("%v: %d %s", headers, status, header.Get("Content-Type"))
		}
	}
	if n := misses() - before; n != 1 {
		t.Errorf("the same question was computed %v times", n)
	}
	if _, header, _ := get(t, s, address, "Accept", "text/csv"); !strings.HasPrefix(header.Get("Content-Type"), "text/csv") || misses()-before != 2 {
		t.Errorf("text/csv gets %s", header.Get("Content-Type"))
	}
	if get(t, s, address, "Accept-Language", "en"); misses()-before != 3 {
		t.Error("the other language is not asked for")
	}
}

// A kept answer has the headers of the first, apart from those that belong to one client.
func TestKeptAnswersHaveTheirHeaders(t *testing.T) {
	s := newTestServer(t)
	for _, address := range []string{"/reports?from=2001-02-03", "/api/v1/metrics.csv?x=1", "/metrics/gpqa-diamond.svg?x=1", "/feeds/reports.atom?x=1", "/api/v1/trend?metric=mmlu&fit=logistic&x=1"} {
		status, first, body := get(t, s, address, "Accept-Encoding", "gzip")
		again, second, bodyAgain := get(t, s, address, "Accept-Encoding", "gzip")
		first.Del("Date")
		second.Del("Date")
		if status != 200 || again != status || fmt.Sprint(first) != fmt.Sprint(second) || body != bodyAgain {
			t.Errorf("%s: %d, then %d\n%v\n%v", address, status, again, first, second)
		}
		status, header, body := get(t, s, address, "If-None-Match", first.Get("ETag"))
		if status != http.StatusNotModified || body != "" || header.Get("ETag") != first.Get("ETag") || header.Get("Content-Type") != "" {
			t.Errorf("%s: asked again with its ETag: %d, %d bytes, %v", address, status, len(body), header)
		}
		if status, header, body := request(t, s, http.MethodHead, address, nil); status != 200 || body != "" || header.Get("ETag") != first.Get("ETag") {
			t.Errorf("HEAD %s: %d, %d bytes, %v", address, status, len(body), header)
		}
	}
}

// Parameters that nothing reads don't have a chart drawn again.
func TestPicturesAreDrawnOnce(t *testing.T) {
	s := newTestServer(t)
	_, _, first := get(t, s, "/metrics/mmlu.png")
	kept := len(s.responses.byKey)
	for i := range 5 {
		if _, _, again := get(t, s, fmt.Sprintf("/metrics/mmlu.png?whatever=%d", i)); again != first {
			t.Error("another picture")
		}
	}
	if n := len(s.responses.byKey) - kept; n != 5 {
		t.Errorf("%d answers more for 5 addresses: drawings among them", n)
	}
}

// No two questions are written alike, however their parameters are.
func TestQuestionsAreDistinct(t *testing.T) {
	seen := map[string]string{}
	for _, address := range []string{"/a", "/a?", "/a?b", "/a?b=", "/a?b=c", "/a?b=c&d=e", "/a?b=c%26d=e", "/a?b=c%26d%3De", "/a?b%3Dc", "/a%3Fb=c", "/a?b=%00/c", "/a?b=%00%2Fc", "//a", "/a/", "/./a", "/a%00", "/A"} {
		var ctx fasthttp.RequestCtx
		ctx.Request.SetRequestURI(address)
		key := string(appendQuestion(nil, &ctx, "ko", false))
		if other, ok := seen[key]; ok && !sameQuestion[[2]string{other, address}] {
			t.Errorf("%s and %s are one question: %q", other, address, key)
		}
		seen[key] = address
	}
}

// sameQuestion are addresses that mean the same.
var sameQuestion = map[[2]string]bool{{"/a", "/a?"}: true, {"/a?b", "/a?b="}: true, {"/a?b=c%26d=e", "/a?b=c%26d%3De"}: true, {"/a?b=%00/c", "/a?b=%00%2Fc"}: true}

func TestNegotiate(t *testing.T) {
	for accept, want := range map[string]coding{
		"": identity, "gzip": codingGzip, "br": codingBrotli, "gzip, deflate, br, zstd": codingBrotli, "gzip;q=1.0, br;q=0.5": codingGzip, "br;q=0": identity,
		"br;q=0, gzip": codingGzip, "*": codingBrotli, "*;q=0": identity, "br;q=0, *": codingGzip, "identity": identity, "deflate": identity, "GZIP": codingGzip, "x-gzip": codingGzip,
		" br ; q=0.2 ,gzip ;q=0.1": codingBrotli, "br;q=nonsense": codingBrotli, "br;q=NaN": codingBrotli, ",,": identity, "brotli": identity,
	} {
		if got := negotiate([]byte(accept)); got != want {
			t.Errorf("%q: %s, want %s", accept, got, want)
		}
	}
}

// An answer that is asked for often is compressed as well as can be, and its bytes are counted.
func TestAnswersArePolished(t *testing.T) {
	rc := newResponseCache(1 << 20)
	var header fasthttp.ResponseHeader
	header.SetContentType("text/html")
	r := newResponse(&header, []byte(strings.Repeat("how does the record move, and since when? ", 40)+strings.Repeat("abcdefghij", 300)))
	rc.put("q", revision{}, r)
	quick, made := r.compressed(codingGzip)
	if _, again := r.compressed(codingGzip); !made || again {
		t.Error("a form is not made once")
	}
	rc.weigh(r)
	for range oftenAsked {
		rc.get([]byte("q"), revision{})
	}
	for rc.polishing.Load() {
		time.Sleep(time.Millisecond)
	}
	best, _ := r.compressed(codingGzip)
	if !r.polished() || len(best) > len(quick) {
		t.Errorf("polished %t: %d bytes, quickly %d", r.polished(), len(best), len(quick))
	}
	if want := len(r.plain) + len("q") + overhead + len(best); rc.bytes != want {
		t.Errorf("%d bytes are counted, %d are kept", rc.bytes, want)
	}
	rc.put("q", revision{ledger: "2"}, newResponse(&header, []byte("newer")))
	if _, ok := rc.get([]byte("q"), revision{}); ok || rc.bytes != len("newer")+len("q")+overhead {
		t.Errorf("the older answer is kept beside the newer: %d bytes", rc.bytes)
	}
}

// Budget of a kept answer: it allocates nothing that grows with the answer, so that garbage doesn't slow down its neighbours.
func TestKeptAnswerAllocations(t *testing.T) {
	s := newTestServer(t)
	for _, address := range []string{"/", "/metrics/gpqa-diamond", "/api/v1/search?q=HBM", "/api/v1/trend?metric=cpu-transistors&of=all"} {
		raw := "GET " + address + " HTTP/1.1\r\nHost: a.example\r\nAccept: text/html,*/*\r\nAccept-Encoding: gzip, br\r\nAccept-Language: ko-KR,ko;q=0.9\r\nCookie: lang=ko\r\nUser-Agent: test\r\n\r\n"
		var ctx fasthttp.RequestCtx
		if err := ctx.Request.Read(bufio.NewReader(strings.NewReader(raw))); err != nil {
			t.Fatal(err)
		}
		ctx.Init(&ctx.Request, nil, nil)
		s.serve(&ctx)
		if !s.answerKept(&ctx) {
			t.Fatalf("%s is not kept", address)
		}
		size := len(ctx.Response.Body())
		allocations := testing.AllocsPerRun(1000, func() {
			ctx.Response.Reset()
			s.answerKept(&ctx)
		})
		if ctx.Response.StatusCode() != 200 || size == 0 || len(ctx.Response.Body()) > size {
			t.Errorf("%s: %d, %d bytes, then %d", address, ctx.Response.StatusCode(), size, len(ctx.Response.Body()))
		}
		if allocations > 2 {
			t.Errorf("%s: %v allocations for a kept answer", address, allocations)
		}
	}
}
