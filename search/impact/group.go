package impact

import "encoding/binary"

// grouping turns the occurrences of one partition into postings. It keeps its memory from partition to partition.
type grouping struct {
	buffers [][]byte // by part, for what it noted
	streams [][]byte // what each part noted, documents rising
	table   []numbered
	keys    []key
	last    []uint32 // by term: its newest entry plus one
	entries []entry

	// The result: the postings of the term at a place in keys are those from starts at that place up to the next.
	starts  []uint32
	df      []int32
	count   []int32
	docs    []uint32
	impacts []uint16
}

// entry is a term in a document.
type entry struct {
	term, doc uint32
	tf        float32
}

// statistics are what the impact of an occurrence follows from, by document.
type statistics struct {
	norms  [][streams]float32
	weight []float32
	entity []bool
	lost   []bool // whether a lost document is an entity
	first  uint32 // the number of the first document in the index
}

func statisticsOf(docs, lost []document, means *averages, first uint32) statistics {
	s := statistics{norms: make([][streams]float32, len(docs)), weight: make([]float32, len(docs)), entity: make([]bool, len(docs)),
		lost: make([]bool, len(lost)), first: first}
	for i := range docs {
		d := &docs[i]
		for k, l := range d.length {
			s.norms[i][k] = float32(normOf(float64(l), means.of(d.entity, k)))
		}
		s.weight[i], s.entity[i] = float32(d.weight), d.entity
	}
	for i := range lost {
		s.lost[i] = lost[i].entity
	}
	return s
}

// group reads partition n of all parts and groups it.
func (g *grouping) group(b *Builder, n int, s *statistics) error {
	g.streams = g.streams[:0]
	for i, p := range b.parts {
		all := p.occurrences[n]
		if len(p.spilled[n]) > 0 {
			var err error
			if all, err = g.whole(i, p, n); err != nil {
				return err
			}
		}
		g.streams = append(g.streams, all)
	}
	g.reset()
	for {
		from := g.next()
		if from < 0 {
			break
		}
		g.take(from, b.cfg.ContextWeight)
	}
	g.lay(s)
	return nil
}

// whole brings partition n of a part together, what was spilled with what is in memory, in the part's buffer.
func (g *grouping) whole(part int, p *Part, n int) ([]byte, error) {
	for len(g.buffers) <= part {
		g.buffers = append(g.buffers, nil)
	}
	size := len(p.occurrences[n])
	for _, e := range p.spilled[n] {
		size += e.size
	}
	all := g.buffers[part]
	if cap(all) < size {
		all = make([]byte, 0, size+size/8)
	}
	all = all[:0]
	for _, e := range p.spilled[n] {
		var err error
		if all, err = p.spool.read(all, e); err != nil {
			return nil, err
		}
	}
	g.buffers[part] = append(all, p.occurrences[n]...)
	return g.buffers[part], nil
}

// fewest is how many terms a table is made for at first.
const fewest = 1 << 12

func (g *grouping) reset() {
	if g.table == nil {
		g.table = make([]numbered, slots(fewest))
	}
	clear(g.table)
	g.keys, g.last, g.entries, g.df, g.count = g.keys[:0], g.last[:0], g.entries[:0], g.df[:0], g.count[:0]
}

// next returns the stream with the lowest document, -1 where all are at their end.
func (g *grouping) next() int {
	best, lowest := -1, uint32(0)
	for i, in := range g.streams {
		if len(in) == 0 {
			continue
		}
		if doc := binary.LittleEndian.Uint32(in[8:]) &^ inContext; best < 0 || doc < lowest {
			best, lowest = i, doc
		}
	}
	return best
}

// take groups the occurrences of the document at the head of a stream.
func (g *grouping) take(from int, contextWeight float32) {
	in := g.streams[from]
	doc := binary.LittleEndian.Uint32(in[8:]) &^ inContext
	for len(in) > 0 {
		at := binary.LittleEndian.Uint32(in[8:])
		if at&^inContext != doc {
			break
		}
		tf := float32(1)
		if at&inContext != 0 {
			tf = contextWeight
		}
		term := g.term(key(binary.LittleEndian.Uint64(in)))
		in = in[occurrence:]
		if last := g.last[term]; last > 0 && g.entries[last-1].doc == doc {
			g.entries[last-1].tf += tf
			continue
		}
		g.entries = append(g.entries, entry{term, doc, tf})
		g.last[term] = uint32(len(g.entries))
		if doc&isLost == 0 {
			g.count[term]++
		}
	}
	g.streams[from] = in
}

// term returns the place of a key.
func (g *grouping) term(k key) uint32 {
	at := slotOf(g.table, k)
	if at.next > 0 {
		return at.next - 1
	}
	n := uint32(len(g.keys))
	if slots(int(n)+1) > len(g.table) {
		g.table = make([]numbered, 2*len(g.table))
		for i, known := range g.keys {
			*slotOf(g.table, known) = numbered{known, uint32(i) + 1}
		}
		at = slotOf(g.table, k)
	}
	*at = numbered{k, n + 1}
	g.keys, g.last, g.df, g.count = append(g.keys, k), append(g.last, 0), append(g.df, 0), append(g.count, 0)
	return n
}

// lay lays the entries out by term, documents rising, with a counting sort. It leaves in df and count how many more passages and
// documents have a term now than before.
func (g *grouping) lay(s *statistics) {
	g.starts = append(g.starts[:0], 0)
	sum := uint32(0)
	for i, n := range g.count {
		g.last[i] = sum
		sum += uint32(n)
		g.starts = append(g.starts, sum)
	}
	copy(g.df, g.count)
	g.docs, g.impacts = sized(g.docs, int(sum)), sized(g.impacts, int(sum))
	for _, e := range g.entries {
		if e.doc&isLost != 0 {
			g.count[e.term]--
			if !s.lost[e.doc&^isLost] {
				g.df[e.term]--
			}
			continue
		}
		at := g.last[e.term]
		g.last[e.term]++
		norm := s.norms[e.doc][g.keys[e.term].stream()]
		g.docs[at], g.impacts[at] = s.first+e.doc, impactOf(e.tf, norm, s.weight[e.doc])
		if s.entity[e.doc] {
			g.df[e.term]--
		}
	}
}

func sized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
