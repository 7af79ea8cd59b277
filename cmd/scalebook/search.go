package main

import (
	"encoding/json"
	"fmt"
	"html"
	"strings"

	"github.com/spf13/cobra"

	"github.com/scalebook/scalebook/search"
)

func (p Program) searchCommand(s *settings) *cobra.Command {
	var (
		asJSON bool
		limit  int
		lang   string
		server string
	)
	cmd := &cobra.Command{
		Use:   "search QUERY…",
		Short: "Search reports, metrics, subjects and terms",
		Example: `  scalebook search 추론 비용
  scalebook search --json '"무어의 법칙" -인텔'
  scalebook search --server https://scalebook.example 추론 비용`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			index, done, err := p.index(cmd.Context(), s, server)
			if err != nil {
				return err
			}
			defer done()
			results, err := index.Search(cmd.Context(), search.Query{Text: strings.Join(args, " "), Limit: limit, Lang: lang})
			if err != nil {
				return err
			}
			if asJSON {
				return json.NewEncoder(p.Stdout).Encode(results)
			}
			p.printResults(results)
			return nil
		},
	}
	p.serverFlag(cmd, &server)
	cmd.Flags().BoolVar(&asJSON, "json", false, "write what the API would answer")
	cmd.Flags().IntVar(&limit, "limit", search.DefaultLimit, "number of hits")
	cmd.Flags().StringVar(&lang, "lang", "", "reports in this language only: ko or en")
	return cmd
}

func (p Program) printResults(r search.Results) {
	if r.DidYouMean != "" {
		fmt.Fprintf(p.Stdout, "did you mean: %s\n", r.DidYouMean)
	}
	if len(r.NotFound) > 0 {
		fmt.Fprintf(p.Stdout, "not found: %s\n", strings.Join(r.NotFound, ", "))
	}
	if len(r.AlsoSearched) > 0 {
		fmt.Fprintf(p.Stdout, "also searched: %s\n", strings.Join(r.AlsoSearched, ", "))
	}
	emphasis := strings.NewReplacer("<mark>", "", "</mark>", "")
	if terminal(p.Stdout) {
		emphasis = strings.NewReplacer("<mark>", "\x1b[1m", "</mark>", "\x1b[0m")
	}
	for _, h := range r.Hits {
		fmt.Fprintf(p.Stdout, "\n%s  %s  %s\n", h.Title, h.Kind, h.URL)
		for _, passage := range h.Passages {
			fmt.Fprintf(p.Stdout, "  %s\n", html.UnescapeString(emphasis.Replace(passage.Snippet)))
		}
	}
	fmt.Fprintf(p.Stdout, "\n%d of %d\n", len(r.Hits), r.Total)
}
