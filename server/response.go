package server

import (
	"bytes"
	"io"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/andybalholm/brotli"
	"github.com/gofiber/fiber/v2"
	"github.com/klauspost/compress/gzip"
	"github.com/valyala/fasthttp"
)

// response is an answer as it was rendered, with its headers and its compressed forms. Each form is made when it is first
// asked for, quickly; an answer that is asked for often gets the best forms in their place.
type response struct {
	header  fasthttp.ResponseHeader // read only
	etag    string
	plain   []byte
	coded   [2]form // by coding
	hits    atomic.Uint32
	counted observed // by which telemetry counts answers from here

	// Of the cache that keeps it.
	key      string
	revision revision
	size     int
}

// form is one compressed form of an answer.
type form struct {
	quick sync.Once
	body  atomic.Pointer[[]byte] // nil until it was asked for
	best  atomic.Bool            // that smaller was tried
}

// coding is a content coding (RFC 9110, 8.4.1) of an answer.
type coding int

const (
	codingGzip coding = iota
	codingBrotli
	identity
)

// String is the coding's name in a header.
func (c coding) String() string { return [...]string{"gzip", "br", "identity"}[c] }

const (
	// minCompressed is the size below which compression costs more than it saves.
	minCompressed = 860
	// quickGzip and quickBrotli compress while a reader waits: a page of 165 kB in 2.5 and 3.4 ms, to 31 and 25 kB.
	quickGzip, quickBrotli = 5, 3
	// oftenAsked is after how many answers the best compression is worth its time.
	oftenAsked = 16
)

// newResponse keeps an answer: its headers, apart from what belongs to one client, and its body.
func newResponse(header *fasthttp.ResponseHeader, body []byte) *response {
	r := &response{plain: bytes.Clone(body)}
	header.CopyTo(&r.header)
	for _, own := range []string{rateLimit, rateLimitPolicy, fiber.HeaderContentEncoding, fiber.HeaderSetCookie, fiber.HeaderXRequestID} {
		r.header.Del(own)
	}
	r.etag = string(r.header.Peek(fiber.HeaderETag))
	return r
}

// write answers with r in place of whatever ctx holds, and reports whether r has grown by a form.
func (r *response) write(ctx *fasthttp.RequestCtx) (grew bool) {
	r.header.CopyTo(&ctx.Response.Header)
	return r.writeBody(ctx)
}

// writeBody answers with the body of r and leaves other headers as they are.
func (r *response) writeBody(ctx *fasthttp.RequestCtx) (grew bool) {
	as := identity
	if r.compressible() {
		as = negotiate(ctx.Request.Header.Peek(fiber.HeaderAcceptEncoding))
	}
	if as == identity {
		ctx.Response.SetBodyRaw(r.plain)
		return false
	}
	ctx.Response.Header.SetContentEncoding(as.String())
	body, grew := r.compressed(as)
	ctx.Response.SetBodyRaw(body)
	return grew
}

// polished reports whether there is nothing left to do for polish.
func (r *response) polished() bool {
	for as := range r.coded {
		if f := &r.coded[as]; f.body.Load() != nil && !f.best.Load() {
			return false
		}
	}
	return true
}

func (r *response) compressible() bool {
	return len(r.plain) >= minCompressed && compressible(string(r.header.ContentType()))
}

// compressed returns a form, and whether it had to be made.
func (r *response) compressed(as coding) (body []byte, made bool) {
	f := &r.coded[as]
	f.quick.Do(func() {
		body := compress(r.plain, as, [...]int{quickGzip, quickBrotli}[as])
		f.body.Store(&body)
		made = true
	})
	return *f.body.Load(), made
}

// polish replaces the forms that were asked for by the smallest.
func (r *response) polish() {
	for as := range r.coded {
		f := &r.coded[as]
		if f.body.Load() == nil || f.best.Swap(true) {
			continue
		}
		best := compress(r.plain, coding(as), [...]int{gzip.BestCompression, 9}[as])
		if len(best) < len(*f.body.Load()) {
			f.body.Store(&best)
		}
	}
}

func compress(body []byte, as coding, level int) []byte {
	var b bytes.Buffer
	var w io.WriteCloser
	switch {
	case as == codingBrotli && level <= quickBrotli:
		w = brotli.NewWriterV2(&b, level) // at these levels faster than NewWriterLevel, and smaller
	case as == codingBrotli:
		w = brotli.NewWriterLevel(&b, level)
	default:
		w, _ = gzip.NewWriterLevel(&b, level) // the level is valid
	}
	_, _ = w.Write(body) // a bytes.Buffer does not fail
	_ = w.Close()
	return b.Bytes()
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

// negotiate chooses the coding that Accept-Encoding likes best, the smaller one where it likes both. Without the header the
// standard leaves the choice to the server; a client that says nothing is most often one that decodes nothing.
func negotiate(accept []byte) coding {
	var gzip, br, any float64 = -1, -1, 0
	for len(accept) > 0 {
		var item []byte
		item, accept, _ = bytes.Cut(accept, []byte(","))
		name, params, _ := bytes.Cut(item, []byte(";"))
		q := quality(params)
		switch name = bytes.TrimSpace(name); {
		case bytes.EqualFold(name, []byte("br")):
			br = q
		case bytes.EqualFold(name, []byte("gzip")), bytes.EqualFold(name, []byte("x-gzip")):
			gzip = q
		case string(name) == "*":
			any = q
		}
	}
	if gzip < 0 {
		gzip = any
	}
	if br < 0 {
		br = any
	}
	switch {
	case br > 0 && br >= gzip:
		return codingBrotli
	case gzip > 0:
		return codingGzip
	}
	return identity
}

// quality reads the weight of an item of an Accept header (RFC 9110, 12.4.2); what can't be read is no objection.
func quality(params []byte) float64 {
	value, ok := bytes.CutPrefix(bytes.TrimSpace(params), []byte("q="))
	if !ok {
		return 1
	}
	q, err := strconv.ParseFloat(string(value), 64)
	if err != nil || !(q >= 0 && q <= 1) {
		return 1
	}
	return q
}
