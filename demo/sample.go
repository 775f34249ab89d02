package demo

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

//go:embed sample/offices.csv
var officesCSV []byte

//go:embed sample/cards.csv
var cardsCSV []byte

//go:embed sample/people.csv
var peopleCSV []byte

// Offices returns the sample office directory, CSV as the command offices
// takes it. Nothing in it exists: codes begin with 99, and names say «نمونه».
func Offices() io.Reader { return bytes.NewReader(officesCSV) }

// Cards returns the sample manifest, CSV as the command import takes it: a card
// in every stage. The national codes begin with 999 and hold the check sum; no
// such prefix is given out. The phones are 0999000xxxx.
func Cards() io.Reader { return bytes.NewReader(cardsCSV) }

// Sample is a person of the sample manifest.
type Sample struct {
	ID           string
	Name         string
	NationalCode string
	Phone        string // their own; the manifest may have an older one
	Receipt      string // the receipt code
	About        string // in Persian, why to try them
	Arrives      bool   // their card can still come to an office, see Arrival
	office       string
}

// ErrNoSample is returned when no sample has that ID, or its card cannot
// arrive.
var ErrNoSample = errors.New("no such sample card")

// Samples returns the people of the sample manifest.
func Samples() []Sample {
	rows, err := csv.NewReader(bytes.NewReader(peopleCSV)).ReadAll()
	if err != nil {
		panic("demo: the embedded people: " + err.Error())
	}
	var all []Sample
	for _, row := range rows[1:] {
		all = append(all, Sample{
			ID: row[0], Name: row[1], NationalCode: row[2], Phone: row[3], Receipt: row[4],
			Arrives: row[5] != "", office: row[5], About: row[6],
		})
	}
	return all
}

// Arrival returns a manifest of one row that makes a sample's card ready at an
// office. The row has no date, so it holds as of its import, and importing it
// again changes nothing.
func Arrival(id string) (string, error) {
	all := Samples()
	i := slices.IndexFunc(all, func(s Sample) bool { return s.ID == id && s.Arrives })
	if i < 0 {
		return "", fmt.Errorf("arrival of %q: %w", id, ErrNoSample)
	}
	var b strings.Builder
	w := csv.NewWriter(&b)
	_ = w.WriteAll([][]string{ // a strings.Builder takes everything
		{"national_code", "mobile", "stage", "office", "receipt_code"},
		{all[i].NationalCode, all[i].Phone, "ready", all[i].office, all[i].Receipt},
	})
	return b.String(), nil
}

// AddSamplePeople puts one person of the samples before each bot: the first on
// Telegram, the second on Bale, so that the page is not empty.
func (s *Server) AddSamplePeople() {
	s.mu.Lock()
	bots := map[Platform]int64{}
	for key := range s.bots {
		bots[key.platform] = key.id
	}
	s.mu.Unlock()
	for i, platform := range []Platform{Telegram, Bale} {
		if bot, there := bots[platform]; there {
			sample := Samples()[i]
			s.Person(platform, bot, sample.Name).SetPhone(sample.Phone)
		}
	}
}
