//go:build !unix

package server

import "syscall"

// hungUp can't tell here; work ends at its deadline.
func hungUp(syscall.RawConn) bool { return false }
