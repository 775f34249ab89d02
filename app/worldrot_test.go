package app

import (
	"context"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"kartyar/card"
	"kartyar/store"
	"kartyar/store/storetest"
)

// rot has what the store holds of a person rot, or an update that waits in the
// inbox, which it puts there; serve must not run: rot CODE|update
func (w *world) rot(ts *testscript.TestScript, args []string) {
	need(ts, args, 1, "rot CODE|update")
	s := openData(ts)
	row := []byte("i")
	if args[0] == "update" {
		ts.Check(s.Update(context.Background(), func(tx *store.Tx) error {
			_, err := tx.Keep(&store.Update{Bot: card.Bot{Platform: card.Platform(w.platform), ID: scriptBot}, Raw: []byte("{}"), Received: time.Now()})
			return err
		}))
	} else {
		code, err := card.ParseNationalCode(args[0])
		ts.Check(err)
		key := s.Keyer().Person(code)
		row = append([]byte("p"), key[:]...)
	}
	ts.Check(s.Close())
	ts.Check(storetest.Rot(ts.MkAbs("data"), 1, row))
}
