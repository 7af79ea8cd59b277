package server

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/scalebook/scalebook/tracing"
	"github.com/valyala/fasthttp"
)

// serve answers a request: from what is kept, or else by the routes.
func (s *Server) serve(ctx *fasthttp.RequestCtx) {
	if !s.answerKept(ctx) {
		s.routed(ctx)
	}
}

// answerKept answers a question that was answered before for the same state of the data, before any route is looked for:
// such an answer needs no deadline and no turn. What it is in doubt about it leaves to the routes.
func (s *Server) answerKept(ctx *fasthttp.RequestCtx) bool {
	h := &ctx.Request.Header
	if !h.IsGet() && !h.IsHead() || len(h.Peek(fiber.HeaderAuthorization)) > 0 || mayWantTable(h) || setsLanguage(ctx) {
		return false
	}
	if clear, chunked := framing(h.RawHeaders()); !clear || chunked {
		return false
	}
	// not fasthttp's context: whoever waits for its end reads what a shutdown writes
	current, err := s.revision(context.Background())
	if err != nil {
		return false
	}
	if asked := h.Peek(revisionHeader); len(asked) > 0 {
		if wanted, err := parseMark(string(asked)); err != nil || !current.whole.reaches(wanted) {
			return false
		}
	}
	var space [512]byte
	r, ok := s.responses.get(appendQuestion(space[:0], ctx, s.languages.of(ctx), false), current.revision)
	if !ok {
		return false
	}
	remaining, ok := s.allowed(ctx)
	if !ok {
		return false
	}
	status := r.answer(ctx, s.responses)
	if s.limiter != nil {
		s.limiter.tell(&ctx.Response.Header, remaining)
	}
	if ctx.UserValue(ownRequest{}) != nil {
		return true
	}
	s.telemetry.hits.Inc()
	r.counted.count(status, time.Since(ctx.Time()))
	if s.cfg.Tracer != nil {
		_, span := s.cfg.Tracer.Request(context.Background(), traceHeaders{h}, ctx.Time())
		tellRequest(span, "GET", r.counted.route, status)
		span.End(nil)
	}
	return true
}

// answer writes r, or that what the client has is still true, and returns the status.
func (r *response) answer(ctx *fasthttp.RequestCtx, keptIn *responseCache) int {
	if matches(ctx.Request.Header.Peek(fiber.HeaderIfNoneMatch), r.etag) {
		r.header.CopyTo(&ctx.Response.Header)
		ctx.Response.Header.SetContentType("")
		ctx.Response.SetStatusCode(fiber.StatusNotModified)
		return fiber.StatusNotModified
	}
	if r.write(ctx) {
		keptIn.weigh(r)
	}
	return fiber.StatusOK
}

// cached answers GET and HEAD from what was rendered before, renders each answer once however many ask for it at a time,
// and lets clients keep what is still true: an ETag names the state of the data and the question, so it is known before
// anything is computed.
func (s *Server) cached(c *fiber.Ctx) error {
	if c.Method() != fiber.MethodGet && c.Method() != fiber.MethodHead || !cacheable(c) {
		return c.Next()
	}
	ctx := c.Context()
	current, err := s.revision(c.UserContext()) // not fasthttp's, which a shutdown ends while requests are to finish
	if err != nil {
		return err
	}
	wanted := making{string(appendQuestion(nil, ctx, s.lang(c), wantsCSV(c))), current.revision}
	etag := wanted.etag()
	if matches(ctx.Request.Header.Peek(fiber.HeaderIfNoneMatch), etag) {
		setValidators(c, etag)
		c.Set(revisionHeader, current.shown.String())
		return c.SendStatus(fiber.StatusNotModified)
	}
	if r, ok := s.responses.get([]byte(wanted.key), wanted.revision); ok {
		s.telemetry.hits.Inc()
		return s.resend(c, r)
	}
	rendered := s.responses.render(wanted)
	if rendered == nil {
		if r, ok := s.responses.await(c.UserContext(), wanted); ok {
			s.telemetry.cache.WithLabelValues("shared").Inc()
			return s.resend(c, r)
		}
	} else {
		defer rendered()
	}
	if ctx.UserValue(ownRequest{}) == nil {
		s.telemetry.cache.WithLabelValues("miss").Inc()
	}
	if err := s.inTurn(c); err != nil {
		return err
	}
	res := c.Response()
	if res.StatusCode() != fiber.StatusOK || len(res.Header.Peek(fiber.HeaderSetCookie)) > 0 || res.IsBodyStream() {
		return nil
	}
	setValidators(c, etag)
	if err := s.stamp(c); err != nil {
		return err
	}
	r := newResponse(&res.Header, res.Body())
	r.counted = s.telemetry.observed(c.Route().Path)
	s.responses.put(wanted.key, wanted.revision, r)
	if r.writeBody(ctx) {
		s.responses.weigh(r)
	}
	return nil
}

