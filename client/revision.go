package client

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// revisionHeader carries of an answer the state of the data that it was made from, of a request the state that its answer
// must not be older than: a dictionary (RFC 9651) of numbers, each of which only grows.
const revisionHeader = "Scalebook-Revision"

// revision is the newest state of the data that answers have shown. It is safe for concurrent use.
type revision struct {
	mu    sync.Mutex
	parts map[string]int64
}

// saw raises each part to what an answer carried. What is no number says nothing.
func (r *revision) saw(header string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for part := range strings.SplitSeq(header, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil || n < 0 || name == "" {
			continue
		}
		if r.parts == nil {
			r.parts = map[string]int64{}
		}
		r.parts[name] = max(r.parts[name], n)
	}
}

// String is the header of the next request, empty where nothing has been seen.
func (r *revision) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(r.parts)) {
		parts = append(parts, name+"="+strconv.FormatInt(r.parts[name], 10))
	}
	return strings.Join(parts, ", ")
}

func (r *revision) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.parts = nil
}
