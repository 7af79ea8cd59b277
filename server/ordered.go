package server

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
)

// revisionHeader carries a [mark]: of an answer what it was made from, of a request what its answer must not be older than. A
// client that sends with each request what the last answer carried never goes back in time, whichever server answers.
const revisionHeader = "Scalebook-Revision"

// mark orders states of the data: by the generation of library and index, and by the time of the ledger's newest entry.
type mark struct {
	generation int64
	ledger     int64 // nanoseconds since 1970
}

// String is the mark as a dictionary of RFC 9651.
func (m mark) String() string {
	return "generation=" + strconv.FormatInt(m.generation, 10) + ", ledger=" + strconv.FormatInt(m.ledger, 10)
}

// parseMark reads a mark; the empty string is the oldest. Parts it doesn't know are for newer servers.
func parseMark(s string) (mark, error) {
	var m mark
	for part := range strings.SplitSeq(s, ",") {
		name, value, ok := strings.Cut(strings.TrimSpace(part), "=")
		if !ok && name == "" {
			continue
		}
		var of *int64
		switch name {
		case "generation":
			of = &m.generation
		case "ledger":
			of = &m.ledger
		default:
			continue
		}
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil || n < 0 {
			return mark{}, fmt.Errorf("%s: %q is not a number", name, value)
		}
		*of = n
	}
	return m, nil
}

// reaches reports whether a state is as new as another in every respect.
func (m mark) reaches(other mark) bool {
	return m.generation >= other.generation && m.ledger >= other.ledger
}

// catchUpFor is how long a request waits for the data it wants. Generations are looked for at once when one is wanted.
const catchUpFor = 2 * time.Second

// errBehind marks a request for newer data than this server has.
var errBehind = errors.New("behind")

// ordered answers a request that names a revision only once nothing older can show, and marks every answer: before the answer
// is made with what is complete, after it with the newest that could have been read meanwhile. So the marks of a chain never fall.
func (s *Server) ordered(c *fiber.Ctx) error {
	wanted, err := parseMark(c.Get(revisionHeader))
	if err != nil {
		return fiber.NewError(fiber.StatusBadRequest, revisionHeader+": "+err.Error())
	}
	if err := s.catchUp(c.UserContext(), wanted); err != nil {
		return err
	}
	if err := c.Next(); err != nil || len(c.Response().Header.Peek(revisionHeader)) > 0 {
		return err
	}
	return s.stamp(c)
}

// stamp marks an answer that has just been made. One of which it can't be said what it was made from is no answer.
func (s *Server) stamp(c *fiber.Ctx) error {
	now, err := s.currentRevision(c.UserContext())
	if err != nil {
		return err
	}
	c.Set(revisionHeader, now.shown.String())
	return nil
}

// catchUp waits until the data are as new as wanted.
func (s *Server) catchUp(ctx context.Context, wanted mark) error {
	if wanted == (mark{}) {
		return nil
	}
	if recent, err := s.revision(ctx); err == nil && recent.whole.reaches(wanted) {
		return nil
	}
	ctx, cancel := context.WithTimeoutCause(ctx, catchUpFor, errBehind)
	defer cancel()
	for {
		newer := s.cfg.Generations.changes()
		current, err := s.recent.renew(ctx, s.currentRevision)
		if err != nil {
			return err
		}
		if current.whole.reaches(wanted) {
			return nil
		}
		if current.whole.generation < wanted.generation {
			s.cfg.Generations.want()
		}
		select {
		case <-newer:
		case <-time.After(ledgerEvery):
		case <-ctx.Done():
			return fmt.Errorf("%w: %s is wanted, %s is here", context.Cause(ctx), wanted, current.whole)
		}
	}
}

// ledgerEvery is how often a request that waits for newer measurements looks for them.
const ledgerEvery = 100 * time.Millisecond
