package server

import (
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/query"
)

// Problem is an RFC 9457 problem detail. Detail is in the reader's language; Errors has both.
type Problem struct {
	Type     string        `json:"type"`
	Title    string        `json:"title"`
	Status   int           `json:"status"`
	Detail   string        `json:"detail,omitempty"`
	Instance string        `json:"instance,omitempty"`
	Param    string        `json:"parameter,omitempty"`
	Reason   *metrics.Text `json:"reason,omitempty"`

	retryAfter time.Duration
}

// errNotFound marks a page or resource that does not exist; handlers wrap it with what was asked for.
var errNotFound = errors.New("not found")

// errOverloaded marks work that was refused to keep the rest within its latency.
var errOverloaded = errors.New("overloaded")

// problemOf decides, here and nowhere else, which status an error has and what the client is told. What is not known to
// be safe to show is a plain 500.
func problemOf(err error, lang string) Problem {
	var (
		parameter    *query.ParameterError
		unanswerable *query.UnanswerableError
		unknown      *query.UnknownError
		fiberError   *fiber.Error
	)
	switch {
	case errors.As(err, &parameter):
		p := newProblem(fiber.StatusBadRequest, "parameter", parameter.Why.In(lang))
		p.Param, p.Reason = parameter.Name, &parameter.Why
		return p
	case errors.As(err, &unanswerable):
		p := newProblem(fiber.StatusUnprocessableEntity, "unanswerable", unanswerable.Why.In(lang))
		p.Reason = &unanswerable.Why
		return p
	case errors.As(err, &unknown):
		p := newProblem(fiber.StatusNotFound, "not-found", unknown.Why.In(lang))
		p.Reason = &unknown.Why
		return p
	case errors.Is(err, metrics.ErrUnknownMetric), errors.Is(err, metrics.ErrUnknownSubject), errors.Is(err, errNotFound):
		return newProblem(fiber.StatusNotFound, "not-found", err.Error())
	case errors.Is(err, metrics.ErrUnavailable):
		p := newProblem(fiber.StatusServiceUnavailable, "store-unavailable", "the metrics store can't be reached")
		p.retryAfter = 5 * time.Second
		return p
	case errors.Is(err, errBehind):
		p := newProblem(fiber.StatusServiceUnavailable, "behind", "this server does not have the data of that revision yet")
		p.retryAfter = time.Second
		return p
	case errors.Is(err, errOverloaded):
		p := newProblem(fiber.StatusServiceUnavailable, "overloaded", "too much is being asked at once")
		p.retryAfter = time.Second
		return p
	case errors.As(err, &fiberError):
		return newProblem(fiberError.Code, "http", fiberError.Message)
	}
	return newProblem(fiber.StatusInternalServerError, "internal", "")
}

func newProblem(status int, kind, detail string) Problem {
	return Problem{Type: "/docs/api#problem-" + kind, Title: statusTitle(status), Status: status, Detail: detail}
}

func statusTitle(status int) string {
	if e := fiber.NewError(status); e.Message != "" {
		return e.Message
	}
	return "Error " + strconv.Itoa(status)
}

// writeProblem answers with problem+json.
func writeProblem(c *fiber.Ctx, p Problem) error {
	p.Instance = c.Path()
	body, err := json.Marshal(p)
	if err != nil {
		return err
	}
	setRetryAfter(c, p)
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set(fiber.HeaderContentType, "application/problem+json")
	return c.Status(p.Status).Send(body)
}

func setRetryAfter(c *fiber.Ctx, p Problem) {
	if p.retryAfter > 0 {
		c.Set(fiber.HeaderRetryAfter, strconv.Itoa(int(p.retryAfter.Seconds())))
	}
}