// resend answers with a kept answer, beside what earlier handlers have set for this client.
func (s *Server) resend(c *fiber.Ctx, r *response) error {
	c.Locals(routeKey, r.counted.route)
	res := c.Response()
	r.header.VisitAll(func(k, v []byte) { res.Header.SetBytesKV(k, v) })
	if r.writeBody(c.Context()) {
		s.responses.weigh(r)
	}
	return nil
}

// inTurn computes an answer when there is room for it.
func (s *Server) inTurn(c *fiber.Ctx) error {
	_, span := tracing.Step(c.UserContext(), "wait for a turn")
	leave, err := s.turns.enter(c.UserContext())
	span.End(err)
	if err != nil {
		return err
	}
	defer leave() // a handler that panics gives its turn back too
	return c.Next()
}

// cacheable leaves out what depends on who asks, or on something else than the data, and whatever is asked with a token.
func cacheable(c *fiber.Ctx) bool {
	return c.Get(fiber.HeaderAuthorization) == "" && !changesBetween(c.Path())
}

// changesBetween reports whether the answer at a path changes while the data stay as they are: the runs of ingests, and the
// forecasts that were given.
func changesBetween(path string) bool {
	return path == "/about" || strings.HasPrefix(path, "/api/v1/ingest") || strings.HasPrefix(path, "/api/v1/forecasts") ||
		strings.HasPrefix(path, "/trends/forecasts")
}

// appendQuestion appends what an answer depends on beside the data: language, form, parameters and path.
func appendQuestion(dst []byte, ctx *fasthttp.RequestCtx, lang string, csv bool) []byte {
	dst = append(dst, lang...)
	if csv {
		dst = append(dst, ".csv"...)
	}
	if len(ctx.URI().QueryString()) > 0 {
		ctx.QueryArgs().VisitAll(func(k, v []byte) {
			dst = append(dst, '&')
			dst = fasthttp.AppendQuotedArg(dst, k)
			dst = append(dst, '=')
			dst = fasthttp.AppendQuotedArg(dst, v)
		})
	}
	dst = append(dst, 0) // which is quoted in parameters
	return fasthttp.AppendUnquotedArg(dst, ctx.URI().PathOriginal())
}

// mayWantTable reports whether Accept could choose CSV; browsers word it differently and mean the page.
func mayWantTable(h *fasthttp.RequestHeader) bool {
	accept := h.Peek(fiber.HeaderAccept)
	return bytes.Contains(accept, []byte("csv")) || bytes.Contains(accept, []byte("text/*"))
}

// setsLanguage reports whether the request chooses a language to be remembered.
func setsLanguage(ctx *fasthttp.RequestCtx) bool {
	if !bytes.Contains(ctx.URI().QueryString(), []byte("lang")) || bytes.HasPrefix(ctx.URI().PathOriginal(), []byte("/api/")) {
		return false
	}
	return ctx.QueryArgs().Has("lang")
}

// etag names an answer.
func (m making) etag() string {
	h := sha256.New()
	for _, part := range []string{m.revision.ledger, m.revision.library, m.revision.index, m.revision.program, m.key} {
		h.Write([]byte(part))
		h.Write([]byte{0})
	}
	return `W/"` + hex.EncodeToString(h.Sum(nil))[:24] + `"`
}

// revision names everything an answer is made of.
type revision struct {
	ledger, library, index, program string
	shown                           mark // nothing newer shows
}

// dated is a revision with what was known to show as a whole when it was read.
type dated struct {
	revision
	whole mark
}

// revision returns what answers are made of now, or were within stateFor.
func (s *Server) revision(ctx context.Context) (dated, error) {
	return s.recent.read(ctx, s.currentRevision)
}

