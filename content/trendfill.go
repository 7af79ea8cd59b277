package content

import "regexp"

var trendPlaceholder = regexp.MustCompile(`(<figure class="trend" id="([^"]+)"[^>]*>)</figure>`)

// WithTrends returns HTML of the report, or of a section of it, with each trend block's element filled by what chart
// returns for it. chart's HTML is put in as it is; where it returns nothing the element stays empty.
func (r *Report) WithTrends(html string, chart func(TrendBlock) string) string {
	return trendPlaceholder.ReplaceAllStringFunc(html, func(tag string) string {
		m := trendPlaceholder.FindStringSubmatch(tag)
		for _, t := range r.Trends {
			if t.Anchor == m[2] {
				return m[1] + chart(t) + "</figure>"
			}
		}
		return tag
	})
}
