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
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/cespare/xxhash/v2"
	"golang.org/x/sync/errgroup"
)

// headsDir is the folder of a source that holds, for each part of its manifest, one file with the heads of its reports: opening a library
// reads these instead of a file for each report. They say nothing that the parses don't, so none has to be there: one that is
// missing, torn or damaged is passed over, and made again by the next Sync. A file is named by the parses that are in it and never changes.
const headsDir = "heads"

// headsVersion is part of the name of every file of heads. Raise it with each change of their form, or of what soughtBy finds.
const headsVersion = "1"

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
	sum := sha256.Sum256([]byte(headsVersion + "\x00" + headLayout() + "\x00" + strings.Join(keys, "\x00")))
	return hex.EncodeToString(sum[:16]) + ".heads"
}

// headLayout tells the fields of heads apart from those of other versions of the program.
var headLayout = sync.OnceValue(func() string {
	var b strings.Builder
	seen := map[reflect.Type]bool{}
	var describe func(t reflect.Type)
	describe = func(t reflect.Type) {
		fmt.Fprintf(&b, "%s %s;", t, t.Kind())
		switch {
		case seen[t] || t == timeType:
		case t.Kind() == reflect.Slice:
			describe(t.Elem())
		case t.Kind() == reflect.Struct:
			seen[t] = true
			for i := range t.NumField() {
				b.WriteString(t.Field(i).Name + " ")
				describe(t.Field(i).Type)
			}
		}
	}
	describe(reflect.TypeFor[head]())
	return b.String()
})

// encodeHeads writes heads by the key of their parse: records of key, length and fields, and the checksum of it all.
func encodeHeads(heads map[string]*head) ([]byte, error) {
	var out, record []byte
	for _, key := range slices.Sorted(maps.Keys(heads)) {
		var err error
		if record, err = appendValue(record[:0], reflect.ValueOf(heads[key]).Elem()); err != nil {
			return nil, err
		}
		out = appendBytes(appendBytes(out, key), record)
	}
	return binary.BigEndian.AppendUint64(out, xxhash.Sum64(out)), nil
}

func appendBytes[T string | []byte](b []byte, v T) []byte {
	return append(binary.AppendUvarint(b, uint64(len(v))), v...)
}

var errHeads = errors.New("heads are not what was written")

// decodeHeads reads what encodeHeads wrote. A head shares no memory with another.
func decodeHeads(b []byte) (map[string]*head, error) {
	n := len(b) - 8
	if n < 0 || binary.BigEndian.Uint64(b[n:]) != xxhash.Sum64(b[:n]) {
		return nil, errHeads
	}
	heads := map[string]*head{}
	for in := (headReader{rest: string(b[:n])}); in.rest != ""; {
		key, record, h := in.text(), in.text(), &head{}
		one := headReader{rest: strings.Clone(record)}
		if one.value(reflect.ValueOf(h).Elem()); in.bad || one.bad || one.rest != "" {
			return nil, errHeads
		}
		heads[strings.Clone(key)] = h
	}
	return heads, nil
}

var timeType = reflect.TypeFor[time.Time]()

// appendValue writes a value of a head: numbers as varints, but for hashes and fractions; slices with their length and one, for 0 is nil.
func appendValue(b []byte, v reflect.Value) ([]byte, error) {
	switch v.Kind() {
	case reflect.String:
		return appendBytes(b, v.String()), nil
	case reflect.Bool:
		if v.Bool() {
			return append(b, 1), nil
		}
		return append(b, 0), nil
	case reflect.Int:
		return binary.AppendVarint(b, v.Int()), nil
	case reflect.Uint64:
		return binary.BigEndian.AppendUint64(b, v.Uint()), nil
	case reflect.Float64:
		return binary.BigEndian.AppendUint64(b, math.Float64bits(v.Float())), nil
	case reflect.Slice:
		if v.IsNil() {
			return append(b, 0), nil
		}
		b = binary.AppendUvarint(b, uint64(v.Len())+1)
		var err error
		for i := 0; i < v.Len() && err == nil; i++ {
			b, err = appendValue(b, v.Index(i))
		}
		return b, err
	case reflect.Struct:
		if v.Type() == timeType {
			stamp, err := v.Interface().(time.Time).MarshalBinary()
			return appendBytes(b, stamp), err
		}
		var err error
		for i := 0; i < v.NumField() && err == nil; i++ {
			b, err = appendValue(b, v.Field(i))
		}
		return b, err
	}
	return nil, fmt.Errorf("a head can't hold a %s", v.Type())
}

// headReader reads values. Strings are pieces of what it reads.
type headReader struct {
	rest string
	bad  bool // what was read is not what was written; every value is zero from there on
}

// take returns the next n bytes.
func (in *headReader) take(n uint64) string {
	if n > uint64(len(in.rest)) {
		in.bad, in.rest = true, ""
		return ""
	}
	s := in.rest[:n]
	in.rest = in.rest[n:]
	return s
}

func (in *headReader) text() string { return in.take(in.uvarint()) }

func (in *headReader) uvarint() uint64 {
	var n uint64
	for shift := 0; shift < 64; shift += 7 {
		c := in.take(1)
		if c == "" {
			return 0
		}
		if n |= uint64(c[0]&0x7f) << shift; c[0] < 0x80 {
			return n
		}
	}
	in.bad, in.rest = true, ""
	return 0
}

func (in *headReader) uint64() uint64 {
	var n uint64
	for _, c := range []byte(in.take(8)) {
		n = n<<8 | uint64(c)
	}
	return n
}

func (in *headReader) value(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(in.text())
	case reflect.Bool:
		v.SetBool(in.take(1) == "\x01")
	case reflect.Int:
		n := in.uvarint() // zigzag
		v.SetInt(int64(n>>1) ^ -int64(n&1))
	case reflect.Uint64:
		v.SetUint(in.uint64())
	case reflect.Float64:
		v.SetFloat(math.Float64frombits(in.uint64()))
	case reflect.Slice:
		n := in.uvarint()
		if n == 0 {
			return
		}
		if n--; n > uint64(len(in.rest)) { // every value takes a byte
			in.bad, in.rest = true, ""
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), int(n), int(n)))
		for i := range int(n) {
			in.value(v.Index(i))
		}
	case reflect.Struct:
		if v.Type() == timeType {
			in.bad = v.Addr().Interface().(*time.Time).UnmarshalBinary([]byte(in.text())) != nil || in.bad
			return
		}
		for i := range v.NumField() {
			in.value(v.Field(i))
		}
	}
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
