package content

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
)

// A report's signature estimates how much text it shares with another: per slot the least of the windows' hashes under
// one of sixty-four orders (MinHash with one permutation and binning, Li, Owen and Zhang 2012).
const signatureSize = 64

type minhash []uint64

// MarshalText writes a signature compactly.
func (m minhash) MarshalText() ([]byte, error) {
	b := make([]byte, 8*len(m))
	for i, v := range m {
		binary.BigEndian.PutUint64(b[8*i:], v)
	}
	return base64.StdEncoding.AppendEncode(nil, b), nil
}

// UnmarshalText reads what MarshalText wrote.
func (m *minhash) UnmarshalText(text []byte) error {
	b, err := base64.StdEncoding.AppendDecode(nil, text)
	if err != nil || len(b)%8 != 0 {
		return fmt.Errorf("signature of %d bytes: %v", len(b), err)
	}
	if *m = nil; len(b) > 0 {
		*m = make(minhash, len(b)/8)
	}
	for i := range *m {
		(*m)[i] = binary.BigEndian.Uint64(b[8*i:])
	}
	return nil
}

func signature(ps []Passage) minhash {
	sig := make(minhash, signatureSize)
	for _, p := range ps {
		for _, h := range shingles(p.Text) {
			if slot := h % signatureSize; sig[slot] == 0 || h < sig[slot] {
				sig[slot] = h
			}
		}
	}
	return sig
}

// alike estimates the share of their text that two reports have in common, between 0 and 1.
func alike(a, b minhash) float64 {
	same, filled := 0, 0
	for i := range min(len(a), len(b)) {
		if a[i] == 0 && b[i] == 0 {
			continue
		}
		filled++
		if a[i] == b[i] {
			same++
		}
	}
	if filled == 0 {
		return 0
	}
	return float64(same) / float64(filled)
}

// bands cuts a signature into pieces of four slots. Reports that are mostly alike share a piece almost surely, so that
// they meet without comparing every pair.
func bands(sig minhash) []uint64 {
	var out []uint64
	for i := 0; i+4 <= len(sig); i += 4 {
		h, filled := uint64(i), false
		for _, v := range sig[i : i+4] {
			h = mix(h ^ v)
			filled = filled || v != 0
		}
		if filled {
			out = append(out, h)
		}
	}
	return out
}
