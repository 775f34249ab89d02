package app

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"kartyar/alert"
	"kartyar/desk"
	"kartyar/store"
)

// A list that was applied has succeeded, also when the store fails before it is
// noted that the list came: that is the operator's matter, not the clerk's.
func TestAnAppliedListSucceedsWithoutItsNote(t *testing.T) {
	var log bytes.Buffer
	place := opening{
		Dir: filepath.Join(t.TempDir(), "data"), Key: bytes.Repeat([]byte{7}, store.KeySize), Rules: alert.Rules{},
	}
	s, err := openService(t.Context(), place, zerolog.New(&log))
	if err != nil {
		t.Fatal(err)
	}
	counted := 0
	s.imported = func(_ desk.ImportReport, failed bool) {
		if counted++; failed {
			t.Error("it is counted as a failed one")
		}
	}
	how := desk.ImportOptions{Yes: true, Progress: func(step desk.Step, done, total int) {
		if step == desk.Applying && done == total {
			if err := s.close(); err != nil {
				t.Error(err)
			}
		}
	}}
	list := "national_code,stage,as_of\n9990000050,issuing,2026-11-01\n"
	report, err := s.TakeIn(t.Context(), how, strings.NewReader(list))
	if err != nil || report.Applied != 1 || counted != 1 {
		t.Errorf("%+v, counted %d times, %v", report, counted, err)
	}
	if said := log.String(); !strings.Contains(said, "noting that a list was taken in") || strings.Contains(said, "9990000050") {
		t.Errorf("the operator hears %q", said)
	}
}
