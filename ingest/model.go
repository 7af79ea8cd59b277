package ingest

import (
	"regexp"
	"strings"
	"time"

	"github.com/scalebook/scalebook/metrics"
)

// bracketed is a remark at the end of a model's name: "o3 (high)", "Claude Opus 4 (thinking-16k)".
var bracketed = regexp.MustCompile(`^(.*\S)\s*\(([^()]*)\)$`)

// trailing is a reasoning effort that sources append to a name: o3-mini-high, gpt-5.1_medium, o1-16K.
var trailing = regexp.MustCompile(`(?i)^(.*\S)[-_ ](minimal|low|medium|high|xhigh|\d+k)$`)

// budget is a thinking budget within a remark: 32k thinking tokens, thinking-16k, 24k think.
var budget = regexp.MustCompile(`(?i)^(?:(\d+k)[ -]think(?:ing)?(?: tokens)?|think(?:ing)?[ -](\d+k))$`)

// Model returns the canonical id of what a source calls name, that name without the reasoning effort or thinking budget
// that it may carry, and the effort: that is a setting, not a subject. A name that an identity file lists is taken as it is.
func (id *Identity) Model(name string) (subject, base, effort string) {
	name = strings.TrimSpace(name)
	if subject, ok := id.known("model", name); ok {
		return subject, name, ""
	}
	if m := bracketed.FindStringSubmatch(name); m != nil {
		if effort, ok := effortRemark(m[2]); ok {
			subject, base, _ := id.Model(m[1])
			return subject, base, effort
		}
	}
	if m := trailing.FindStringSubmatch(name); m != nil {
		if subject, ok := id.known("model", m[1]); ok {
			return subject, m[1], strings.ToLower(m[2])
		}
	}
	return id.Resolve("model", name), name, ""
}

// effortRemark reads a remark that says how hard a model was made to think. "no thinking" and "default" are what the model
// does when nothing is asked of it, so they leave the setting blank.
func effortRemark(remark string) (effort string, ok bool) {
	remark = strings.ToLower(strings.TrimSpace(remark))
	if m := budget.FindStringSubmatch(remark); m != nil {
		return m[1] + m[2], true
	}
	switch remark {
	case "no thinking", "no think", "default", "default think", "chat", "non-thinking", "non-reasoning":
		return "", true
	case "thinking", "reasoner", "reasoning":
		return "thinking", true
	}
	return remark, metrics.IsEffort(remark)
}

// known resolves a name that an alias or a subject of the identity files covers.
func (id *Identity) known(kind, name string) (subject string, ok bool) {
	for _, key := range []string{aliasKey(kind, name), aliasKey("", name)} {
		if subject, ok := id.aliases[key]; ok {
			return subject, true
		}
	}
	subject = Kebab(name)
	if only := id.anyKind[subject]; kind == "" && only != "" {
		return only, true
	}
	_, ok = id.subjects[subject]
	return subject, ok
}

// dated is a snapshot's id: gpt-4o-2024-05-13, claude-3-5-sonnet-20241022.
var dated = regexp.MustCompile(`^(.+)-(20\d\d)-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])$`)

// Snapshot splits the id of a dated snapshot into the id of the model that it belongs to and its date.
func Snapshot(subject string) (family string, date time.Time, ok bool) {
	m := dated.FindStringSubmatch(subject)
	if m == nil {
		return "", time.Time{}, false
	}
	date, err := time.Parse(time.DateOnly, m[2]+"-"+m[3]+"-"+m[4])
	return m[1], date, err == nil
}