func (s *Server) currentRevision(ctx context.Context) (dated, error) {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	_, complete, _ := s.cfg.Generations.state() // before the rest, which may be newer
	state, err := s.cfg.Ledger.State(ctx)
	if err != nil {
		return dated{}, err
	}
	library, index := s.cfg.Library.Version(), s.cfg.Index.Generation()
	begun, _, _ := s.cfg.Generations.state() // after the rest, which may be older
	var newest int64
	if !state.RecordedAt.IsZero() {
		newest = state.RecordedAt.UnixNano()
	}
	return dated{revision{state.ID, library, index, s.cfg.Version, mark{begun, newest}}, mark{complete, newest}}, nil
}

const (
	// stateFor is how long a revision is taken to hold. Asking the ledger costs more than the rest of a kept answer, so
	// under load it is asked a hundred times a second, not once per request; what was ingested shows that much later.
	stateFor = 10 * time.Millisecond
	// stateWhileAsking is how long it is taken to hold while somebody is asking for the next.
	stateWhileAsking = time.Second
)

// recentRevision is the revision a moment ago.
type recentRevision struct {
	asking chan struct{} // held by the one who asks
	last   atomic.Pointer[datedRevision]
}

func newRecentRevision() *recentRevision { return &recentRevision{asking: make(chan struct{}, 1)} }

type datedRevision struct {
	dated
	at time.Time
}

// read returns the revision of a moment ago, or asks. While one asks, the others make do with what was true within
// stateWhileAsking; who finds it older than that waits.
func (r *recentRevision) read(ctx context.Context, ask func(context.Context) (dated, error)) (dated, error) {
	now := time.Now()
	last := r.last.Load()
	if last != nil && now.Sub(last.at) < stateFor {
		return last.dated, nil
	}
	if last != nil && now.Sub(last.at) <= stateWhileAsking {
		select {
		case r.asking <- struct{}{}:
		default:
			return last.dated, nil
		}
	} else {
		select {
		case r.asking <- struct{}{}:
		case <-ctx.Done():
			return dated{}, ctx.Err()
		}
	}
	defer func() { <-r.asking }()
	asked := time.Now() // before the answer, which may be as old as that
	if newer := r.last.Load(); newer != nil && asked.Sub(newer.at) < stateFor {
		return newer.dated, nil // somebody asked while this one waited
	}
	return r.ask(ctx, ask, asked)
}

// renew returns what is true now: what somebody began to ask after the call will do for all who wait.
func (r *recentRevision) renew(ctx context.Context, ask func(context.Context) (dated, error)) (dated, error) {
	called := time.Now()
	select {
	case r.asking <- struct{}{}:
	case <-ctx.Done():
		return dated{}, ctx.Err()
	}
	defer func() { <-r.asking }()
	if last := r.last.Load(); last != nil && !last.at.Before(called) {
		return last.dated, nil
	}
	return r.ask(ctx, ask, time.Now())
}

// ask asks and remembers the answer, which may be as old as asked.
func (r *recentRevision) ask(ctx context.Context, ask func(context.Context) (dated, error), asked time.Time) (dated, error) {
	current, err := ask(ctx)
	if err != nil {
		return dated{}, err
	}
	r.last.Store(&datedRevision{current, asked})
	return current, nil
}

func setValidators(c *fiber.Ctx, etag string) {
	c.Set(fiber.HeaderETag, etag)
	c.Set(fiber.HeaderCacheControl, "no-cache")
	c.Vary(fiber.HeaderAcceptEncoding, fiber.HeaderAcceptLanguage, fiber.HeaderAccept, fiber.HeaderCookie)
}

// matches implements If-None-Match (RFC 9110, 13.1.2): a list of tags, compared weakly.
func matches(header []byte, etag string) bool {
	if len(header) == 0 {
		return false
	}
	if string(bytes.TrimSpace(header)) == "*" {
		return true
	}
	etag = strings.TrimPrefix(etag, "W/")
	for len(header) > 0 {
		var tag []byte
		tag, header, _ = bytes.Cut(header, []byte(","))
		if string(bytes.TrimPrefix(bytes.TrimSpace(tag), []byte("W/"))) == etag {
			return true
		}
	}
	return false
}
