package server

import (
	"bytes"
	"compress/gzip"
	"container/list"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"sync"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/gofiber/fiber/v2"

	"github.com/scalebook/scalebook/metrics"
)

// cached answers GET and HEAD from what was rendered before for the same state of the data, and lets clients keep what is
// still true: an ETag names the state and the question, so it is known before anything is computed.
func (s *Server) cached(c *fiber.Ctx) error {
	if c.Method() != fiber.MethodGet && c.Method() != fiber.MethodHead || !cacheable(c) {
		return c.Next()
	}
	key, err := s.cacheKey(c)
	if err != nil {
		return err
	}
	etag := `W/"` + key + `"`
	if matches(c.Get(fiber.HeaderIfNoneMatch), etag) {
		setValidators(c, etag)
		return c.SendStatus(fiber.StatusNotModified)
	}
	if r, ok := s.responses.get(key); ok {
		s.telemetry.cache.WithLabelValues("hit").Inc()
		return r.send(c, etag)
	}
	rendered := s.responses.render(key)
	if rendered == nil {
		if r, ok := s.responses.await(c.UserContext(), key); ok {
			s.telemetry.cache.WithLabelValues("shared").Inc()
			return r.send(c, etag)
		}
	} else {
		defer rendered()
	}
	s.telemetry.cache.WithLabelValues("miss").Inc()
	leave, err := s.turns.enter(c.UserContext())
	if err != nil {
		return err
	}
	err = func() error {
		defer leave() // a handler that panics gives its turn back too
		return c.Next()
	}()
	if err != nil {
		return err
	}
	res := c.Response()
	if res.StatusCode() != fiber.StatusOK || len(res.Header.Peek(fiber.HeaderSetCookie)) > 0 || res.IsBodyStream() {
		return nil
	}
	r := newResponse(string(res.Header.ContentType()), string(res.Header.Peek(fiber.HeaderContentDisposition)), bytes.Clone(res.Body()))
	r.policy, r.link = string(res.Header.Peek(fiber.HeaderContentSecurityPolicy)), string(res.Header.Peek(fiber.HeaderLink))
	s.responses.put(key, r)
	return r.send(c, etag)
}

// cacheable leaves out what depends on who asks, or on something else than the data: the runs of ingests, and whatever is
// asked with a token.
func cacheable(c *fiber.Ctx) bool {
	return c.Get(fiber.HeaderAuthorization) == "" && !strings.HasPrefix(c.Path(), "/api/v1/ingest") && c.Path() != "/about"
}

// cacheKey names the state of the data and the question: path, parameters, language and the forms that are accepted.
func (s *Server) cacheKey(c *fiber.Ctx) (string, error) {
	revision, err := s.revision(c)
	if err != nil {
		return "", err
	}
	h := sha256.New()
	form := "" // of the forms that Accept chooses from; browsers word it differently and mean the same
	if c.Get(fiber.HeaderAccept) != "" && wantsCSV(c) {
		form = ".csv"
	}
	for _, part := range []string{revision, c.Path(), string(c.Request().URI().QueryString()), s.lang(c), form} {
		h.Write([]byte(part))
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil))[:24], nil
}

// revision names everything an answer is made of: the ledger, the library, the index and the program.
func (s *Server) revision(c *fiber.Ctx) (string, error) {
	state, err := s.responses.state.read(c.UserContext(), s.cfg.Ledger)
	if err != nil {
		return "", err
	}
	return strings.Join([]string{state, s.cfg.Library.Version(), s.cfg.Index.Generation(), s.cfg.Version}, "/"), nil
}

// stateFor is how long the ledger's state is taken to hold. Asking for it costs more than the rest of a kept answer, so
// under load it is asked for a hundred times a second, not once per request; what was ingested shows that much later.
const stateFor = 10 * time.Millisecond

// recentState is the state of the ledger a moment ago.
type recentState struct {
	mu sync.Mutex
	id string
	at time.Time
}

