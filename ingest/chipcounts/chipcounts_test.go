package chipcounts_test

import (
	"testing"

	"github.com/scalebook/scalebook/ingest/chipcounts"
	"github.com/scalebook/scalebook/ingest/ingesttest"
)

func TestGolden(t *testing.T) { ingesttest.Golden(t, chipcounts.Connector{}) }

func TestLayouts(t *testing.T) { ingesttest.Layouts(t, chipcounts.Connector{}) }

func TestForms(t *testing.T) { ingesttest.Forms(t, chipcounts.Connector{}, "testdata/upstream") }

func FuzzRead(f *testing.F) {
	ingesttest.Fuzz(f, chipcounts.Connector{}, "nvidia_cumulative_by_chip.csv")
}

func TestUpstream(t *testing.T) {
	ingesttest.Accounts(t, chipcounts.Connector{}, "chips")
}
