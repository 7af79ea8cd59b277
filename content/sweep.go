package content

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Sweep removes the files that a process was writing when it was killed. Whoever calls it is the only one that takes reports in.
func (l *Library) Sweep() error {
	return filepath.WalkDir(l.cfg.Dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasPrefix(d.Name(), unfinished) {
			err = os.Remove(path)
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil // there is no library yet, or a reader has finished the file
		}
		return err
	})
}