func (r *recentState) read(ctx context.Context, ledger metrics.Reader) (string, error) {
	now := time.Now()
	r.mu.Lock()
	id, at := r.id, r.at
	r.mu.Unlock()
	if now.Sub(at) < stateFor {
		return id, nil
	}
	state, err := ledger.State(ctx)
	if err != nil {
		return "", err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if now.After(r.at) {
		r.id, r.at = state.ID, now
	}
	return state.ID, nil
}

func setValidators(c *fiber.Ctx, etag string) {
	c.Set(fiber.HeaderETag, etag)
	c.Set(fiber.HeaderCacheControl, "no-cache")
	c.Vary(fiber.HeaderAcceptEncoding, fiber.HeaderAcceptLanguage, fiber.HeaderAccept, fiber.HeaderCookie)
}

// matches implements If-None-Match (RFC 9110, 13.1.2): a list of tags, compared weakly.
func matches(header, etag string) bool {
	if strings.TrimSpace(header) == "*" {
		return true
	}
	for tag := range strings.SplitSeq(header, ",") {
		if strings.TrimPrefix(strings.TrimSpace(tag), "W/") == strings.TrimPrefix(etag, "W/") {
			return true
		}
	}
	return false
}

// response is a rendered answer with its compressed forms, each made when first asked for.
type response struct {
	contentType, disposition string
	policy, link             string // of this answer, where it has its own
	plain                    []byte
	gzip, brotli             func() []byte
}

// minCompressed is the size below which compression costs more than it saves.
const minCompressed = 860

func newResponse(contentType, disposition string, body []byte) *response {
	r := &response{contentType: contentType, disposition: disposition, plain: body}
	r.gzip = sync.OnceValue(func() []byte {
		var b bytes.Buffer
		w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is valid
		_, _ = w.Write(body)                                  // a bytes.Buffer does not fail
		_ = w.Close()
		return b.Bytes()
	})
	r.brotli = sync.OnceValue(func() []byte {
		var b bytes.Buffer
		w := brotli.NewWriterLevel(&b, 5)
		_, _ = w.Write(body)
		_ = w.Close()
		return b.Bytes()
	})
	return r
}

func (r *response) send(c *fiber.Ctx, etag string) error {
	setValidators(c, etag)
	c.Set(fiber.HeaderContentType, r.contentType)
	for _, own := range [][2]string{{fiber.HeaderContentDisposition, r.disposition}, {fiber.HeaderContentSecurityPolicy, r.policy}, {fiber.HeaderLink, r.link}} {
		if own[1] != "" {
			c.Set(own[0], own[1])
		}
	}
	if len(r.plain) < minCompressed || !compressible(r.contentType) {
		return c.Send(r.plain)
	}
	// Without the header Fiber takes the first offer, where the standard leaves the choice to the server; a client that
	// says nothing is most often one that decodes nothing.
	if c.Get(fiber.HeaderAcceptEncoding) == "" {
		return c.Send(r.plain)
	}
	switch c.AcceptsEncodings("br", "gzip") {
	case "br":
		c.Set(fiber.HeaderContentEncoding, "br")
		return c.Send(r.brotli())
	case "gzip":
		c.Set(fiber.HeaderContentEncoding, "gzip")
		return c.Send(r.gzip())
	}
	return c.Send(r.plain)
}

func compressible(contentType string) bool {
	for _, kind := range []string{"text/", "application/json", "application/problem+json", "application/xml", "application/atom+xml",
		"application/javascript", "image/svg+xml", "application/feed+json", "application/openapi+json"} {
		if strings.HasPrefix(contentType, kind) {
			return true
		}
	}
	return false
}

// size is what a response costs to keep, its compressed forms guessed.
func (r *response) size() int { return len(r.plain)*3/2 + 512 }

// responseCache keeps the most recently used responses within a number of bytes.
type responseCache struct {
	mu     sync.Mutex
	limit  int
	bytes  int
	recent *list.List // of *entry, newest first
	byKey  map[string]*list.Element
	making map[string]chan struct{} // answers being rendered; each channel is closed when its answer is kept or has failed
	state  recentState
}

type cacheEntry struct {
	key      string
	response *response
}

func newResponseCache(limit int) *responseCache {
	return &responseCache{limit: limit, recent: list.New(), byKey: map[string]*list.Element{}, making: map[string]chan struct{}{}}
}

func (rc *responseCache) get(key string) (*response, bool) {
	rc.mu.Lock()
	defer rc.mu.Unlock()
	e, ok := rc.byKey[key]
	if !ok {
		return nil, false
	}
	rc.recent.MoveToFront(e)
	return e.Value.(*cacheEntry).response, true
}

func (rc *responseCache) put(key string, r *response) {
	rc.mu.Lock()
	defer rc.mu.Unlock()
	if _, ok := rc.byKey[key]; ok || r.size() > rc.limit/8 {
		return
	}
	rc.byKey[key] = rc.recent.PushFront(&cacheEntry{key, r})
	rc.bytes += r.size()
	for rc.bytes > rc.limit {
		oldest := rc.recent.Back()
		e := oldest.Value.(*cacheEntry)
		rc.recent.Remove(oldest)
		delete(rc.byKey, e.key)
		rc.bytes -= e.response.size()
	}
}

// render lets one caller at a time render the answer of a key, which is to call done then. The others get nil.
func (rc *responseCache) render(key string) (done func()) {
	rc.mu.Lock()
	defer rc.mu.Unlock()
	if _, ok := rc.making[key]; ok {
		return nil
	}
	made := make(chan struct{})
	rc.making[key] = made
	return func() {
		rc.mu.Lock()
		delete(rc.making, key)
		rc.mu.Unlock()
		close(made)
	}
}

// await waits for the answer that another is rendering. There is none where that failed, was not worth keeping, or took
// longer than ctx.
func (rc *responseCache) await(ctx context.Context, key string) (*response, bool) {
	rc.mu.Lock()
	made, ok := rc.making[key]
	rc.mu.Unlock()
	if ok {
		select {
		case <-made:
		case <-ctx.Done():
		}
	}
	return rc.get(key)
}
