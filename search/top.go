package search

// scored is a document with its score and the share of the query that it matched.
type scored struct {
	doc   uint32
	score float32
	share float32
}

// below reports whether x ranks below y. Of documents with one score the first comes first: that of the first owner, as their numbers
// say only within one.
func (r *ranker) below(x, y scored) bool {
	if x.score != y.score {
		return x.score < y.score
	}
	if a, b := r.imp.Owner(x.doc), r.imp.Owner(y.doc); a != b {
		return a > b
	}
	return x.doc > y.doc
}

// top moves the n best documents to the front, in no order, and returns them.
func (r *ranker) top(docs []scored, n int) []scored {
	if n <= 0 {
		return nil
	}
	if len(docs) <= n {
		return docs
	}
	// A heap with the least of the best at its root.
	heap := docs[:n]
	for i := n/2 - 1; i >= 0; i-- {
		sink(heap, i, r.below)
	}
	for i := n; i < len(docs); i++ {
		if r.below(heap[0], docs[i]) {
			heap[0], docs[i] = docs[i], heap[0]
			sink(heap, 0, r.below)
		}
	}
	return heap
}

func sink[T any](heap []T, i int, below func(a, b T) bool) {
	for {
		least := i
		for c := 2*i + 1; c <= 2*i+2 && c < len(heap); c++ {
			if below(heap[c], heap[least]) {
				least = c
			}
		}
		if least == i {
			return
		}
		heap[i], heap[least] = heap[least], heap[i]
		i = least
	}
}
