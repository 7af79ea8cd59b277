package search

import "math"

// target is a content term to mark in a snippet, with its worth and the group of the plan that looks for it. next is the place plus
// one of another in the same slot.
type target struct {
	term  uint32
	worth float32
	group uint16
	next  uint16
}

// targets are the terms to mark. Every token of the passages shown is looked up in them, so that they are an open hash of
// slots that fit the processor's nearest cache.
type targets struct {
	list  []target
	slots [512]uint16 // place in list plus one
}

// add raises a term's worth to at least that given. It stays with the first group that it is added for.
func (t *targets) add(term uint32, worth float32, group int) {
	slot := &t.slots[term%uint32(len(t.slots))]
	for i := *slot; i > 0; i = t.list[i-1].next {
		if m := &t.list[i-1]; m.term == term {
			m.worth = max(m.worth, worth)
			return
		}
	}
	if len(t.list) < math.MaxUint16 {
		t.list = append(t.list, target{term, worth, uint16(group), *slot})
		*slot = uint16(len(t.list))
	}
}

// reset takes all targets out.
func (t *targets) reset() {
	for _, m := range t.list {
		t.slots[m.term%uint32(len(t.slots))] = 0
	}
	t.list = t.list[:0]
}

// worth returns what a term is worth that is to be marked, 0 for others.
func (t *targets) worth(term uint32) float32 {
	if m := t.find(term); m != nil {
		return m.worth
	}
	return 0
}

// find returns the target that a term is, nil for others.
func (t *targets) find(term uint32) *target {
	for i := t.slots[term%uint32(len(t.slots))]; i > 0; i = t.list[i-1].next {
		if m := &t.list[i-1]; m.term == term {
			return m
		}
	}
	return nil
}
