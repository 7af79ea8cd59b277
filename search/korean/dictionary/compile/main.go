// Command compile makes the compiled dictionary, the table of how Chinese characters are read, and the names of places, from mecab-ko-dic as the
// kagome-dict-ko module carries it. It is run by go generate in the parent
// folder; the same module version gives the same files.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"

	ko "github.com/ikawaha/kagome-dict-ko"
	"github.com/ikawaha/kagome-dict/dict"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("compile: ")
	out := flag.String("o", ".", "`folder` to write ko.dict, hanja.txt and places.txt to")
	flag.Parse()
	if err := run(*out); err != nil {
		log.Fatal(err)
	}
}

func run(out string) error {
	source := ko.Dict()
	words, err := readWords(source)
	if err != nil {
		return fmt.Errorf("reading mecab-ko-dic: %w", err)
	}
	classes := newClasses(source, words)
	data, stats, err := encode(cheapest(words, classes), classes)
	if err != nil {
		return fmt.Errorf("encoding: %w", err)
	}
	log.Print(stats)
	if err := os.WriteFile(filepath.Join(out, "ko.dict"), data, 0o644); err != nil {
		return err
	}
	for name, table := range map[string]func(*dict.Dict) (string, error){"hanja.txt": readings, "places.txt": places} {
		made, err := table(source)
		if err != nil {
			return fmt.Errorf("%s: reading mecab-ko-dic: %w", name, err)
		}
		if err := os.WriteFile(filepath.Join(out, name), []byte(made), 0o644); err != nil {
			return err
		}
	}
	return nil
}
