// Package settings is what differs by campaign and province, as the operator
// writes it in a TOML file: the feed's words for stages, what to bring, what it
// costs, how long an office keeps a card, the opening texts. All of it is
// optional; settings.example.toml shows all of it.
package settings

import (
	"strings"
	"time"

	"kartyar/card"
)

// Settings is a file of settings that was read. It is not changed once it is
// read; the zero value is the settings of who has none.
type Settings struct {
	// Words are the feed's own words for stages.
	Words map[string]card.Stage
	// Opening greets who is new, OpeningAgain who is known; empty when the
	// program's own text does. They may have several lines.
	Opening, OpeningAgain string

	everywhere Terms
	provinces  map[string]province // by foldName
}

type province struct {
	name string // as the file has it
	Terms
}

// Terms are how cards are collected somewhere. What is not known is zero.
type Terms struct {
	Bring []string // the papers to bring
	Fee   string   // what it costs
	// KeepDays is after how many days from its arrival an office sends a card
	// back.
	KeepDays int
}

// Terms returns those of a province, as the office directory names it; what
// the file does not say of the province, or of the empty one, holds
// everywhere.
func (s *Settings) Terms(name string) Terms {
	t := s.everywhere
	if len(s.provinces) == 0 {
		return t
	}
	own := s.provinces[foldName(name)]
	if len(own.Bring) > 0 {
		t.Bring = own.Bring
	}
	if own.Fee != "" {
		t.Fee = own.Fee
	}
	if own.KeepDays > 0 {
		t.KeepDays = own.KeepDays
	}
	return t
}

// Provinces returns the provinces that have terms of their own, as the file
// names them, in no order.
func (s *Settings) Provinces() []string {
	var names []string
	for _, p := range s.provinces {
		names = append(names, p.name)
	}
	return names
}

// Unknown returns those of Provinces that are not among the names of a
// directory: their terms can never hold.
func (s *Settings) Unknown(directory []string) []string {
	known := map[string]bool{}
	for _, name := range directory {
		known[foldName(name)] = true
	}
	var unknown []string
	for folded, p := range s.provinces {
		if !known[folded] {
			unknown = append(unknown, p.name)
		}
	}
	return unknown
}

// KeptUntil returns the last day on which an office keeps a card that arrived
// then, a day of zone's calendar; zero when it is not known.
func (t Terms) KeptUntil(arrived time.Time, zone *time.Location) time.Time {
	if t.KeepDays == 0 || arrived.IsZero() {
		return time.Time{}
	}
	year, month, day := arrived.In(zone).Date()
	return time.Date(year, month, day+t.KeepDays, 0, 0, 0, 0, zone)
}

// foldName is foldWord for a province, with or without the word for it.
func foldName(name string) string {
	folded := foldWord(name)
	if bare := strings.TrimPrefix(folded, "استان"); bare != "" {
		return bare
	}
	return folded
}
