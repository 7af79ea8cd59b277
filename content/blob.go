package content

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// writeFile replaces a file by one that is complete: written beside it, synced, renamed.
func writeFile(file string, b []byte) error { return replaceFile(file, b, true) }

// unfinished begins the names of files that are being written.
const unfinished = ".tmp-"

// replaceFile is writeFile; without durable it leaves the syncing out, for what can be made again.
func replaceFile(file string, b []byte, durable bool) (err error) {
	dir := filepath.Dir(file)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, unfinished+"*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.Close(), os.Remove(f.Name()))
		}
	}()
	if _, err = f.Write(b); err != nil {
		return err
	}
	if durable {
		if err = f.Sync(); err != nil {
			return err
		}
	}
	if err = f.Close(); err != nil {
		return err
	}
	if err = os.Chmod(f.Name(), 0o644); err != nil {
		return err
	}
	return os.Rename(f.Name(), file)
}

// keepBlob stores content under its hash, unless it is there already.
func keepBlob(dir string, b []byte) (string, error) {
	sum := sha256.Sum256(b)
	hash := hex.EncodeToString(sum[:])
	file := blobPath(dir, hash)
	if info, err := os.Stat(file); err == nil && info.Size() == int64(len(b)) {
		return hash, nil
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	return hash, replaceFile(file, b, false)
}

// readBlob reads content back and checks that it is what was kept.
func readBlob(dir, hash string) ([]byte, error) {
	b, err := os.ReadFile(blobPath(dir, hash))
	if err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(b); hex.EncodeToString(sum[:]) != hash {
		return nil, fmt.Errorf("%s is damaged; remove it and ingest the source again", blobPath(dir, hash))
	}
	return b, nil
}

func blobPath(dir, hash string) string {
	return filepath.Join(dir, "blobs", hash[:2], hash)
}
