package impact

import (
	"fmt"
	"io"
	"os"
)

// spool is a file that is written in pieces and read back by their places. It is created when the first piece comes, and has
// no name from then on, so that nothing is left of it whatever happens.
type spool struct {
	dir  string
	f    *os.File
	size int64
}

// extent is a piece of a spool.
type extent struct {
	at   int64
	size int
}

func (s *spool) write(b []byte) (extent, error) {
	if s.f == nil {
		f, err := os.CreateTemp(s.dir, "spool-*")
		if err != nil {
			return extent{}, fmt.Errorf("impact: %w", err)
		}
		s.f = f
		// Where an open file keeps its name, close removes it.
		_ = os.Remove(f.Name())
	}
	if _, err := s.f.Write(b); err != nil {
		return extent{}, fmt.Errorf("impact: overflow: %w", err)
	}
	e := extent{s.size, len(b)}
	s.size += int64(len(b))
	return e, nil
}

// read appends a piece to dst.
func (s *spool) read(dst []byte, e extent) ([]byte, error) {
	n := len(dst)
	dst = append(dst, make([]byte, e.size)...)
	if _, err := s.f.ReadAt(dst[n:], e.at); err != nil && err != io.EOF {
		return nil, fmt.Errorf("impact: overflow: %w", err)
	}
	return dst, nil
}

func (s *spool) close() {
	if s.f != nil {
		_ = s.f.Close()
		_ = os.Remove(s.f.Name())
	}
}
