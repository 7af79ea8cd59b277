package content

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/cespare/xxhash/v2"
	"github.com/fxamacker/cbor/v2"
	"golang.org/x/sync/errgroup"
)

// headsDir is the folder of a source that holds, for each part of its manifest, one file with the heads of its reports: opening a library
// reads these instead of a file for each report. They say nothing that the parses don't, so none has to be there: one that is
// missing, torn or damaged is passed over, and made again by the next Sync. A file is named by the parses that are in it and never changes.
const headsDir = "heads"

// headsVersion is part of the name of every file of heads. Raise it with each change of their form, or of what soughtBy finds. What
// a parse says changes with parserVersion, which is in its key.
const headsVersion = "3"

// headsName names the file with the heads of a part's reports; it is empty for a part without any.
func headsName(p *part) string {
	if len(p.Reports) == 0 {
		return ""
	}
	keys := make([]string, 0, len(p.Reports))
	for _, f := range p.Reports {
		keys = append(keys, f.Key)
	}
	slices.Sort(keys)
	sum := sha256.Sum256([]byte(headsVersion + "\x00" + strings.Join(keys, "\x00")))
	return hex.EncodeToString(sum[:16]) + ".heads"
}

// keptHead is a head as a file of heads has it: what its parse says, and what would have to be worked out from that.
type keptHead struct {
	Key    string
	Head   *head
	Sought sought
}

// encodeHeads writes heads by the key of their parse.
func encodeHeads(heads map[string]*head) ([]byte, error) {
	kept := make([]keptHead, 0, len(heads))
	for _, key := range slices.Sorted(maps.Keys(heads)) {
		kept = append(kept, keptHead{key, heads[key], heads[key].Sought})
	}
	return seal(kept)
}

// seal writes a value as CBOR (RFC 8949), behind which is the checksum of it. Equal values give equal bytes.
func seal(v any) ([]byte, error) {
	mode, err := cbor.EncOptions{Sort: cbor.SortBytewiseLexical, Time: cbor.TimeRFC3339Nano, TextMarshaler: cbor.TextMarshalerTextString}.EncMode()
	if err != nil {
		return nil, err
	}
	b, err := mode.Marshal(v)
	return binary.BigEndian.AppendUint64(b, xxhash.Sum64(b)), err
}

// unseal reads what seal wrote.
func unseal(b []byte, v any) error {
	n := len(b) - 8
	if n < 0 || binary.BigEndian.Uint64(b[n:]) != xxhash.Sum64(b[:n]) {
		return errors.New("not what was written")
	}
	mode, err := cbor.DecOptions{TextUnmarshaler: cbor.TextUnmarshalerTextString}.DecMode()
	if err != nil {
		return err
	}
	return mode.Unmarshal(b[:n], v)
}

// decodeHeads reads what encodeHeads wrote.
func decodeHeads(b []byte) (map[string]*head, error) {
	var kept []keptHead
	if err := unseal(b, &kept); err != nil {
		return nil, fmt.Errorf("heads: %w", err)
	}
	heads := make(map[string]*head, len(kept))
	for _, k := range kept {
		if k.Head == nil {
			return nil, fmt.Errorf("no head of %s", k.Key)
		}
		heads[k.Key], k.Head.Sought = k.Head, k.Sought
	}
	return heads, nil
}

// headFile is where the heads of a part's reports are kept.
func (m *manifest) headFile(dir string, bucket int) string {
	return filepath.Join(dir, m.Source.Name, headsDir, m.heads[bucket])
}

// writeHeads keeps the heads of the parts whose file is not there or is known to be damaged, and removes those of parts that neither this
// manifest nor the one before it has. Where head returns nil for a report of a part, none of it are kept.
func (m *manifest) writeHeads(ctx context.Context, library string, before *manifest, damaged map[string]bool, parallel int, headOf func(p string, f reportFile) *head) error {
	dir := filepath.Join(library, m.Source.Name, headsDir)
	files, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	there, needed := map[string]bool{}, map[string]bool{}
	for _, f := range files {
		there[f.Name()] = !damaged[f.Name()]
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(parallel)
	for i, p := range m.parts {
		if m.own[i] {
			m.heads[i] = headsName(p)
		}
		needed[m.heads[i]], needed[before.heads[i]] = true, true
		if m.heads[i] == "" || there[m.heads[i]] {
			continue
		}
		g.Go(func() error {
			heads := map[string]*head{}
			for path, f := range p.Reports {
				if err := ctx.Err(); err != nil {
					return err
				}
				if heads[f.Key] = headOf(path, f); heads[f.Key] == nil {
					return nil
				}
			}
			b, err := encodeHeads(heads)
			if err != nil {
				return err
			}
			return replaceFile(m.headFile(library, i), b, false)
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for _, f := range files {
		if !needed[f.Name()] {
			if err := os.Remove(filepath.Join(dir, f.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// readHeads returns the parses of reports without their text, in their order: those that y, where it is given, has made; of a part of which
// no few are asked for, those in its file of heads; others of the file of the parse, which is made again where it is not there.
func (l *Library) readHeads(ctx context.Context, reports []reportIn, y *syncer) ([]*head, error) {
	type partOf struct {
		m      *manifest
		bucket int
	}
	heads := make([]*head, len(reports))
	asked := map[partOf][]int{}
	for i, f := range reports {
		if y != nil && f.m.Source.Name == y.next.Source.Name && y.heads[f.path] != nil {
			heads[i] = y.heads[f.path]
			continue
		}
		part := partOf{f.m, bucketOf(f.path)}
		asked[part] = append(asked[part], i)
	}
	var mu sync.Mutex // guards l.damaged
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(l.cfg.Parallel)
	for part, at := range asked {
		g.Go(func() error {
			var kept map[string]*head
			// Of a few among many the files of their own are quicker.
			if file := part.m.headFile(l.cfg.Dir, part.bucket); 8*len(at) >= len(part.m.parts[part.bucket].Reports) {
				if b, err := os.ReadFile(file); err == nil {
					kept, err = decodeHeads(b)
					if err != nil || slices.ContainsFunc(at, func(i int) bool { return kept[reports[i].Key] == nil }) {
						mu.Lock()
						l.damaged[filepath.Base(file)] = true
						mu.Unlock()
					}
				}
			}
			for _, i := range at {
				if err := ctx.Err(); err != nil {
					return err
				}
				f := reports[i]
				h, ok := kept[f.Key]
				if !ok {
					h, ok = l.store.head(f.Key)
				}
				if !ok {
					var err error
					if h, err = l.parseSlim(f.m, f.path, f.reportFile); err != nil {
						return err
					}
				}
				heads[i] = h
			}
			return nil
		})
	}
	return heads, g.Wait()
}
