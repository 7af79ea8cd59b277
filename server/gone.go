package server

import (
	"errors"
	"net"
	"syscall"
	"time"
)

// errGone ends the work on an answer that nobody waits for any more.
var errGone = errors.New("the client has gone")

// statusGone is what such an answer counts as; nginx calls it so.
const statusGone = 499

// lookAfter is how long an answer takes before it is looked whether its client is still there, and how often then.
const lookAfter = 250 * time.Millisecond

// watch calls gone once whoever is at the other end of a connection has closed it, which is not seen otherwise before something is
// written. It stops when stop is called. A connection that can't be looked at is not watched.
func watch(conn net.Conn, gone func()) (stop func()) {
	c, ok := conn.(syscall.Conn)
	if !ok {
		return func() {}
	}
	done := make(chan struct{})
	first := time.AfterFunc(lookAfter, func() {
		raw, err := c.SyscallConn()
		if err != nil {
			return
		}
		again := time.NewTicker(lookAfter)
		defer again.Stop()
		for !hungUp(raw) {
			select {
			case <-done:
				return
			case <-again.C:
			}
		}
		gone()
	})
	return func() {
		first.Stop()
		close(done)
	}
}
