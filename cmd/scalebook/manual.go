package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// manualCommand writes manual pages and shell completions, for packages.
func (p Program) manualCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "manual DIR",
		Short:   "Write manual pages and shell completions",
		Long:    "Manual writes a page for every command into DIR/man, and completions for bash, zsh and fish into DIR/completions.",
		Example: "  scalebook manual build",
		Hidden:  true,
		Args:    cobra.ExactArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return writeManual(cmd.Root(), args[0]) },
	}
}

func writeManual(root *cobra.Command, dir string) error {
	pages, completions := filepath.Join(dir, "man"), filepath.Join(dir, "completions")
	for _, folder := range []string{pages, completions} {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return fmt.Errorf("manual: %w", err)
		}
	}
	root.DisableAutoGenTag = true // the same program writes the same pages; $SOURCE_DATE_EPOCH sets their date
	if err := doc.GenManTree(root, &doc.GenManHeader{Title: "SCALEBOOK", Section: "1", Source: "scalebook", Manual: "scalebook"}, pages); err != nil {
		return fmt.Errorf("manual pages: %w", err)
	}
	for name, write := range map[string]func(string) error{
		"scalebook":      func(file string) error { return root.GenBashCompletionFileV2(file, true) },
		"_scalebook":     root.GenZshCompletionFile,
		"scalebook.fish": func(file string) error { return root.GenFishCompletionFile(file, true) },
	} {
		if err := write(filepath.Join(completions, name)); err != nil {
			return fmt.Errorf("completion %s: %w", name, err)
		}
	}
	return nil
}
