package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestServerAnswersTheSame puts each question to a data directory and to a server of it, and compares to the byte.
func TestServerAnswersTheSame(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	ctx, stop := context.WithCancel(t.Context())
	ready, output := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		program := Program{Args: []string{"serve", "--addr", "127.0.0.1:0", "--data", data}, Stdout: output, Stderr: io.Discard, Getenv: func(string) string { return "" }}
		ended <- program.Run(ctx)
		output.Close()
	}()
	line, err := bufio.NewReader(ready).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	address := strings.TrimSpace(strings.TrimPrefix(line, "serving "))
	defer func() { stop(); <-ended }()
	run := func(args ...string) (string, string, int) {
		var out, problems bytes.Buffer
		code := Program{Args: args, Stdout: &out, Stderr: &problems, Getenv: func(string) string { return "" }}.Run(t.Context())
		return out.String(), problems.String(), code
	}
	took := regexp.MustCompile(`"took_us":\d+`)
	for _, question := range [][]string{
		{"search", "--json", "추론", "비용"},
		{"search", "--json", "--lang", "en", "--limit", "3", "<scaling> & \"laws\""},
		{"search", "scaling"},
		{"trend", "--json", "cpu-transistors", "--of", "all", "--fit", "exponential"},
		{"trend", "--json", "gpqa-diamond", "--fit", "logistic", "--ceiling", "fit", "--threshold", "0.9", "--as-of", "2999-12-31"},
		{"trend", "--json", "metr-time-horizon", "--error", "monte-carlo", "--confidence", "0.9"},
		{"trend", "gpqa-diamond", "--lang", "ko"},
		{"export", "--format", "csv", "gpqa-diamond", "cpu-transistors"},
		{"export", "--format", "json", "metr-time-horizon"},
		{"export", "--format", "parquet", "cpu-transistors"},
	} {
		local, problems, code := run(append(question, "--data", data)...)
		remote, remoteProblems, remoteCode := run(append(question, "--server", address)...)
		if code != exitOK || remoteCode != exitOK || len(local) < 100 {
			t.Errorf("%v: exits %d and %d: %s %s %.200s", question, code, remoteCode, problems, remoteProblems, local)
			continue
		}
		if took.ReplaceAllString(local, "") != took.ReplaceAllString(remote, "") {
			t.Errorf("%v: the server answers otherwise:\n%.500s\n%.500s", question, local, remote)
		}
	}
	for _, test := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"trend", "none"}, exitFailed, "404"},
		{[]string{"export", "none"}, exitFailed, "none"},
		{[]string{"trend", "mmlu", "--fit", "cubic"}, exitUsage, "fit"},
		{[]string{"trend", "re-bench"}, exitFailed, "422"},
	} {
		_, problems, code := run(append(test.args, "--server", address)...)
		if code != test.code || !strings.Contains(problems, test.says) || strings.Count(problems, "\n") != 1 {
			t.Errorf("%v: exit %d: %q", test.args, code, problems)
		}
	}
	if _, problems, code := run("trend", "mmlu", "--server", "scalebook.example"); code != exitUsage {
		t.Errorf("an address without a scheme: exit %d: %s", code, problems)
	}
}
