// Package aider reads the leaderboards of aider, a coding assistant: YAML lists of benchmark runs, one entry a run.
package aider

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/scalebook/scalebook/ingest"
	"github.com/scalebook/scalebook/metrics"
)

// Connector reads the kind "aider".
type Connector struct{}

// Kind implements [ingest.Connector].
func (Connector) Kind() string { return "aider" }

// board is one of the leaderboards. A score is the percentage of exercises solved in at most two attempts.
type board struct {
	metric    string
	publisher string
	address   string
}

func polyglot() board {
	return board{"aider-polyglot", "Aider LLM leaderboards", "https://aider.chat/docs/leaderboards/"}
}

func edit() board {
	return board{"aider-edit", "Aider code editing leaderboard", "https://aider.chat/docs/leaderboards/edit.html"}
}

// Read implements [ingest.Connector]. It reads every file named *leaderboard*.yml, or the only YAML file there is. Which
// board it is follows from polyglot or edit in the name, and else from the number of exercises of a run.
func (Connector) Read(ctx context.Context, in ingest.Input, sink ingest.Sink) error {
	var named, all []string
	err := fs.WalkDir(in.Files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return errors.Join(err, ctx.Err())
		}
		if ext := strings.ToLower(path.Ext(name)); ext == ".yml" || ext == ".yaml" {
			all = append(all, name)
			if strings.Contains(strings.ToLower(path.Base(name)), "leaderboard") {
				named = append(named, name)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(named) == 0 && len(all) == 1 {
		named = all
	}
	read := 0
	for _, name := range named {
		ok, err := readFile(in, sink, name)
		if err != nil {
			return err
		}
		if ok {
			read++
		}
	}
	if read == 0 {
		return errors.New("no edit_leaderboard.yml or polyglot_leaderboard.yml in it")
	}
	return nil
}

// entry is a run as the leaderboards list it. Numbers are read from their text, so that one that isn't a number costs its
// entry and not the file.
type entry struct {
	Model           string `yaml:"model"`
	EditFormat      string `yaml:"edit_format"`
	EditorModel     string `yaml:"editor_model"`
	ReasoningEffort string `yaml:"reasoning_effort"`
	ThinkingTokens  string `yaml:"thinking_tokens"`
	PassRate2       string `yaml:"pass_rate_2"`
	TestCases       string `yaml:"test_cases"`
	Released        string `yaml:"released"`
	ReleasedToo     string `yaml:"_released"` // the upstream hides a date from its chart by the underscore
	Date            string `yaml:"date"`
}

// readFile reads one board; ok is false for a leaderboard of another kind, which has no runs with pass_rate_2.
func readFile(in ingest.Input, sink ingest.Sink, name string) (ok bool, err error) {
	text, err := fs.ReadFile(in.Files, name)
	if err != nil {
		return false, fmt.Errorf("%s: %w", name, err)
	}
	var nodes []yaml.Node
	if err := yaml.Unmarshal(text, &nodes); err != nil {
		return false, fmt.Errorf("%s: not a list of runs: %s", name, oneLine(err))
	}
	for i := range nodes {
		ok = ok || hasKey(&nodes[i], "pass_rate_2")
	}
	if !ok {
		return false, nil
	}
	for i := range nodes {
		var e entry
		if err := nodes[i].Decode(&e); err != nil {
			err = sink.Quarantine(ingest.Rejected{File: name, Row: nodes[i].Line, Reason: oneLine(err)})
			if err != nil {
				return true, err
			}
			continue
		}
		r := run{entry: e, in: in, sink: sink, file: name, line: nodes[i].Line}
		if err := r.read(); err != nil {
			return true, err
		}
	}
	return true, nil
}

// oneLine words an error of the YAML library, which lists each on a line of its own.
func oneLine(err error) string {
	return strings.Join(strings.Fields(strings.TrimPrefix(err.Error(), "yaml: unmarshal errors:")), " ")
}

func hasKey(node *yaml.Node, key string) bool {
	for i := 0; node.Kind == yaml.MappingNode && i < len(node.Content); i += 2 {
		if node.Content[i].Value == key {
			return true
		}
	}
	return false
}

// run is one entry on its way into the ledger.
type run struct {
	entry
	in   ingest.Input
	sink ingest.Sink
	file string
	line int
}

func (r run) read() error {
	reject := func(column, value, reason string, tolerated bool) error {
		return r.sink.Quarantine(ingest.Rejected{File: r.file, Row: r.line, Column: column, Value: value, Reason: reason, Tolerated: tolerated})
	}
	if r.Model == "" {
		return reject("model", "", "no model", true)
	}
	if r.PassRate2 == "" {
		return reject("pass_rate_2", "", "no score", true)
	}
	percent, err := strconv.ParseFloat(r.PassRate2, 64)
	if err != nil {
		return reject("pass_rate_2", r.PassRate2, "not a number", false)
	}
	if !(percent >= 0 && percent <= 100) {
		return reject("pass_rate_2", r.PassRate2, "not a percentage from 0 to 100", false)
	}
	if strings.Contains(r.Model, " + ") || r.EditorModel != "" {
		return reject("model", r.Model, "two models at work, an architect and an editor: a score of neither", true)
	}
	b := r.board()
	subject, name, setting := r.identify()
	at, err := r.available(subject)
	if err != nil {
		return reject("date", r.Date, err.Error(), false)
	}
	if at.IsZero() {
		return reject("date", "", "no date", true)
	}
	if err := r.sink.Subject(metrics.Subject{ID: subject, Name: name, Kind: "model"}); err != nil {
		return err
	}
	return r.sink.Observe(metrics.Observation{
		Metric: b.metric, Subject: subject, Setting: setting, Name: name, Time: at, Value: percent / 100,
		Source: metrics.Source{Name: b.publisher, URL: b.address, File: r.file, Row: r.line},
	})
}

// exercises is how many the edit benchmark has; the polyglot one has 225.
const exercises = "133"

func (r run) board() board {
	name := strings.ToLower(path.Base(r.file))
	switch {
	case strings.Contains(name, "polyglot"):
		return polyglot()
	case strings.Contains(name, "edit"), r.TestCases == exercises:
		return edit()
	}
	return polyglot()
}

// formatRemark is an edit format that a name repeats, or another remark that says nothing of the model.
var formatRemark = regexp.MustCompile(`^(.*\S) \((?:diff|whole|udiff|diff-fenced)\)$`)

// identify returns the canonical model, its name, and the setting: effort or thinking budget, then edit format.
func (r run) identify() (subject, name, setting string) {
	name = r.Model
	if m := formatRemark.FindStringSubmatch(name); m != nil {
		name = m[1]
	}
	subject, name, effort := r.in.Identity.Model(name)
	if r.ReasoningEffort != "" {
		effort = strings.ToLower(r.ReasoningEffort)
	}
	if tokens, err := strconv.Atoi(r.ThinkingTokens); err == nil && tokens > 0 && effort == "" {
		effort = fmt.Sprintf("%dk", (tokens+500)/1000)
	}
	return subject, name, metrics.JoinSetting(effort, r.EditFormat)
}

// available dates the model: by what is known of it, by the entry's release date, and at last by the day of the run, on
// which it was available at any rate.
func (r run) available(subject string) (time.Time, error) {
	if t := r.in.Released(subject); !t.IsZero() {
		return t, nil
	}
	for _, s := range []string{r.Released, r.ReleasedToo, r.Date} {
		if s != "" {
			return ingest.ParseObservationTime(s)
		}
	}
	return time.Time{}, nil
}
