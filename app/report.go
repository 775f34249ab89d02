package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"text/tabwriter"

	"kartyar/desk"
)

type reportCommand struct {
	Format string `name:"format" enum:"table,csv,json" default:"table" help:"table, csv or json."`
	Office string `name:"office" help:"Count this office alone: its code, or a name that no other office has." placeholder:"CODE"`
}

// Help is what `report --help` adds.
func (reportCommand) Help() string {
	return `The pile is the cards that are ready and that no list has called collected, by the days since they came to the office. ` +
		`told: cards of which a verified chat has been told. claimed: cards whose holder says that they have them. ` +
		`blocked: verified chats that follow these cards and do not let the bot write to them. ` +
		`Persons whose rows in the store are damaged are in no number; how many they are is said on standard error, and in JSON as damaged.`
}

// Run runs `report`.
func (c *reportCommand) Run(ctx context.Context, p *Program) error {
	var report desk.PileReport
	if err := p.askPlainly(ctx, request{Do: doReport, Office: c.Office}, &report); err != nil {
		return err
	}
	var text []byte
	var err error
	switch c.Format {
	case "json":
		text, err = json.Marshal(report)
		text = append(text, '\n')
	case "csv":
		var b bytes.Buffer
		err = report.WriteCSV(&b)
		text = b.Bytes()
	default:
		text, err = reportTable(report)
	}
	if err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	if report.Damaged > 0 { // beside the result, which other programs read
		p.complain("%d persons are not counted, since what the store holds of them is damaged: restore a backup, or erase them", report.Damaged)
	}
	return p.print("%s", text)
}

// reportTable shows the report on a terminal. Names come last, for a Persian
// name would shift the columns behind it.
func reportTable(r desk.PileReport) ([]byte, error) {
	var b bytes.Buffer
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	row := func(code string, cells []string, name string) {
		_, _ = fmt.Fprintf(w, "%s\t", code)
		for _, cell := range cells {
			_, _ = fmt.Fprintf(w, "%s\t", cell)
		}
		_, _ = fmt.Fprintf(w, "  %s\n", name)
	}
	heading := []string{"waiting"}
	for _, span := range r.Spans {
		heading = append(heading, span+" d")
	}
	row("office", append(heading, "oldest", "told", "claimed", "blocked"), "name")
	for _, pile := range r.Offices {
		row(pile.Office, pileCells(pile), pile.Name)
	}
	row("all", pileCells(r.All), "")
	if err := w.Flush(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func pileCells(p desk.Pile) []string {
	numbers := append([]int{p.Waiting}, p.Days[:]...)
	numbers = append(numbers, p.Oldest, p.Told, p.Claimed, p.Blocked)
	cells := make([]string, len(numbers))
	for i, n := range numbers {
		cells[i] = strconv.Itoa(n)
	}
	return cells
}
