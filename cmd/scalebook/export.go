package main

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/scalebook/scalebook/query"
	"github.com/scalebook/scalebook/server"
)

func (p Program) exportCommand(s *settings) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "export METRIC…",
		Short: "Write the observations of metrics",
		Example: `  scalebook export --format csv gpqa-diamond swe-bench-verified > scores.csv
  scalebook export --format json cpu-transistors
  scalebook export --format parquet cpu-transistors > transistors.parquet`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if format != "csv" && format != "json" && format != "parquet" {
				return fmt.Errorf("%w: --format is csv, json or parquet, not %q", errUsage, format)
			}
			ledger, err := openLedger(cmd.Context(), s)
			if err != nil {
				return err
			}
			defer ledger.Close()
			engine := query.New(query.Config{Ledger: ledger})
			var table query.Table
			all := []query.Series{}
			for _, metric := range args {
				series, err := engine.Series(cmd.Context(), query.Filter{Metric: metric})
				if err != nil {
					return err
				}
				t := series.Table()
				table.Header, table.Rows = t.Header, append(table.Rows, t.Rows...)
				all = append(all, series)
			}
			if format == "json" {
				return json.NewEncoder(p.Stdout).Encode(all)
			}
			if format == "parquet" {
				file, err := server.Parquet(table)
				if err != nil {
					return err
				}
				_, err = p.Stdout.Write(file)
				return err
			}
			_, err = p.Stdout.Write(table.CSV())
			return err
		},
	}
	cmd.Flags().StringVar(&format, "format", "csv", "csv, json or parquet")
	return cmd
}
