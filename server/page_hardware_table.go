package server

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/scalebook/scalebook/quantity"
	"github.com/scalebook/scalebook/query"
	"github.com/scalebook/scalebook/templates"
)

// chipColumn is a quantity as the table writes it: one unit for the whole column, so that its figures can be compared.
type chipColumn struct {
	metric   string
	scale    float64 // of the column's unit in base units
	decimals int
	optional bool // left out on a phone
}

// chipColumns are the quantities with a column of their own, where there are data.
var chipColumns = []chipColumn{
	{"hardware-fp16-flops", 1e12, 0, false}, {"hardware-fp8-flops", 1e12, 0, true}, {"hardware-memory", 1e9, 0, true},
	{"hardware-memory-bandwidth", 1e12, 2, true}, {"hardware-tdp", 1, 0, true}, {"hardware-flops-per-watt", 1e12, 2, true},
	{"hardware-price", 1, 0, true},
}

// columnRank orders metrics as the table does; others come after.
func columnRank(metric string) int {
	if i := slices.IndexFunc(chipColumns, func(c chipColumn) bool { return c.metric == metric }); i >= 0 {
		return i
	}
	return len(chipColumns)
}

// columns are those of the table: the usual ones with data, and what is drawn.
func (e *explorer) columns() []chipColumn {
	var out []chipColumn
	for _, c := range chipColumns {
		if _, ok := e.metric(c.metric); ok {
			out = append(out, c)
		}
	}
	for _, id := range []string{e.y, e.x} {
		if columnRank(id) == len(chipColumns) && id != byDate {
			out = append(out, chipColumn{metric: id})
		}
	}
	return out
}

// label heads a column; the unit is in the head, not in the cells.
func (e *explorer) label(c chipColumn) string {
	if text := say(e.lang, "column."+c.metric); c.scale != 0 && text != "column."+c.metric {
		return text
	}
	m, _ := e.metric(c.metric)
	return m.Title.In(e.lang)
}

// cell writes a value, blank where it is not published.
func (e *explorer) cell(c chipColumn, item chip) string {
	v, ok := item.values[c.metric]
	switch {
	case !ok:
		return ""
	case c.scale == 0:
		m, _ := e.metric(c.metric)
		return quantity.Format(v, m.Unit, e.lang)
	}
	return grouped(v/c.scale, c.decimals)
}

// grouped writes a number with thousands apart; small ones keep what figures they need.
func grouped(v float64, decimals int) string {
	if v < 10 && decimals == 0 && v != float64(int(v)) {
		decimals = 1
	}
	whole, fraction, _ := strings.Cut(strconv.FormatFloat(v, 'f', decimals, 64), ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if fraction != "" {
		return whole + "." + fraction
	}
	return whole
}

// chipTable fills the table in, sorted as the address asks.
func (s *Server) chipTable(c *fiber.Ctx, e *explorer, page *templates.Hardware) {
	columns := e.columns()
	sort, descending := c.Query("sort", e.y), c.Query("dir", "desc") != "asc"
	head := func(id, label string, right, optional bool) {
		column := templates.Column{Label: label, Right: right, Optional: optional, URL: s.with(c, "sort", id, "dir", "")}
		if id == sort {
			column.Sort = map[bool]string{true: "descending", false: "ascending"}[descending]
			if descending {
				column.URL = s.with(c, "sort", id, "dir", "asc")
			}
		}
		page.Columns = append(page.Columns, column)
	}
	head("name", say(e.lang, "col.chip"), false, false)
	head("maker", say(e.lang, "hardware.maker"), false, true)
	head("date", say(e.lang, "col.released"), false, false)
	for _, column := range columns {
		head(column.metric, e.label(column), true, column.optional)
	}
	chips := e.sorted(sort, descending)
	shown := len(chips)
	if c.Query("all") == "" && shown > shownChips {
		shown, page.All = shownChips, s.with(c, "all", "1")
	}
	page.Shown = say(e.lang, "hardware.shown", len(chips), shown)
	for _, item := range chips[:shown] {
		row := templates.ChipRow{Name: item.name, URL: subjectURL(item.subject), Cells: []templates.Cell{
			{Text: item.maker, Optional: true}, date(item.date)}}
		for _, column := range columns {
			row.Cells = append(row.Cells, templates.Cell{Text: e.cell(column, item), Right: true, Optional: column.optional})
		}
		page.Rows = append(page.Rows, row)
	}
}

// sorted are the chips of the page by a column; those without a value come last either way.
func (e *explorer) sorted(by string, descending bool) []chip {
	chips := slices.Clone(e.chips)
	slices.SortStableFunc(chips, func(a, b chip) int {
		var order int
		switch by {
		case "name":
			order = strings.Compare(strings.ToLower(a.name), strings.ToLower(b.name))
		case "maker":
			order = strings.Compare(strings.ToLower(a.maker), strings.ToLower(b.maker))
		case "date":
			order = a.date.Compare(b.date)
		default:
			va, okA := a.values[by]
			vb, okB := b.values[by]
			if okA != okB {
				return map[bool]int{true: -1, false: 1}[okA]
			}
			order = cmp.Compare(va, vb)
		}
		if descending {
			order = -order
		}
		return cmp.Or(order, strings.Compare(a.subject, b.subject))
	})
	return chips
}

// chipAnswer is the page's data for programs.
type chipAnswer struct {
	Chips []chipEntry `json:"chips"`
	order []string
}

type chipEntry struct {
	Subject      string             `json:"subject"`
	Name         string             `json:"name"`
	Organization string             `json:"organization,omitempty"`
	Released     query.Moment       `json:"released"`
	Values       map[string]float64 `json:"values"` // by metric, in base units
}

// table is every chip that is shown, with all its values.
func (e *explorer) table() chipAnswer {
	out := chipAnswer{Chips: []chipEntry{}}
	for _, m := range e.metrics {
		out.order = append(out.order, m.ID)
	}
	for _, c := range e.chips {
		out.Chips = append(out.Chips, chipEntry{c.subject, c.name, c.maker, query.Moment{Time: c.date}, c.values})
	}
	return out
}

// Table implements [query.Tabular].
func (a chipAnswer) Table() query.Table {
	t := query.Table{Header: append([]string{"subject", "name", "organization", "released"}, a.order...)}
	for _, c := range a.Chips {
		row := []string{c.Subject, c.Name, c.Organization, c.Released.String()}
		for _, id := range a.order {
			cell := ""
			if v, ok := c.Values[id]; ok {
				cell = strconv.FormatFloat(v, 'g', -1, 64)
			}
			row = append(row, cell)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
