package fetch

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/format/packfile"
	"github.com/go-git/go-git/v5/storage/memory"
)

// FuzzPack: whatever a server sends as a pack is taken or refused, within its limits, and leaves nothing that waits to be looked at.
func FuzzPack(f *testing.F) {
	storage := memory.NewStorage()
	var hashes []plumbing.Hash
	for _, text := range []string{"a", strings.Repeat("a report\n", 400), strings.Repeat("a report\n", 400) + "and more"} {
		o := storage.NewEncodedObject()
		o.SetType(plumbing.BlobObject)
		w, err := o.Writer()
		if err == nil {
			_, err = w.Write([]byte(text))
		}
		if err := errors.Join(err, w.Close()); err != nil {
			f.Fatal(err)
		}
		hash, err := storage.SetEncodedObject(o)
		if err != nil {
			f.Fatal(err)
		}
		hashes = append(hashes, hash)
	}
	for _, window := range []uint{0, 10} {
		var b bytes.Buffer
		if _, err := packfile.NewEncoder(&b, storage, true).Encode(hashes, window); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
		f.Add(b.Bytes()[:b.Len()-30])
	}
	f.Add([]byte("PACK\x00\x00\x00\x02\xff\xff\xff\xff"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, pack []byte) {
		dir := t.TempDir()
		s := newPackStore(t.Context(), dir, Config{MaxBytes: 1 << 16, MaxObjects: 100, MaxObject: 1 << 16, Timeout: 10 * time.Second}, 1<<16)
		defer s.close()
		w, err := s.PackfileWriter()
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.Write(pack)
		if (len(pack) > 1<<16) != errors.Is(err, ErrTooLarge) {
			t.Errorf("%d bytes: %v", len(pack), err)
		}
		err = w.Close()
		if errors.Is(err, errIndexLate) {
			t.Error(err)
		}
		entries, err := os.ReadDir(packFolder(dir))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if strings.HasPrefix(e.Name(), unfinishedPack+"sent_") {
				t.Errorf("%s is left", e.Name())
			}
		}
		if _, err := sweepPacks(dir); err != nil {
			t.Error(err)
		}
	})
}
