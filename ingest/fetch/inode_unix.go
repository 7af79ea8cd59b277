//go:build unix

package fetch

import (
	"io/fs"
	"syscall"
)

// inodeOf returns the inode of a file, which is another when a file was replaced by one of its size and time; 0 where it isn't known.
func inodeOf(info fs.FileInfo) uint64 {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(s.Ino)
	}
	return 0
}
