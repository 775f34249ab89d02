package bench

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"
	"time"

	"kartyar/card"
	"kartyar/desk"
	"kartyar/desk/offices"
)

// BenchmarkImport takes lists of arrivals in, of people whom nobody follows:
// first rows that are all new to the store, then the same rows over again.
func BenchmarkImport(b *testing.B) {
	const rows = 20_000
	list := arrivals(b, codes(b, rows), time.Now())
	for _, again := range []bool{false, true} {
		name := "new"
		if again {
			name = "known"
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			before := cpu(b)
			setup := time.Duration(0)
			for b.Loop() {
				b.StopTimer()
				used := cpu(b)
				s, dir := openStore(b)
				opt := desk.ImportOptions{
					Store: s, Rules: rules, Now: time.Now, SpoolDir: dir, Yes: true,
					Offices: offices.New([]card.Office{{Code: "77", Name: "نمونه"}}),
				}
				take := func() {
					if report, err := desk.Import(ctx, opt, bytes.NewReader(list)); err != nil || report.Refused > 0 {
						b.Fatalf("%+v: %v", report, err)
					}
				}
				if again {
					take()
				}
				setup += cpu(b) - used
				b.StartTimer()
				take()
				b.StopTimer()
				used = cpu(b)
				closeStore(b, s)
				setup += cpu(b) - used
				b.StartTimer()
			}
			measured(b, rows*b.N, "row", before+setup)
		})
	}
}

// arrivals is a list by which every card lies ready.
func arrivals(b *testing.B, all []card.NationalCode, at time.Time) []byte {
	b.Helper()
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	_ = w.Write([]string{"national_code", "mobile", "stage", "office", "as_of"})
	for n, code := range all {
		phone := "0" + strings.TrimPrefix(string(phoneOf(n)), "+98")
		_ = w.Write([]string{string(code), phone, "ready", "77", at.UTC().Format(time.RFC3339)})
	}
	if w.Flush(); w.Error() != nil {
		b.Fatal(w.Error())
	}
	return out.Bytes()
}
