package metrics_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/scalebook/scalebook/metrics"
)

func key(subject string, time int64) metrics.Key {
	return metrics.Key{Metric: "m", Source: "s", Subject: subject, Time: time}
}

func TestReach(t *testing.T) {
	var r metrics.Reach
	if r.New(key("a", 1)) {
		t.Error("a feed that it knows nothing of is new")
	}
	r.Begin("m", "s")
	if !r.New(key("a", 1)) {
		t.Error("the first row of a feed is not new")
	}
	r.Add(key("a", 10))
	r.Add(key("a", 20))
	r.Add(key("b", 15))
	for _, c := range []struct {
		subject string
		time    int64
		want    bool
	}{{"a", 9, true}, {"a", 10, false}, {"a", 15, false}, {"a", 21, true}, {"b", 14, true}, {"b", 15, false}, {"c", 15, true}} {
		if got := r.New(key(c.subject, c.time)); got != c.want {
			t.Errorf("%s at %d: new is %v", c.subject, c.time, got)
		}
	}
	r.Resume("m", "s", 5, 30)
	for at, want := range map[int64]bool{4: true, 5: false, 30: false, 31: true} {
		if got := r.New(key("never seen", at)); got != want {
			t.Errorf("resumed, at %d: new is %v", at, got)
		}
	}
	if first, last, ok := r.Of("m", "s"); first != 5 || last != 30 || !ok {
		t.Errorf("it reaches from %d to %d, %v", first, last, ok)
	}
}

// It never says of a row that was added that it is new, however many series there are.
func TestReachNeverForgets(t *testing.T) {
	var r metrics.Reach
	r.Begin("m", "s")
	r.Begin("m", "other")
	random := rand.New(rand.NewPCG(1, 1))
	added := map[metrics.Key]bool{}
	for i := range 300_000 {
		k := key(fmt.Sprint(random.IntN(200_000)), random.Int64N(50))
		if i%7 == 0 {
			k.Source = "other"
		}
		if added[k] && r.New(k) {
			t.Fatalf("row %d, %+v, was added and is new", i, k)
		}
		r.Add(k)
		added[k] = true
	}
}
