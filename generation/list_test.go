package generation

import (
	"fmt"
	"testing"
)

// A folder is listed while manifests are written to it.
func TestListedWhileWritten(t *testing.T) {
	const generations = 1000
	b, err := OpenBucket(t.Context(), "file://"+t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	written := make(chan error, 1)
	go func() {
		for n := range int64(generations) {
			if err := b.bucket.WriteAll(t.Context(), manifestKey(n+1), fmt.Append(nil, n), nil); err != nil {
				written <- err
				return
			}
		}
		written <- nil
	}()
	for done := false; !done; {
		select {
		case err := <-written:
			if err != nil {
				t.Fatal(err)
			}
			done = true
		default:
		}
		found, err := b.numbers(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if done && len(found) != generations {
			t.Errorf("%d generations are listed of %d", len(found), generations)
		}
	}
}
