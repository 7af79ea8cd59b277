package fetch

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
)

// keep keeps what a fetch found out for the next, under a name, where there is a cache.
func (f *Fetcher) keep(name string, v any) error {
	if f.cfg.Cache == "" {
		return nil
	}
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(f.cfg.Cache, 0o755); err != nil {
		return err
	}
	file, err := os.CreateTemp(f.cfg.Cache, name+".*") // two sources may read one folder at a time
	if err != nil {
		return err
	}
	_, err = file.Write(b)
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(file.Name(), filepath.Join(f.cfg.Cache, name))
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return nil
}

// kept reads what was kept under a name into v. Where there is nothing, or what can't be read, it returns false, and v may be anything.
func (f *Fetcher) kept(name string, v any) bool {
	if f.cfg.Cache == "" {
		return false
	}
	b, err := os.ReadFile(filepath.Join(f.cfg.Cache, name))
	return err == nil && json.Unmarshal(b, v) == nil
}
