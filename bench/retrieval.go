package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// trial is a set of passages with questions, each with the one passage that answers it.
type trial struct {
	name      string
	passages  []string
	questions []string
	answers   []int
}

// retrieval scores scalebook and its peers on the tuning half of KorQuAD 1.0 (Lim, Kim and Lee, 2019): questions, each with
// the paragraph that answers it, as asked, without spaces and with two typing errors; and on single sentences. The file
// lies beside the repository; without it there is nothing to score.
func retrieval(ctx context.Context, cfg config) ([]Result, error) {
	trials, err := korquad(cfg.root)
	if os.IsNotExist(err) {
		log.Print("retrieval: the collection is not beside this repository")
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	ours := make([]float64, len(trials))
	for i, t := range trials {
		if ours[i], err = t.scoreEngine(ctx, openOurs); err != nil {
			return nil, err
		}
	}
	results := make([][]Result, len(trials))
	add := func(name string, i int, theirs float64) {
		log.Printf("%s, %s: MRR@10 %.4f, scalebook %.4f", name, trials[i].name, theirs, ours[i])
		results[i] = append(results[i], compared(trials[i].name, "MRR@10", "", name, ours[i], theirs, true))
	}
	for _, e := range slices.Concat(engines[1:], otherEngines) {
		for i, t := range trials {
			theirs, err := t.scoreEngine(ctx, e.open)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", e.name, err)
			}
			add(e.name, i, theirs)
		}
	}
	cache, err := peerCache()
	if err != nil {
		return nil, err
	}
	for _, p := range peers {
		command, err := p.command(ctx, cfg.root, cache)
		if err != nil {
			log.Printf("%s is left out: %v", p.name, err)
			continue
		}
		for i, t := range trials {
			found, err := askPeer(ctx, command, t.passages, t.questions)
			if err != nil {
				// What was measured of the others took minutes, and stays.
				log.Printf("%s is left out of %s: %v", p.name, t.name, err)
				continue
			}
			add(p.name, i, t.score(found))
		}
	}
	return slices.Concat(results...), nil
}

// score is the mean reciprocal rank of the answers within the first ten found.
func (t trial) score(found [][]int) float64 {
	sum := 0.0
	for i, hits := range found {
		if rank := slices.Index(hits[:min(10, len(hits))], t.answers[i]); rank >= 0 {
			sum += 1 / float64(rank+1)
		}
	}
	return sum / float64(len(found))
}

func (t trial) scoreEngine(ctx context.Context, open func(context.Context, string, []string) (engine, error)) (float64, error) {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	e, err := open(ctx, dir, t.passages)
	if err != nil {
		return 0, err
	}
	defer e.close()
	found := make([][]int, len(t.questions))
	for i, q := range t.questions {
		if found[i], _, err = e.ask(ctx, question{"question", []string{q}}); err != nil {
			return 0, err
		}
	}
	return t.score(found), nil
}

// korquad reads the collection and makes the trials of it.
func korquad(root string) ([]trial, error) {
	raw, err := os.ReadFile(filepath.Join(root, "..", "shared", "eval", "korquad-tune.json"))
	if err != nil {
		return nil, err
	}
	var collection struct {
		Docs    []struct{ ID, Text string }
		Queries []struct {
			ID, Text string
			Relevant []string
		}
	}
	if err := json.Unmarshal(raw, &collection); err != nil {
		return nil, fmt.Errorf("read the collection: %w", err)
	}
	read, err := sentenceAnswers(root)
	if err != nil {
		return nil, err
	}
	var paragraphs, one trial
	number := map[string]int{}
	first := map[string]int{} // the first sentence of each paragraph
	for i, d := range collection.Docs {
		number[d.ID], first[d.ID] = i, len(one.passages)
		paragraphs.passages = append(paragraphs.passages, d.Text)
		one.passages = append(one.passages, sentencesOf(d.Text)...)
	}
	for _, q := range collection.Queries {
		paragraphs.questions = append(paragraphs.questions, q.Text)
		paragraphs.answers = append(paragraphs.answers, number[q.Relevant[0]])
		if at, ok := read[q.ID]; ok {
			one.questions = append(one.questions, q.Text)
			one.answers = append(one.answers, first[q.Relevant[0]]+at)
		}
	}
	rng := rand.New(rand.NewPCG(seed, 3))
	all := []trial{paragraphs, paragraphs, paragraphs, one}
	for i, change := range [...]func(string) string{nil, func(q string) string { return strings.Join(strings.Fields(q), "") },
		func(q string) string { return mistype(rng, mistype(rng, q)) }, nil} {
		if change != nil {
			all[i].questions = nil
			for _, q := range paragraphs.questions {
				all[i].questions = append(all[i].questions, change(q))
			}
		}
		all[i].name = fmt.Sprintf("%d questions%s, %d passages", len(all[i].questions), [...]string{"", " without spaces", " with two typing errors", " for a sentence"}[i], len(all[i].passages))
	}
	return all, nil
}

// sentenceAnswers reads which sentence of its paragraph answers a question.
func sentenceAnswers(root string) (map[string]int, error) {
	raw, err := os.ReadFile(filepath.Join(root, "search", "testdata", "sentences.tsv"))
	if err != nil {
		return nil, err
	}
	read := map[string]int{}
	for line := range strings.Lines(string(raw)) {
		if id, at, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok && !strings.HasPrefix(id, "#") {
			if read[id], err = strconv.Atoi(at); err != nil {
				return nil, fmt.Errorf("sentences.tsv: %s: %w", id, err)
			}
		}
	}
	return read, nil
}

// sentencesOf divides a paragraph where a mark that ends a sentence has a space behind it. What is shorter than eight
// letters belongs to the sentence before.
func sentencesOf(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		start := ""
		for word := range strings.FieldsSeq(line) {
			start = strings.TrimSpace(start + " " + word)
			if strings.ContainsAny(word[len(word)-1:], ".!?") {
				out, start = appendSentence(out, start), ""
			}
		}
		if start != "" {
			out = appendSentence(out, start)
		}
	}
	return out
}

func appendSentence(out []string, s string) []string {
	if len(out) > 0 && utf8.RuneCountInString(s) < 8 {
		out[len(out)-1] += " " + s
		return out
	}
	return append(out, s)
}
