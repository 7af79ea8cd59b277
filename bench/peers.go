package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// peer is an engine of another language, run as a program. It reads a line with the numbers of passages and questions, then
// those, a line each, and writes a line for each question: the numbers of the passages that it found, best first, from 0.
type peer struct {
	name string
	// command fetches what the peer needs, into a folder that is kept between runs, and returns how it is run.
	command func(ctx context.Context, root, cache string) ([]string, error)
}

// lucenePairs is the weight of bigrams beside nori's morphemes with which Lucene does best on the tuning questions, of 0, 0.3,
// 0.6 and 1.
const lucenePairs = "0.6"

var peers = []peer{
	{"Lucene nori + cjk", func(ctx context.Context, root, cache string) ([]string, error) {
		folder, paths := filepath.Join(root, "bench", "peers", "lucene"), filepath.Join(cache, "lucene.paths")
		if err := quiet(ctx, "", "mvn", "-q", "-B", "-f", filepath.Join(folder, "pom.xml"), "dependency:build-classpath", "-Dmdep.outputFile="+paths); err != nil {
			return nil, err
		}
		jars, err := os.ReadFile(paths)
		return []string{"java", "-cp", string(jars), filepath.Join(folder, "Peer.java"), lucenePairs}, err
	}},
	{"tantivy + kiwipiepy", func(ctx context.Context, root, cache string) ([]string, error) {
		return pythonOf(ctx, filepath.Join(root, "bench", "peers", "python"), filepath.Join(cache, "python"))
	}},
	{"MiniSearch bigrams", script("minisearch.mjs")},
	{"FlexSearch bigrams", script("flexsearch.mjs")},
	{"Groonga bigrams", func(_ context.Context, root, _ string) ([]string, error) {
		_, err := exec.LookPath("groonga")
		return []string{"python3", filepath.Join(root, "bench", "peers", "groonga", "peer.py")}, err
	}},
}

// script returns how a program of peers/node is run, beside the packages that it needs.
func script(name string) func(context.Context, string, string) ([]string, error) {
	return func(ctx context.Context, root, cache string) ([]string, error) {
		folder := filepath.Join(cache, "node")
		if err := overwrite(folder, filepath.Join(root, "bench", "peers", "node")); err != nil {
			return nil, err
		}
		return []string{"node", filepath.Join(folder, name)}, quiet(ctx, folder, "npm", "install", "--no-audit", "--no-fund", "--silent")
	}
}

// overwrite copies the files of a folder into another, over what an earlier run has left there.
func overwrite(to, from string) error {
	files, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(to, 0o755); err != nil {
		return err
	}
	for _, f := range files {
		text, err := os.ReadFile(filepath.Join(from, f.Name()))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(to, f.Name()), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// pythonOf returns how the peer.py of a folder is run, in a virtual environment with what its requirements name.
func pythonOf(ctx context.Context, folder, environment string) ([]string, error) {
	if err := quiet(ctx, "", "python3", "-m", "venv", environment); err != nil {
		return nil, err
	}
	run := filepath.Join(environment, "bin", "python")
	return []string{run, filepath.Join(folder, "peer.py")}, quiet(ctx, "", run, "-m", "pip", "-q", "install", "-r", filepath.Join(folder, "requirements.txt"))
}

// peerCache is the folder that keeps what peers need between runs.
func peerCache() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	cache = filepath.Join(cache, "scalebook-bench")
	return cache, os.MkdirAll(cache, 0o755)
}

// quiet runs a command and tells what it wrote only where it failed.
func quiet(ctx context.Context, folder string, command ...string) error {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Dir = folder
	return quietly(cmd)
}

// quietly is quiet for a command that is made already.
func quietly(cmd *exec.Cmd) error {
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", strings.Join(cmd.Args, " "), err, bytes.TrimSpace(out))
	}
	return nil
}

// askPeer puts questions to a peer that holds passages.
func askPeer(ctx context.Context, command, passages, questions []string) ([][]int, error) {
	var in strings.Builder
	fmt.Fprintf(&in, "%d %d\n", len(passages), len(questions))
	for _, list := range [...][]string{passages, questions} {
		for _, text := range list {
			in.WriteString(strings.Join(strings.Fields(text), " ") + "\n")
		}
	}
	var out, failed bytes.Buffer
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(in.String()), &out, &failed
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("%s: %w: %s", command[0], err, bytes.TrimSpace(failed.Bytes()))
	}
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	if len(lines) != len(questions) {
		return nil, fmt.Errorf("%s: %d answers to %d questions", command[0], len(lines), len(questions))
	}
	answers := make([][]int, len(lines))
	for i, line := range lines {
		for number := range strings.FieldsSeq(line) {
			n, err := strconv.Atoi(number)
			if err != nil {
				return nil, fmt.Errorf("%s: answer %d: %w", command[0], i+1, err)
			}
			answers[i] = append(answers[i], n)
		}
	}
	return answers, nil
}

// converse starts a peer that is asked on its standard input and answers on its standard output.
func converse(cmd *exec.Cmd) (in io.WriteCloser, out io.ReadCloser, err error) {
	if in, err = cmd.StdinPipe(); err != nil {
		return nil, nil, err
	}
	if out, err = cmd.StdoutPipe(); err != nil {
		return nil, nil, err
	}
	return in, out, cmd.Start()
}
