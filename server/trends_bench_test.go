package server

import (
	"fmt"
	"testing"

	"github.com/scalebook/scalebook/chart"
	"github.com/scalebook/scalebook/templates"
)

// The first answer of a process to an address, and the ones after it. A fresh server has nothing in memory; what ingests
// leave behind, the index of capability, is computed before anybody asks.
func BenchmarkAnswer(b *testing.B) {
	warm := newTestServer(b)
	pages, err := templates.New(templates.Config{ChartCSS: chart.CSS()})
	if err != nil {
		b.Fatal(err)
	}
	for name, address := range map[string]string{
		"home":   "/",
		"metric": "/metrics/gpqa-diamond",
		"trend":  "/api/v1/trend?metric=cpu-transistors&of=all&fit=exponential&estimator=pairs-bootstrap",
		"trends": "/trends",
	} {
		b.Run(name+"/cold", func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				config := warm.cfg
				config.Templates = pages
				fresh, err := New(config)
				if err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
				if status, _, _ := get(b, fresh, address, "Accept-Encoding", "gzip"); status != 200 {
					b.Fatal(status)
				}
			}
		})
		b.Run(name+"/never-asked", func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				if status, _, _ := get(b, warm, fmt.Sprintf("%s%sseed=%d", address, map[bool]string{true: "&", false: "?"}[name == "trend"], i+1), "Accept-Encoding", "gzip"); status != 200 {
					b.Fatal(status)
				}
			}
		})
		b.Run(name+"/warm", func(b *testing.B) {
			for b.Loop() {
				if status, _, _ := get(b, warm, address, "Accept-Encoding", "gzip"); status != 200 {
					b.Fatal(status)
				}
			}
		})
	}
}
