package desk

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"

	"kartyar/desk/manifest"
)

// WriteCSV writes the report as a file that a spreadsheet opens: UTF-8 with a
// byte order mark, a row for each office.
func (r PileReport) WriteCSV(w io.Writer) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	out := csv.NewWriter(w)
	heading := []string{"office", "name", "waiting"}
	for _, span := range r.Spans {
		// "4-7" alone would be read as a day of April.
		heading = append(heading, "days_"+strings.NewReplacer("-", "_", "+", "_up").Replace(span))
	}
	rows := [][]string{append(heading, "oldest_days", "told", "claimed", "blocked")}
	for _, p := range r.Offices {
		row := []string{manifest.Guard(p.Office), manifest.Guard(p.Name), strconv.Itoa(p.Waiting)}
		for _, n := range p.Days {
			row = append(row, strconv.Itoa(n))
		}
		rows = append(rows, append(row, strconv.Itoa(p.Oldest), strconv.Itoa(p.Told), strconv.Itoa(p.Claimed), strconv.Itoa(p.Blocked)))
	}
	if err := out.WriteAll(rows); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}
