package chart

import "strings"

// Card is the picture of a text for previews elsewhere: its title over a ruler, with where it stands and from when it is.
type Card struct {
	Title string
	Over  string // above the title: what the text belongs to
	Foot  string // below it: date, author
	Site  string // whose it is
}

// Size of a card in pixels, which sites that show previews ask for.
const (
	CardWidth  = 1200
	CardHeight = 630
)

// PNG returns the card in pixels. Titles are set as large as four lines allow; what is longer ends in an ellipsis.
func (c Card) PNG() ([]byte, error) { return c.layout().png(1, false) }

func (c Card) layout() *scene {
	const margin, small = 72.0, 28.0
	const limit = CardWidth - 2*margin
	const base = CardHeight - 132.0 // of the ruler
	sc := &scene{width: CardWidth, height: CardHeight, kind: "card", title: c.Title}
	sc.write(text{at: point{margin, margin + small}, body: ellipsis(c.Over, small, false, limit), align: "start", size: small, color: ink2}, 0)

	lines, size := c.lines(limit)
	y := margin + small + 44
	for _, line := range lines {
		y += size
		sc.write(text{at: point{margin, y}, body: line, align: "start", size: size, color: ink, bold: true}, 0)
		y += size * .28
	}

	var short, long []contour
	for i := range int(limit/12) + 1 {
		x := crisp(margin + 12*float64(i))
		if i%8 == 0 {
			long = append(long, contour{points: []point{{x, base}, {x, base - 18}}})
		} else {
			short = append(short, contour{points: []point{{x, base}, {x, base - 8}}})
		}
	}
	long = append(long, contour{points: []point{{margin, crisp(base)}, {CardWidth - margin, crisp(base)}}})
	sc.path("tick", 0, short...)
	sc.path("axis", 0, long...)
	sc.line("cursor", 0, margin+limit*.75, base-34, margin+limit*.75, base)

	foot := base + 66.0
	site := text{at: point{CardWidth - margin, foot}, body: c.Site, align: "end", size: small, color: ink, bold: true}
	sc.write(site, 0)
	room := limit - textWidth(c.Site, small, true) - 40
	sc.write(text{at: point{margin, foot}, body: ellipsis(c.Foot, small, false, room), align: "start", size: small, color: ink2}, 0)
	return sc
}

// lines breaks the title into at most four lines, of alike width, of the largest size that it fits in.
func (c Card) lines(limit float64) ([]string, float64) {
	const most, least = 4, 54.0
	for _, size := range []float64{72, 62, least} {
		// Bold letters are a little wider than those that wrap measures.
		set := func(limit float64) []string { return wrap(c.Title, size*1.04, limit) }
		lines := set(limit)
		if len(lines) >= most && size > least || len(lines) > most {
			continue
		}
		for narrow := limit - 20; narrow > limit/2; narrow -= 20 {
			closer := set(narrow)
			if len(closer) > len(lines) || strings.Join(closer, " ") != strings.Join(lines, " ") {
				break
			}
			lines = closer
		}
		return lines, size
	}
	lines := wrap(c.Title, least*1.04, limit)[:most]
	lines[most-1] = ellipsis(lines[most-1]+" …", least, true, limit)
	return lines, least
}
