package main

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/scalebook/scalebook/search/korean/dictionary"
)

// trieEdge is an edge of the trie while it is built; below are words[from:to],
// which share their first depth letters.
type trieEdge struct{ from, to, depth int }

// encode lays the dictionary out as package dictionary describes.
func encode(words []word, c *classes) ([]byte, string, error) {
	h := c.header
	forms := map[string]uint16{}
	var formBytes []byte
	readings := func(ws []word) string {
		var b []byte
		for _, w := range ws {
			f, ok := forms[w.form]
			if !ok {
				f = uint16(len(forms))
				forms[w.form] = f
				formBytes = append(formBytes, w.form...)
			}
			b = dictionary.AppendReading(b, dictionary.Reading{Left: c.left[w.left], Right: c.right[w.right], Cost: w.cost, Form: f})
		}
		return string(b)
	}

	letters := make([][]rune, len(words))
	for i, w := range words {
		letters[i] = []rune(w.surface)
	}
	lists := map[string]uint16{}
	var labels, values, blocks, children, listStarts, readingBytes []byte
	base := uint32(0)
	// Breadth first, an edge's children get the numbers after those of all
	// edges before it.
	next := uint32(0)
	edges := []trieEdge{}
	expand := func(e trieEdge) {
		i := e.from
		for i < e.to && len(letters[i]) == e.depth {
			i++
		}
		for i < e.to {
			j := i
			for j < e.to && letters[j][e.depth] == letters[i][e.depth] {
				j++
			}
			edges = append(edges, trieEdge{i, j, e.depth + 1})
			next++
			i = j
		}
	}
	addChild := func(k int) error {
		if k%dictionary.Block == 0 {
			base = next
			blocks = binary.LittleEndian.AppendUint32(blocks, base)
		}
		if next-base > math.MaxUint16 {
			return fmt.Errorf("more than %d edges below a block", math.MaxUint16)
		}
		children = binary.LittleEndian.AppendUint16(children, uint16(next-base))
		return nil
	}
	expand(trieEdge{0, len(words), 0})
	h.RootEdges = next
	for k := 0; k < len(edges); k++ {
		e := edges[k]
		labels = binary.LittleEndian.AppendUint16(labels, uint16(letters[e.from][e.depth-1]))
		end := e.from
		for end < e.to && len(letters[end]) == e.depth {
			end++
		}
		value := uint16(0)
		if end > e.from {
			list := readings(words[e.from:end])
			v, ok := lists[list]
			if !ok {
				if len(lists) == math.MaxUint16-1 {
					return nil, "", fmt.Errorf("more than %d different lists of readings", len(lists))
				}
				v = uint16(len(lists) + 1)
				lists[list] = v
				listStarts = binary.LittleEndian.AppendUint32(listStarts, uint32(len(readingBytes)/8))
				readingBytes = append(readingBytes, list...)
			}
			value = v
		}
		values = binary.LittleEndian.AppendUint16(values, value)
		if err := addChild(k); err != nil {
			return nil, "", err
		}
		expand(e)
	}
	if err := addChild(len(edges)); err != nil {
		return nil, "", err
	}
	listStarts = binary.LittleEndian.AppendUint32(listStarts, uint32(len(readingBytes)/8))

	h.Edges, h.Lists, h.Readings, h.FormBytes = uint32(len(edges)), uint32(len(lists)), uint32(len(readingBytes)/8), uint32(len(formBytes))
	out := h.Append(nil)
	for _, s := range [][]byte{labels, values, blocks, children, listStarts, readingBytes, formBytes, c.matrix} {
		out = append(out, s...)
		for len(out)%4 != 0 {
			out = append(out, 0)
		}
	}
	stats := fmt.Sprintf("%d words, %d edges, %d lists, %d readings, %d forms, matrix %d × %d: %d bytes",
		len(words), h.Edges, h.Lists, h.Readings, len(forms), h.Lefts, h.Rights, len(out))
	return out, stats, nil
}
