//go:build !unix

package fetch

import "io/fs"

// inodeOf returns 0: the inode of a file isn't known here.
func inodeOf(fs.FileInfo) uint64 { return 0 }
