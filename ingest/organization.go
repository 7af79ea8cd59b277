package ingest

import "strings"

// Country returns the name that the ledger uses for a country: "United States of America" is United States. Where a source
// lists several, the first is that of the organisation named first, and counts.
func Country(name string) string {
	first, _, _ := strings.Cut(name, ",")
	first = strings.TrimSpace(first)
	if short, ok := countries()[strings.ToLower(first)]; ok {
		return short
	}
	return first
}

// countries maps official and abbreviated names, in lower case, to the short English ones.
func countries() map[string]string {
	return map[string]string{
		"usa": "United States", "us": "United States", "u.s.": "United States", "united states of america": "United States",
		"uk": "United Kingdom", "united kingdom of great britain and northern ireland": "United Kingdom",
		"korea (republic of)": "South Korea", "republic of korea": "South Korea", "korea": "South Korea",
		"russian federation":         "Russia",
		"uae":                        "United Arab Emirates",
		"viet nam":                   "Vietnam",
		"iran (islamic republic of)": "Iran",
		"taiwan (province of china)": "Taiwan", "taiwan, province of china": "Taiwan",
		"türkiye":                    "Turkey",
		"the netherlands":            "Netherlands",
		"people's republic of china": "China", "prc": "China",
	}
}

// Organization returns the name that the ledger uses for an organisation, and joins several, which sources separate by
// commas: "Microsoft,Nvidia" is Microsoft and NVIDIA.
func Organization(name string) string {
	var names []string
	seen := map[string]bool{}
	for part := range strings.SplitSeq(name, ",") {
		part = strings.TrimSpace(part)
		if usual, ok := organizations()[strings.ToLower(part)]; ok {
			part = usual
		}
		if part != "" && !seen[part] {
			seen[part] = true
			names = append(names, part)
		}
	}
	switch len(names) {
	case 0:
		return ""
	case 1:
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// organizations maps the spellings found in sources, in lower case, to the organisation's own.
func organizations() map[string]string {
	return map[string]string{
		"01 ai": "01.AI", "01-ai": "01.AI",
		"allen ai": "Ai2", "allenai/uw": "Ai2", "allen institute for ai": "Ai2", "ai2": "Ai2",
		"alibaba group": "Alibaba", "alibaba cloud": "Alibaba",
		"amazon aws": "Amazon", "aws": "Amazon", "amazon web services": "Amazon",
		"baidu kunlun": "Baidu", "kunlunxin baidu": "Baidu",
		"deepseek ai": "DeepSeek", "deepseek-ai": "DeepSeek",
		"facebook": "Meta", "meta ai": "Meta", "meta-ai": "Meta", "facebook ai": "Meta", "facebook ai research": "Meta",
		"google research": "Google", "google brain": "Google", "google deepmind": "Google",
		"huggingface":        "Hugging Face",
		"microsoft research": "Microsoft",
		"mistral":            "Mistral AI",
		"moonshot":           "Moonshot AI", "moonshot-ai": "Moonshot AI",
		"nvidia":   "NVIDIA",
		"tii":      "Technology Innovation Institute",
		"tsinghua": "Tsinghua University",
		"xai":      "xAI",
		"zhipu":    "Z.ai", "zhipu ai": "Z.ai", "z.ai": "Z.ai",
	}
}
