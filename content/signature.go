package content

// A report's signature estimates how much text it shares with another: per slot the least of the windows' hashes under
// one of sixty-four orders (MinHash with one permutation and binning, Li, Owen and Zhang 2012).
const signatureSize = 64

func signature(ps []Passage) []uint64 {
	sig := make([]uint64, signatureSize)
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
func alike(a, b []uint64) float64 {
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
func bands(sig []uint64) []uint64 {
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
