package main

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/scalebook/scalebook/query"
)

func (p Program) trendCommand(s *settings) *cobra.Command {
	var (
		asJSON bool
		lang   string
		server string
	)
	cmd := &cobra.Command{
		Use:   "trend METRIC",
		Short: "Say how a metric moves with time",
		Example: `  scalebook trend cpu-transistors --of all --fit exponential
  scalebook trend gpqa-diamond --threshold 0.9 --json
  scalebook trend gpqa-diamond --server https://scalebook.example`,
		Args: cobra.ExactArgs(1),
	}
	values := map[string]*string{}
	for name, usage := range map[string]string{
		"of":         "frontier (the records) or all",
		"fit":        "auto, linear, exponential or logistic",
		"since":      "observations from this date",
		"until":      "observations before this date",
		"as-of":      "the ledger as it stood at the end of this day",
		"access":     "open, closed or unreleased",
		"country":    "subjects of this country",
		"source":     "observations of this source",
		"confidence": "level of the intervals",
		"threshold":  "also say when the fit passes this value",
		"horizon":    "date up to which the curve is drawn",
		"ceiling":    "upper limit of a logistic fit, or fit",
		"error":      "monte-carlo carries the observations' own intervals through",
		"estimator":  "ols, ols-hc3, theil-sen or pairs-bootstrap",
	} {
		values[name] = cmd.Flags().String(name, "", usage)
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "write what the API would answer")
	p.serverFlag(cmd, &server)
	cmd.Flags().StringVar(&lang, "lang", "en", "language of the answer: ko or en")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		params, err := query.ParseTrend(func(name string) string {
			switch name {
			case "metric":
				return args[0]
			case "as_of":
				name = "as-of"
			}
			if v := values[name]; v != nil {
				return *v
			}
			return ""
		})
		if err != nil {
			return fmt.Errorf("%w: %w", errUsage, err)
		}
		measured, done, err := p.measurements(cmd.Context(), s, server)
		if err != nil {
			return err
		}
		defer done()
		answer, err := measured.Trend(cmd.Context(), params)
		if err != nil {
			return err
		}
		if asJSON {
			return json.NewEncoder(p.Stdout).Encode(answer)
		}
		fmt.Fprintln(p.Stdout, answer.Answer.In(lang))
		fmt.Fprintln(p.Stdout, answer.Citation.Text.In(lang))
		return nil
	}
	return cmd
}
