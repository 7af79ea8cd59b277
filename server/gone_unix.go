//go:build unix

package server

import "syscall"

// hungUp reports whether the other end has closed a connection, without taking anything that it has sent. One that is closed on this
// side has not.
func hungUp(raw syscall.RawConn) bool {
	closed := false
	_ = raw.Control(func(fd uintptr) {
		var next [1]byte
		n, _, err := syscall.Recvfrom(int(fd), next[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		closed = n == 0 && err == nil || err == syscall.ECONNRESET
	})
	return closed
}
