package server

import (
	"math"
	"net/http"
	"strconv"
	"time"

	dto "github.com/prometheus/client_model/go"
)

// countsHealth reads what Prometheus is told.
func (s *Server) countsHealth(h *Health, now time.Time) {
	families, err := s.telemetry.registry.Gather()
	if err != nil {
		h.find(healthDegraded, "upkeep", err.Error())
	}
	gauges := map[string]*float64{"process_resident_memory_bytes": &h.Process.ResidentBytes, "go_memstats_heap_inuse_bytes": &h.Process.HeapBytes,
		"go_goroutines": &h.Process.Goroutines, "process_open_fds": &h.Process.OpenFiles, "process_max_fds": &h.Process.MaxFiles}
	for _, f := range families {
		if to, ok := gauges[f.GetName()]; ok {
			*to = f.GetMetric()[0].GetGauge().GetValue()
		}
		switch f.GetName() {
		case "scalebook_http_requests_total":
			for _, m := range f.GetMetric() {
				h.Requests.add(label(m, "status"), m.GetCounter().GetValue())
			}
		case "scalebook_http_request_seconds":
			h.Requests.P50, h.Requests.P95, h.Requests.P99 = quantile(f, .5), quantile(f, .95), quantile(f, .99)
		case "scalebook_response_cache_total":
			for _, m := range f.GetMetric() {
				if label(m, "result") == "miss" {
					h.Cache.Misses += m.GetCounter().GetValue()
				} else {
					h.Cache.Hits += m.GetCounter().GetValue()
				}
			}
		}
	}
	h.Cache.Answers, h.Cache.Bytes, h.Cache.Limit = s.responses.fill()
	h.Requests.LimitedClients = s.limiter.empty(now)
}

func (r *RequestHealth) add(status string, n float64) {
	switch code, _ := strconv.Atoi(status); {
	case code == http.StatusServiceUnavailable:
		r.Shed += n
	case code == http.StatusTooManyRequests:
		r.RateLimited += n
	case code >= http.StatusInternalServerError:
		r.Failed += n
	default:
		r.Answered += n
	}
}

func label(m *dto.Metric, name string) string {
	for _, l := range m.GetLabel() {
		if l.GetName() == name {
			return l.GetValue()
		}
	}
	return ""
}

// quantile is the upper end of the bucket that a share of all observations lies within, over all routes. Beyond the last bucket it is
// that bucket's end, and 0 without observations.
func quantile(f *dto.MetricFamily, share float64) float64 {
	cumulative := map[float64]float64{}
	var ends []float64
	total := 0.0
	for _, m := range f.GetMetric() {
		total += float64(m.GetHistogram().GetSampleCount())
		for i, b := range m.GetHistogram().GetBucket() {
			if i == len(ends) {
				ends = append(ends, b.GetUpperBound())
			}
			cumulative[b.GetUpperBound()] += float64(b.GetCumulativeCount())
		}
	}
	if total == 0 {
		return 0
	}
	for _, end := range ends {
		if !math.IsInf(end, 1) && cumulative[end] >= share*total {
			return end
		}
	}
	return ends[len(ends)-1]
}
