package main

import (
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"kartyar/card"
)

// row is one row of a list.
type row struct {
	code, mobile  string
	stage, office string
	asOf          time.Time
}

// office returns the n-th office. Each arrival of a round is at another one, so
// that a message names the arrival by its office.
func office(n int) card.Office {
	return card.Office{Code: fmt.Sprintf("77%05d", n), Name: "دفتر " + spell(n, 4)}
}

// writeOffices writes a directory of the first offices.
func writeOffices(path string, number int) error {
	rows := [][]string{{"code", "name", "kind", "province", "city", "address", "phone", "hours", "latitude", "longitude"}}
	for n := range number {
		o := office(n)
		rows = append(rows, []string{o.Code, o.Name, string(card.Pishkhan), "تهران", "تهران", "", "", "", "", ""})
	}
	return writeCSV(path, rows)
}

// writeList writes rows in the order given.
func writeList(path string, rows []row) error {
	table := [][]string{{"national_code", "mobile", "stage", "office", "as_of"}}
	for _, r := range rows {
		table = append(table, []string{r.code, r.mobile, r.stage, r.office, r.asOf.UTC().Format(time.RFC3339)})
	}
	return writeCSV(path, table)
}

func writeCSV(path string, rows [][]string) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("writing a list: %w", err)
	}
	defer func() { _ = file.Close() }()
	if err := csv.NewWriter(file).WriteAll(rows); err != nil {
		return fmt.Errorf("writing %s: %w", filepath.Base(path), err)
	}
	return nil
}

// history is every row that a list ever held, in the order of its dates.
type history struct {
	dice *rand.Rand
	rows []row
	now  time.Time // of the newest row
}

// add has a holder's card stand at a stage, at a later time than anything said
// of them before, and returns the row. People share their times: millions of
// seconds would lead into the future, which is refused.
func (h *history) add(of *holder, stage string, o card.Office) row {
	if !of.row.asOf.Before(h.now) {
		h.now = of.row.asOf.Add(time.Second)
	}
	of.row = row{code: of.code, mobile: of.phone, stage: stage, office: o.Code, asOf: h.now}
	h.rows = append(h.rows, of.row)
	return of.row
}

// list makes a list of news: with some of them twice, with as many rows of
// before, and in any order.
func (h *history) list(news []row) []row {
	list := append([]row(nil), news...)
	for _, r := range news {
		if h.dice.IntN(4) == 0 {
			list = append(list, r)
		}
	}
	for range min(len(news), len(h.rows)) {
		list = append(list, h.rows[h.dice.IntN(len(h.rows))])
	}
	return h.shuffled(list)
}

func (h *history) shuffled(rows []row) []row {
	rows = append([]row(nil), rows...)
	h.dice.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	return rows
}
