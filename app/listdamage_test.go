package app

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"kartyar/alert"
	"kartyar/desk"
	"kartyar/store"
	"kartyar/store/storetest"
)

// Rows of persons who are damaged in the store are refused; the operator hears
// why, once for the list, and nothing of whom.
func TestTheLogSaysThatPersonsOfAListAreDamaged(t *testing.T) {
	var log bytes.Buffer
	place := opening{
		Dir: filepath.Join(t.TempDir(), "data"), Key: bytes.Repeat([]byte{7}, store.KeySize), Rules: alert.Rules{},
	}
	list := "national_code,stage,as_of\n9990000050,issuing,2026-11-01\n9990000050,approved,2026-10-02\n"
	take := func() (report desk.ImportReport) {
		t.Helper()
		s, err := openService(t.Context(), place, zerolog.New(&log))
		if err == nil {
			report, err = s.TakeIn(t.Context(), desk.ImportOptions{Yes: true}, strings.NewReader(list))
			err = errors.Join(err, s.close())
		}
		if err != nil {
			t.Fatal(err)
		}
		return report
	}
	take()
	storetest.Spoil(t, place.Dir, 1, []byte("p"))
	if report := take(); report.Refused != 2 || report.Applied != 0 {
		t.Errorf("got %+v", report)
	}
	said := log.String()
	if strings.Count(said, "of their persons is damaged") != 1 || !strings.Contains(said, store.ErrDamaged.Error()) ||
		!strings.Contains(said, `"line":2`) || strings.Contains(said, "9990000050") {
		t.Errorf("the operator hears %q", said)
	}
}
