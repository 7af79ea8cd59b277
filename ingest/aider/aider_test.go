package aider_test

import (
	"testing"

	"github.com/scalebook/scalebook/ingest/aider"
	"github.com/scalebook/scalebook/ingest/ingesttest"
)

func TestGolden(t *testing.T) { ingesttest.Golden(t, aider.Connector{}) }

func TestLayouts(t *testing.T) { ingesttest.Layouts(t, aider.Connector{}) }

func TestForms(t *testing.T) { ingesttest.Forms(t, aider.Connector{}, "testdata/upstream") }

func FuzzRead(f *testing.F) { ingesttest.Fuzz(f, aider.Connector{}, "polyglot_leaderboard.yml") }

func TestUpstream(t *testing.T) {
	ingesttest.Accounts(t, aider.Connector{}, "aider")
}
