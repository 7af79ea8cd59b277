package metrics

import "strings"

// A setting says under what conditions a value was measured, as items separated by ", ": the reasoning effort or thinking
// budget first, then shots, scaffold, tools. "high, 5-shot" is a model at high effort given five examples.

// JoinSetting writes a setting of its known items.
func JoinSetting(items ...string) string {
	kept := items[:0:0]
	for _, item := range items {
		if item = strings.TrimSpace(item); item != "" {
			kept = append(kept, item)
		}
	}
	return strings.Join(kept, ", ")
}

// Effort returns the reasoning effort or thinking budget that a setting begins with: low, medium, high, 16k, thinking …
// It is empty where the setting names none.
func Effort(setting string) string {
	first, _, _ := strings.Cut(setting, ", ")
	if IsEffort(first) {
		return strings.ToLower(first)
	}
	return ""
}

// IsEffort reports whether s is a reasoning effort or a thinking budget in tokens (16k).
func IsEffort(s string) bool {
	s = strings.ToLower(s)
	switch s {
	case "none", "minimal", "low", "medium", "high", "xhigh", "max", "thinking", "non-thinking":
		return true
	}
	digits, ok := strings.CutSuffix(s, "k")
	return ok && digits != "" && strings.Trim(digits, "0123456789") == ""
}
