package metrics_test

import (
	"math/rand/v2"
	"testing"

	"github.com/scalebook/scalebook/metrics"
)

func fingerprint(subject string) metrics.Fingerprint {
	return metrics.Subject{ID: subject}.Fingerprint()
}

func TestFingerprintIsASet(t *testing.T) {
	ids := []string{"a", "b", "c", "d", "e"}
	var want metrics.Fingerprint
	for _, id := range ids {
		want = want.Add(fingerprint(id))
	}
	for range 20 {
		rand.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
		var got metrics.Fingerprint
		for _, id := range ids {
			got = got.Add(fingerprint(id)).Add(fingerprint("passing")).Sub(fingerprint("passing"))
		}
		if got != want {
			t.Fatalf("order %v: %s, want %s", ids, got, want)
		}
	}
	if empty := fingerprint("a").Sub(fingerprint("a")); empty != (metrics.Fingerprint{}) {
		t.Errorf("nothing is %s", empty)
	}
	back, err := metrics.ParseFingerprint(want.String())
	if err != nil || back != want {
		t.Errorf("%s reads %s (%v)", want, back, err)
	}
	for _, bad := range []string{"", "xyz", want.String()[1:], want.String() + "00"} {
		if _, err := metrics.ParseFingerprint(bad); err == nil {
			t.Errorf("ParseFingerprint(%q) succeeds", bad)
		}
	}
}

// The fingerprint is kept in files, so it must not change from one version to the next.
func TestFingerprintIsStable(t *testing.T) {
	o := *row("gpqa", "a", 1, 0.5)
	got := metrics.RevisionFingerprint(o, 1, o.Digest()).String()
	if want := "e32aa63bd040f31edce06658802a807d"; got != want {
		t.Errorf("revision: %s, want %s", got, want)
	}
	body, err := metrics.Metric{ID: "gpqa", Kind: metrics.KindBenchmark}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := metrics.MetricFingerprint(body).String(), "dd0f19d3b5601b9c98eab34193f55480"; got != want {
		t.Errorf("metric: %s, want %s", got, want)
	}
	if got, want := fingerprint("a").String(), "a61a5ff067f0b67d5624e7e9434f4181"; got != want {
		t.Errorf("subject: %s, want %s", got, want)
	}
}

// Digest and SameContent are two ways to ask the same.
func TestDigestAgreesWithSameContent(t *testing.T) {
	base := *row("gpqa", "a", 1, 0.5)
	variants := []func(*metrics.Observation){
		func(o *metrics.Observation) { o.Value = 0.6 },
		func(o *metrics.Observation) { o.Low = metrics.At(0.5) },
		func(o *metrics.Observation) { o.High = metrics.At(0.5) },
		func(o *metrics.Observation) { o.Low = metrics.At(0) },
		func(o *metrics.Observation) { o.Interval = "se" },
		func(o *metrics.Observation) { o.Name = "se" },
		func(o *metrics.Observation) { o.Source.URL = "se" },
		func(o *metrics.Observation) { o.Withdrawn = true },
		func(o *metrics.Observation) { o.Source.Row, o.Source.File, o.Source.Version = 9, "f", "v" },
		func(o *metrics.Observation) { o.RecordedAt = secondRun },
	}
	for i, change := range variants {
		o := base
		change(&o)
		if same := o.SameContent(base); same != (o.Digest() == base.Digest()) {
			t.Errorf("variant %d: same content %v, same digest %v", i, same, !same)
		}
	}
}
