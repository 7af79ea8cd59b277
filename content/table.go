package content

import "maps"

// buckets is how many pieces tables and manifests are in.
const buckets = 256

// bucketOf is the piece that a key belongs to. It is part of the format of manifests.
func bucketOf(key string) int {
	h := uint32(2166136261) // FNV-1a
	for i := range len(key) {
		h = (h ^ uint32(key[i])) * 16777619
	}
	return int((h ^ h>>8 ^ h>>16 ^ h>>24) & (buckets - 1))
}

// table is a map that is cheap to copy: a copy shares the buckets that neither side has written since.
type table[V any] struct {
	at  [buckets]map[string]V
	own [buckets]bool
}

// copy returns a table of its own with the same entries. The one copied from is not to be written any more.
func (t *table[V]) copy() *table[V] { return &table[V]{at: t.at} }

func (t *table[V]) get(key string) V { return t.at[bucketOf(key)][key] }

func (t *table[V]) set(key string, v V) { put(t.writable(key), key, v) }

func (t *table[V]) delete(key string) { delete(*t.writable(key), key) }

func (t *table[V]) writable(key string) *map[string]V {
	i := bucketOf(key)
	if !t.own[i] {
		t.at[i], t.own[i] = maps.Clone(t.at[i]), true
	}
	return &t.at[i]
}

// put sets an entry of a map that may not be there yet.
func put[V any](m *map[string]V, key string, v V) {
	if *m == nil {
		*m = map[string]V{}
	}
	(*m)[key] = v
}
