package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/query"
)

// Kinds of refusals, for errors.Is. A parameter that can't be read is [query.ErrParameter], a question that the data
// can't answer [query.ErrUnanswerable], as if the ledger itself had been asked.
var (
	ErrNotFound     = errors.New("not found")     // 404: no such metric, subject, report or route
	ErrUnauthorized = errors.New("unauthorized")  // 401: an API token is needed
	ErrBusy         = errors.New("busy")          // 409, 429, 503: later
	ErrServer       = errors.New("server failed") // 5xx
)

// Error is a refusal: problem details (RFC 9457) as the server gave them, or what of them can be told from the status.
type Error struct {
	Status    int           `json:"status"`
	Type      string        `json:"type"` // an address that explains the kind, relative to the server
	Title     string        `json:"title"`
	Detail    string        `json:"detail"`
	Parameter string        `json:"parameter"` // the one that could not be read, with ErrParameter
	Reason    *metrics.Text `json:"reason"`    // the detail in both languages, where there is one

	URL        string        `json:"-"` // what was asked
	RetryAfter time.Duration `json:"-"` // how long the server asks to wait; zero where it does not say
}

// Error is one line: what was refused, and why.
func (e *Error) Error() string {
	why := e.Detail
	if why == "" {
		why = e.Title
	}
	if e.Parameter != "" {
		why = e.Parameter + ": " + why
	}
	return fmt.Sprintf("%s: %d %s", e.URL, e.Status, why)
}

// Is sorts refusals into kinds.
func (e *Error) Is(kind error) bool {
	switch kind {
	case query.ErrParameter:
		return e.Status == http.StatusBadRequest
	case query.ErrUnanswerable:
		return e.Status == http.StatusUnprocessableEntity
	case ErrNotFound:
		return e.Status == http.StatusNotFound
	case ErrUnauthorized:
		return e.Status == http.StatusUnauthorized
	case ErrBusy:
		return e.Temporary() || e.Status == http.StatusConflict
	case ErrServer:
		return e.Status >= 500
	}
	return false
}

// Temporary reports whether the same question may be answered a little later.
func (e *Error) Temporary() bool {
	return e.Status == http.StatusTooManyRequests || e.Status == http.StatusServiceUnavailable
}

// behind reports whether the server does not have the data of the revision that was asked for.
func (e *Error) behind() bool {
	return e.Status == http.StatusServiceUnavailable && strings.HasSuffix(e.Type, "#problem-behind")
}

// readError makes an error of a response. Something between client and server may have answered, in any form.
func readError(address string, res *http.Response, body []byte) *Error {
	e := &Error{}
	if kind, _, err := mime.ParseMediaType(res.Header.Get("Content-Type")); err == nil && kind == "application/problem+json" {
		if json.Unmarshal(body, e) != nil {
			e = &Error{}
		}
	}
	e.Status, e.URL, e.RetryAfter = res.StatusCode, address, retryAfter(res.Header.Get("Retry-After"), time.Now())
	if e.Title == "" {
		e.Title = http.StatusText(e.Status)
	}
	return e
}

// retryAfter reads seconds or a date (RFC 9110, 10.2.3); zero where it is neither.
func retryAfter(s string, now time.Time) time.Duration {
	if seconds, err := strconv.Atoi(s); err == nil {
		return time.Duration(max(0, min(seconds, 1<<30))) * time.Second
	}
	if at, err := http.ParseTime(s); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}
