package epochhardware_test

import (
	"testing"

	"github.com/scalebook/scalebook/ingest/epochhardware"
	"github.com/scalebook/scalebook/ingest/ingesttest"
)

func TestGolden(t *testing.T) { ingesttest.Golden(t, epochhardware.Connector{}) }

func TestLayouts(t *testing.T) { ingesttest.Layouts(t, epochhardware.Connector{}) }

func TestForms(t *testing.T) { ingesttest.Forms(t, epochhardware.Connector{}, "testdata/upstream") }

func FuzzRead(f *testing.F) { ingesttest.Fuzz(f, epochhardware.Connector{}, "ml_hardware.csv") }

func TestUpstream(t *testing.T) {
	ingesttest.Accounts(t, epochhardware.Connector{}, "epoch")
}
