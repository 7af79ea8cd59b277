package server

import (
	"encoding/json"
	"image/png"
	"regexp"
	"strings"
	"testing"

	"github.com/scalebook/scalebook/chart"
)

// What other sites and search engines are told of a report: its picture, and what it is.
func TestReportPreview(t *testing.T) {
	article := regexp.MustCompile(`<script type="application/ld\+json">(.*?)</script>`)
	for _, public := range []string{"", "https://scalebook.example"} {
		s := newPrivateServer(t)
		s.cfg.PublicURL = public
		for slug, title := range map[string]string{"open": "열린 글", "kept": "닫힌 글"} {
			_, _, page := get(t, s, "/reports/"+slug)
			picture := public + "/reports/" + slug + ".png"
			if !strings.Contains(page, `<meta property="og:image" content="`+picture+`">`) {
				t.Errorf("%s names no picture %s", slug, picture)
			}
			var said struct {
				Type  string `json:"@type"`
				Image string
				Name  string `json:"headline"`
				URL   string
			}
			found := article.FindStringSubmatch(page)
			if found == nil {
				t.Fatalf("%s: no JSON-LD", slug)
			}
			if err := json.Unmarshal([]byte(found[1]), &said); err != nil || said.Type != "Article" || said.Image != picture || said.Name != title || (said.URL != "") != (public != "") {
				t.Errorf("%s: JSON-LD %+v, %v", slug, said, err)
			}
			status, header, body := get(t, s, "/reports/"+slug+".png")
			config, err := png.DecodeConfig(strings.NewReader(body))
			if status != 200 || header.Get("Content-Type") != "image/png" || err != nil || config.Width != chart.CardWidth || config.Height != chart.CardHeight {
				t.Errorf("%s.png: %d %s %+v %v", slug, status, header.Get("Content-Type"), config, err)
			}
		}
	}
}
