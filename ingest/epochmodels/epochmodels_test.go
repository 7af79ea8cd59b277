package epochmodels_test

import (
	"testing"

	"github.com/scalebook/scalebook/ingest/epochmodels"
	"github.com/scalebook/scalebook/ingest/ingesttest"
)

func TestGolden(t *testing.T) { ingesttest.Golden(t, epochmodels.Connector{}) }

func TestLayouts(t *testing.T) { ingesttest.Layouts(t, epochmodels.Connector{}) }

func TestForms(t *testing.T) { ingesttest.Forms(t, epochmodels.Connector{}, "testdata/upstream") }

func FuzzRead(f *testing.F) { ingesttest.Fuzz(f, epochmodels.Connector{}, "frontier_ai_models.csv") }

func TestUpstream(t *testing.T) {
	ingesttest.Accounts(t, epochmodels.Connector{}, "epoch")
}
