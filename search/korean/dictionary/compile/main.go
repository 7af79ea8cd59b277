// Command compile makes the compiled dictionary from mecab-ko-dic as the
// kagome-dict-ko module carries it. It is run by go generate in the parent
// folder; the same module version gives the same file.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"

	ko "github.com/ikawaha/kagome-dict-ko"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("compile: ")
	out := flag.String("o", "ko.dict", "`file` to write")
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
	return os.WriteFile(out, data, 0o644)
}
