package influx

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	influxhttp "github.com/influxdata/influxdb-client-go/v2/api/http"
	"github.com/scalebook/scalebook/metrics"
)

// transient reports whether sending the same again may succeed, and how long the server asks to wait.
func transient(err error) (again bool, after time.Duration) {
	for _, final := range []error{metrics.ErrUnknownMetric, metrics.ErrInvalid, metrics.ErrDamaged} {
		if errors.Is(err, final) {
			return false, 0
		}
	}
	var answer *influxhttp.Error
	if !errors.As(err, &answer) || answer.StatusCode == 0 {
		return true, 0 // there was no answer
	}
	switch answer.StatusCode {
	case http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true, time.Duration(answer.RetryAfter) * time.Second
	}
	return false, 0
}

// rejected marks the failure of a write of entries that the server can't take for what is in them. The ledger's state is not such a write:
// nothing that is in a row makes it one that can't be taken.
func rejected(err error) error {
	switch status(err) {
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
		return fmt.Errorf("%w: %w", metrics.ErrRejected, err)
	}
	return err
}

// status is that of a server's answer, 0 where there was none.
func status(err error) int {
	var answer *influxhttp.Error
	if errors.As(err, &answer) {
		return answer.StatusCode
	}
	return 0
}

// explain wraps an error with what was being done to which ledger. The text of what came from outside is copied, on one
// line and without the token, rather than wrapped.
func (s *Store) explain(ctx context.Context, doing string, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return fmt.Errorf("%s: %s: %w", s.name, doing, ctx.Err())
	}
	for _, known := range []error{metrics.ErrUnknownMetric, metrics.ErrUnknownSubject, metrics.ErrInvalid} {
		if errors.Is(err, known) {
			return err
		}
	}
	if errors.Is(err, metrics.ErrDamaged) {
		return fmt.Errorf("%s: %s: %w", s.name, doing, err)
	}
	kind := metrics.ErrUnavailable
	switch code := status(err); {
	case errors.Is(err, metrics.ErrRejected):
		kind = metrics.ErrRejected
	case code == http.StatusUnauthorized || code == http.StatusForbidden:
		kind = fmt.Errorf("%w: %w", metrics.ErrUnavailable, metrics.ErrDenied)
	}
	var transport *url.Error // its text repeats the address
	if errors.As(err, &transport) {
		err = transport.Err
	}
	text := strings.Join(strings.Fields(err.Error()), " ")
	for _, secret := range []string{s.token, url.QueryEscape(s.token)} {
		if secret != "" {
			text = strings.ReplaceAll(text, secret, "***")
		}
	}
	return fmt.Errorf("%s: %s: %w: %s", s.name, doing, kind, text)
}
