package ingest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
	"gopkg.in/yaml.v3"
)

// Source is an upstream that an operator has configured.
type Source struct {
	Job
	Schedule cron.Schedule // nil: only when asked for
	Enabled  bool
}

// Sources are the configured upstreams in the order of their file.
type Sources []Source

// ReadSources reads a sources.yaml: a list of sources with the keys name, kind and location, and optionally schedule (cron,
// in UTC), public, license, timeout and enabled. kinds are the kinds that exist. A relative location is below the folder of
// the file. The error lists all that is wrong, each with file, line and key.
func ReadSources(path string, kinds []string) (Sources, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(document.Content) == 0 {
		return nil, fmt.Errorf("%s: no source in it", path)
	}
	list := document.Content[0]
	if list.Kind != yaml.SequenceNode {
		return nil, fmt.Errorf("%s line %d: a list of sources is needed, each beginning with a name", path, list.Line)
	}
	r := sourceReader{path: path, kinds: kinds, names: map[string]int{}}
	var sources Sources
	for _, node := range list.Content {
		sources = append(sources, r.source(node))
	}
	if len(sources) == 0 {
		r.fail(list, "", "no source in it")
	}
	return sources, errors.Join(r.errs...)
}

// sourceReader reads the entries of one file.
type sourceReader struct {
	path  string
	kinds []string
	names map[string]int // line by name
	errs  []error
}

func (r *sourceReader) fail(at *yaml.Node, key, format string, args ...any) {
	where := fmt.Sprintf("%s line %d: ", r.path, at.Line)
	if key != "" {
		where += key + ": "
	}
	r.errs = append(r.errs, fmt.Errorf(where+format, args...))
}

// sourceKeys are the keys of an entry.
func sourceKeys() []string {
	return []string{"name", "kind", "location", "schedule", "public", "license", "timeout", "enabled"}
}

func (r *sourceReader) source(node *yaml.Node) Source {
	s := Source{Job: Job{Public: true}, Enabled: true}
	if node.Kind != yaml.MappingNode {
		r.fail(node, "", "a source needs keys: name, kind, location")
		return s
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		switch {
		case !slices.Contains(sourceKeys(), key.Value):
			r.fail(key, key.Value, "no such key; there are %s", strings.Join(sourceKeys(), ", "))
		case seen[key.Value]:
			r.fail(key, key.Value, "given twice")
		case value.Kind != yaml.ScalarNode:
			r.fail(value, key.Value, "a single value is needed")
		default:
			r.value(&s, key.Value, value)
		}
		seen[key.Value] = true
	}
	for _, key := range []string{"name", "kind", "location"} {
		if !seen[key] {
			r.fail(node, key, "missing")
		}
	}
	return s
}

// value reads one key of a source.
func (r *sourceReader) value(s *Source, key string, node *yaml.Node) {
	text := strings.TrimSpace(node.Value)
	switch key {
	case "name":
		s.Name = text
		if line, ok := r.names[text]; ok {
			r.fail(node, key, "%q is the name of the source at line %d", text, line)
		}
		if Kebab(text) == "" {
			r.fail(node, key, "%q is not a name", text)
		}
		r.names[text] = node.Line
	case "kind":
		s.Kind = text
		if !slices.Contains(r.kinds, text) {
			r.fail(node, key, "%q is not one of %s", text, strings.Join(r.kinds, ", "))
		}
	case "location":
		if s.Location = r.resolve(text); text == "" {
			r.fail(node, key, "blank")
		}
	case "schedule":
		schedule, err := cron.ParseStandard(text)
		if err != nil {
			r.fail(node, key, "%q: %w", text, err)
			return
		}
		s.Schedule = schedule
	case "license":
		s.License = text
	case "timeout":
		timeout, err := time.ParseDuration(text)
		if err != nil || timeout <= 0 {
			r.fail(node, key, "%q is not a duration as in 90s or 10m", text)
		}
		s.Timeout = timeout
	case "public", "enabled":
		var v bool
		if err := node.Decode(&v); err != nil || node.Tag != "!!bool" {
			r.fail(node, key, "%q is neither true nor false", text)
		}
		if key == "public" {
			s.Public = v
		} else {
			s.Enabled = v
		}
	}
}

// resolve makes a relative path one below the file's folder; addresses stay.
func (r *sourceReader) resolve(location string) string {
	if location == "" || filepath.IsAbs(location) || strings.Contains(location, "://") || strings.HasPrefix(location, "git@") {
		return location
	}
	return filepath.Join(filepath.Dir(r.path), filepath.FromSlash(location))
}

// Jobs returns the jobs of the named sources, disabled ones too, or those of every enabled source.
func (s Sources) Jobs(names ...string) ([]Job, error) {
	var jobs []Job
	if len(names) == 0 {
		for _, source := range s {
			if source.Enabled {
				jobs = append(jobs, source.Job)
			}
		}
		return jobs, nil
	}
	for _, name := range names {
		i := slices.IndexFunc(s, func(source Source) bool { return source.Name == name })
		if i < 0 {
			var known []string
			for _, source := range s {
				known = append(known, source.Name)
			}
			return nil, fmt.Errorf("no source is named %q; there are %s", name, strings.Join(known, ", "))
		}
		jobs = append(jobs, s[i].Job)
	}
	return jobs, nil
}
