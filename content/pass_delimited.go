package content

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

var (
	// amountCell is a cell with a number, its sign and its unit, or with none.
	amountCell = regexp.MustCompile(`^(?:[~≈약<>≤≥+\-−±$₩€£¥ ]{0,3}\d[\d.,]*\s?(?:[%‰]|\p{L}[\p{L}/²³·]{0,7})?|[-–—]|N/A|n/a)$`)
	// thousands is a comma that may part the digits of one number.
	thousands = regexp.MustCompile(`\d,\d{3}(?:\D|$)`)
)

// readDelimitedTables makes tables of rows whose cells are parted by tabs or commas, where it is beyond doubt: three rows at least with
// as many filled, short cells each, and below the first a column of numbers under a head that is none.
func readDelimitedTables(s *source) {
	prose := s.prose()
	for i := 0; i < len(s.lines); i++ {
		end := i
		for end < len(s.lines) && prose[end] && !isBlank(s.lines[end].text) {
			end++
		}
		for _, sign := range []string{"\t", ","} {
			rows := delimited(s.lines[i:end], sign)
			if rows == nil {
				continue
			}
			s.lint(i, "delimited-table")
			for k, row := range rows {
				s.lines[i+k].text = "| " + strings.Join(row, " | ") + " |"
			}
			s.replace(i, s.lines[i].text, strings.Repeat("| --- ", len(rows[0]))+"|")
			prose = slices.Insert(prose, i, true)
			end++
			break
		}
		i = end
	}
}

// delimited cuts the lines of a table at a sign; nil where they are none.
func delimited(lines []line, sign string) [][]string {
	if len(lines) < 3 || strings.Count(lines[0].text, sign) == 0 {
		return nil
	}
	least, longest := 2, 60
	if sign == "," {
		least, longest = 3, 30
	}
	var rows [][]string
	for _, l := range lines {
		if strings.ContainsAny(l.text, "|`<") || blockStart.MatchString(l.text) || indented(l.text) || sentenceEnd.MatchString(l.text) ||
			sign == "," && thousands.MatchString(l.text) {
			return nil
		}
		row := strings.Split(strings.TrimRight(l.text, " \t"), sign)
		if len(row) < least || len(rows) > 0 && len(row) != len(rows[0]) {
			return nil
		}
		for k := range row {
			if row[k] = strings.TrimSpace(row[k]); row[k] == "" || utf8.RuneCountInString(row[k]) > longest || sentenceEnd.MatchString(row[k]) {
				return nil
			}
		}
		rows = append(rows, row)
	}
	for k, head := range rows[0] {
		other := func(row []string) bool { return !amountCell.MatchString(row[k]) }
		number := func(row []string) bool { return strings.ContainsAny(row[k], "0123456789") }
		if !amountCell.MatchString(head) && !slices.ContainsFunc(rows[1:], other) && slices.ContainsFunc(rows[1:], number) {
			return rows
		}
	}
	return nil
}
