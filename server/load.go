package server

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// queueFor is how long a request waits for its turn before it is refused.
const queueFor = 2 * time.Second

// turnstile bounds how many answers are computed at once: more would make all of them late.
type turnstile chan struct{}

func newTurnstile() turnstile { return make(turnstile, max(8, 4*runtime.GOMAXPROCS(0))) }

// enter waits for a turn; leave gives it back. Without a turn in time the answer is 503, to be asked again.
func (t turnstile) enter(ctx context.Context) (leave func(), err error) {
	select {
	case t <- struct{}{}:
		return func() { <-t }, nil
	default:
	}
	timer := time.NewTimer(queueFor)
	defer timer.Stop()
	select {
	case t <- struct{}{}:
		return func() { <-t }, nil
	case <-timer.C:
		return nil, fmt.Errorf("%w: %d answers are being computed", errOverloaded, cap(t))
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// limiter is a token bucket per client.
type limiter struct {
	rate, burst float64
	mu          sync.Mutex
	clients     map[string]*bucket
	swept       time.Time
}

type bucket struct {
	tokens float64
	at     time.Time
}

// newLimiter allows each client rate requests a second, with bursts of ten times that. A rate of zero or less is no limit.
func newLimiter(rate float64) *limiter {
	if rate <= 0 {
		return nil
	}
	return &limiter{rate: rate, burst: math.Max(10*rate, 1), clients: map[string]*bucket{}}
}

// take takes a token; where there is none it says after how long there will be.
func (l *limiter) take(client string, now time.Time) (remaining int, wait time.Duration, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sweep(now)
	b, known := l.clients[client]
	if !known {
		b = &bucket{tokens: l.burst, at: now}
		l.clients[strings.Clone(client)] = b
	}
	b.tokens = math.Min(l.burst, b.tokens+passed(b.at, now).Seconds()*l.rate)
	b.at = now
	if b.tokens < 1 {
		return 0, time.Duration((1 - b.tokens) / l.rate * float64(time.Second)), false
	}
	b.tokens--
	return int(b.tokens), 0, true
}

// passed is the time between two instants. A clock that was set back takes nothing away from a client.
func passed(from, to time.Time) time.Duration { return max(0, to.Sub(from)) }

// empty returns how many clients have used up their share.
func (l *limiter) empty(now time.Time) int {
	if l == nil {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for _, b := range l.clients {
		if b.tokens+passed(b.at, now).Seconds()*l.rate < 1 {
			n++
		}
	}
	return n
}

// sweep forgets clients whose bucket is full again, so that memory is bounded by those who ask.
func (l *limiter) sweep(now time.Time) {
	full := time.Duration(l.burst / l.rate * float64(time.Second))
	if since := now.Sub(l.swept); since >= 0 && since < full { // at once after a clock was set back
		return
	}
	l.swept = now
	for client, b := range l.clients {
		if since := now.Sub(b.at); since < 0 {
			b.at = now
		} else if since > full {
			delete(l.clients, client)
		}
	}
}

// Header fields that tell a client its share (IETF draft-ietf-httpapi-ratelimit-headers).
const (
	rateLimit       = "RateLimit"
	rateLimitPolicy = "RateLimit-Policy"
)

// tell says what is left of a client's share.
func (l *limiter) tell(h *fasthttp.ResponseHeader, remaining int) {
	h.Set(rateLimitPolicy, fmt.Sprintf(`"client";q=%d;w=%d`, int(l.burst), int(math.Ceil(l.burst/l.rate))))
	h.Set(rateLimit, fmt.Sprintf(`"client";r=%d`, remaining))
}

// throttle refuses a client that asks faster than its share, and says what is left of it.
func (s *Server) throttle(c *fiber.Ctx) error {
	if s.limiter == nil {
		return c.Next()
	}
	remaining, wait, ok := s.limiter.take(c.IP(), time.Now())
	s.limiter.tell(&c.Response().Header, remaining)
	if !ok {
		c.Set(fiber.HeaderRetryAfter, strconv.Itoa(int(math.Ceil(wait.Seconds()))))
		return fiber.NewError(fiber.StatusTooManyRequests, "too many requests from this client")
	}
	return c.Next()
}

// allowed takes a request off its client's share. A request that is refused here is refused by throttle too, which says so.
func (s *Server) allowed(ctx *fasthttp.RequestCtx) (remaining int, ok bool) {
	if s.limiter == nil {
		return 0, true
	}
	remaining, _, ok = s.limiter.take(ctx.RemoteIP().String(), time.Now())
	return remaining, ok
}
