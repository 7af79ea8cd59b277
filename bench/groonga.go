package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// groonga is Groonga with its bigrams of letters, a process that is asked over a pipe. Its times are its own, without the pipe.
type groonga struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

func openGroonga(ctx context.Context, dir string, texts []string) (engine, error) {
	cmd := exec.CommandContext(ctx, "groonga", "--default-command-version", "2", "-n", filepath.Join(dir, "db"))
	in, out, err := converse(cmd)
	if err != nil {
		return nil, err
	}
	g := groonga{cmd, in, bufio.NewReaderSize(out, 1<<20)}
	rows := make([]map[string]string, len(texts))
	for i, text := range texts {
		rows[i] = map[string]string{"_key": strconv.Itoa(i), "text": text}
	}
	all, err := json.Marshal(rows)
	if err != nil {
		return nil, errors.Join(err, g.close())
	}
	for _, command := range []string{
		"table_create Passages TABLE_HASH_KEY ShortText",
		"column_create Passages text COLUMN_SCALAR Text",
		"table_create Terms TABLE_PAT_KEY ShortText --default_tokenizer TokenBigram --normalizer NormalizerAuto",
		"load --table Passages\n" + string(all),
		// An index that is made after its texts are in is built at once, which is faster.
		"column_create Terms passages COLUMN_INDEX|WITH_POSITION Passages text",
	} {
		if _, _, err := g.run(command); err != nil {
			return nil, errors.Join(err, g.close())
		}
	}
	return g, nil
}

// run puts a command and returns the body of its answer and the time that Groonga took for it.
func (g groonga) run(command string) (json.RawMessage, time.Duration, error) {
	if _, err := io.WriteString(g.in, command+"\n"); err != nil {
		return nil, 0, err
	}
	line, err := g.out.ReadBytes('\n')
	if err != nil {
		return nil, 0, err
	}
	var answer []json.RawMessage
	if err := json.Unmarshal(line, &answer); err != nil || len(answer) < 2 {
		return nil, 0, fmt.Errorf("groonga answers %.200s", line)
	}
	var status int
	var began, took float64
	if err := json.Unmarshal(answer[0], &[]any{&status, &began, &took}); err != nil {
		return nil, 0, err
	}
	if status != 0 {
		return nil, 0, fmt.Errorf("groonga: %.200s", line)
	}
	return answer[1], time.Duration(took * float64(time.Second)), nil
}

func (g groonga) ask(_ context.Context, q question) ([]int, time.Duration, error) {
	match := quoted(q.words, " ")
	switch q.kind {
	case "phrase":
		match = quoted([]string{strings.Join(q.words, " ")}, "")
	case "prefix":
		match = strings.Join(q.words, " ") + "*"
	case "typo", "question":
		match = quoted(letterPairs(strings.Join(q.words, " ")), " OR ")
	}
	body, took, err := g.run("select Passages --match_columns 'scorer_tf_idf(text)' --query '" + strings.ReplaceAll(match, "'", `\'`) +
		"' --output_columns '_key, snippet_html(text)' --sort_keys -_score --limit 10")
	if err != nil {
		return nil, 0, err
	}
	var found [][]json.RawMessage // one result set: the number of hits, the columns, then a row a hit
	if err := json.Unmarshal(body, &found); err != nil || len(found) == 0 || len(found[0]) < 2 {
		return nil, 0, fmt.Errorf("groonga answers %.200s", body)
	}
	var hits []int
	for _, row := range found[0][2:] {
		var key string
		if err := json.Unmarshal(row, &[]any{&key}); err != nil {
			return nil, 0, err
		}
		i, err := strconv.Atoi(key)
		if err != nil {
			return nil, 0, err
		}
		hits = append(hits, i)
	}
	return hits, took, nil
}

// letterPairs cuts text as the tokenizer does, which is how it is asked for text that is not there letter by letter.
func letterPairs(text string) []string {
	var out []string
	for word := range strings.FieldsSeq(text) {
		runes := []rune(word)
		for i := range max(1, len(runes)-1) {
			out = append(out, string(runes[i:min(i+2, len(runes))]))
		}
	}
	return out
}

func (g groonga) close() error { return errors.Join(g.in.Close(), g.cmd.Wait()) }

// installed returns the engines that can run here. Groonga is a program, from apt.
func installed() []opener {
	if _, err := exec.LookPath("groonga"); err != nil {
		return engines
	}
	return append(engines[:len(engines):len(engines)], opener{"Groonga bigrams", openGroonga})
}
