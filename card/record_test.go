package card_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"kartyar/card"
)

var day = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)

// genRow makes rows that collide often: few instants, offices and keys, and
// one instant written in two zones.
func genRow(t *rapid.T) card.Row {
	at := day.Add(time.Duration(rapid.IntRange(0, 5).Draw(t, "hour")) * time.Hour)
	if rapid.Bool().Draw(t, "elsewhere") {
		at = at.In(time.FixedZone("Asia/Tehran", 12600))
	}
	word := func(name string) string { return rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, name) }
	key := func(name string) [16]byte { return [16]byte{rapid.ByteRange(0, 2).Draw(t, name)} }
	row := card.Row{Phone: key("phone"), Receipt: key("receipt"), State: card.State{
		Stage:  card.Stage(rapid.IntRange(int(card.StageUnknown), int(card.StageCollected)).Draw(t, "stage")),
		Office: word("office"), Shelf: word("shelf"), Note: word("note"),
		AsOf: at,
	}}
	if row.State.Stage == card.StageUnknown {
		row.State.Word = word("word")
	}
	return row
}

func genRows(t *rapid.T) []card.Row {
	return rapid.SliceOfN(rapid.Custom(genRow), 1, 12).Draw(t, "rows")
}

func mergeAll(rows []card.Row) (r card.Record) {
	for _, row := range rows {
		r = r.Merge(row)
	}
	return r
}

// same fails unless a and b are equal to the last bit, zones included, since
// the store compares what it keeps.
func same(t *rapid.T, what string, a, b card.Record) {
	t.Helper()
	if a != b || a.Current() != b.Current() {
		t.Fatalf("%s: %s", what, cmp.Diff(a, b))
	}
}

func TestMergeAnyOrderAnyRepetition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := genRows(t)
		again := rapid.SliceOf(rapid.SampledFrom(rows)).Draw(t, "again")
		shuffled := rapid.Permutation(append(again, rows...)).Draw(t, "order")
		same(t, "in another order, with repetitions", mergeAll(rows), mergeAll(shuffled))
	})
}

func TestMergeIdempotent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := genRows(t)
		before := mergeAll(rows)
		same(t, "a row once more", before, before.Merge(rapid.SampledFrom(rows).Draw(t, "row")))
	})
}

func TestMergeCommutes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start := mergeAll(genRows(t))
		a, b := genRow(t), genRow(t)
		same(t, "a then b, b then a", start.Merge(a).Merge(b), start.Merge(b).Merge(a))
	})
}

// Two rows of one instant that differ in one field alone: there, too, the order
// of arrival decides nothing.
func TestMergeBreaksEveryTie(t *testing.T) {
	fields := map[string]func(*card.Row){
		"stage":   func(r *card.Row) { r.State.Stage = card.StageCollected },
		"word":    func(r *card.Row) { r.State.Word = "x" },
		"office":  func(r *card.Row) { r.State.Office = "x" },
		"shelf":   func(r *card.Row) { r.State.Shelf = "x" },
		"note":    func(r *card.Row) { r.State.Note = "x" },
		"phone":   func(r *card.Row) { r.Phone[15] = 9 },
		"receipt": func(r *card.Row) { r.Receipt[15] = 9 },
	}
	for name, change := range fields {
		for _, stage := range []card.Stage{card.StageUnknown, card.StageReady} {
			a := card.Row{
				State:   card.State{Stage: stage, Word: "a", Office: "a", Shelf: "a", Note: "a", AsOf: day},
				Phone:   card.PhoneKey{1},
				Receipt: card.ReceiptKey{1},
			}
			b := a
			change(&b)
			ab, ba := mergeAll([]card.Row{a, b}), mergeAll([]card.Row{b, a})
			if ab != ba || ab == mergeAll([]card.Row{a}) {
				t.Errorf("%v rows that differ in %s: %s", stage, name, cmp.Diff(ab, ba))
			}
		}
	}
}

// model says what a list of rows comes to, by DESIGN's words and not by Merge:
// the newest understood row and the newest word that is not, ties by stage,
// then office; and of those two what may be shown.
func model(rows []card.Row) (stage card.Stage, at time.Time, office string) {
	var known, unknown *card.State
	for i := range rows {
		s := &rows[i].State
		slot := &known
		if s.Stage == card.StageUnknown {
			slot = &unknown
		}
		switch old := *slot; {
		case old == nil, s.AsOf.After(old.AsOf):
			*slot = s
		case !s.AsOf.Equal(old.AsOf):
		case s.Stage > old.Stage, s.Stage == old.Stage && s.Office > old.Office:
			*slot = s
		}
	}
	current := known
	if known == nil || unknown != nil && unknown.AsOf.After(known.AsOf) &&
		known.Stage != card.StageReady && known.Stage != card.StageReturned && known.Stage != card.StageCollected {
		current = unknown
	}
	return current.Stage, current.AsOf, current.Office
}

func TestCurrentIsTheNewest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := genRows(t)
		got := mergeAll(rows).Current()
		stage, at, office := model(rows)
		if got.Stage != stage || !got.AsOf.Equal(at) || got.Office != office {
			t.Fatalf("got %v as of %v at %q, want %v as of %v at %q", got.Stage, got.AsOf, got.Office, stage, at, office)
		}
	})
}

func TestPhoneAndReceiptAreTheNewestCarried(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := genRows(t)
		got := mergeAll(rows)
		var phone card.PhoneKey
		var receipt card.ReceiptKey
		var phoneAt, receiptAt time.Time
		for _, row := range rows {
			at := row.State.AsOf
			if row.Phone != (card.PhoneKey{}) && (at.After(phoneAt) || at.Equal(phoneAt) && row.Phone[0] > phone[0]) {
				phone, phoneAt = row.Phone, at
			}
			if row.Receipt != (card.ReceiptKey{}) && (at.After(receiptAt) || at.Equal(receiptAt) && row.Receipt[0] > receipt[0]) {
				receipt, receiptAt = row.Receipt, at
			}
		}
		if got.Phone != phone || !got.PhoneAsOf.Equal(phoneAt) || got.Receipt != receipt || !got.ReceiptAsOf.Equal(receiptAt) {
			t.Fatalf("got %v %v, want %v %v", got.Phone, got.Receipt, phone, receipt)
		}
	})
}

// The history says of each stage when it last held, whatever came in between.
func TestHistoryKeepsTheNewestOfEachStage(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := genRows(t)
		got := mergeAll(rows)
		want := map[card.Stage]time.Time{}
		for _, row := range rows {
			if s := row.State; s.Stage != card.StageUnknown && s.AsOf.After(want[s.Stage]) {
				want[s.Stage] = s.AsOf
			}
		}
		for _, stage := range append(card.Stages(), card.StageUnknown) {
			if at := got.History().At(stage); !at.Equal(want[stage]) {
				t.Fatalf("%v was last at %v, want %v", stage, at, want[stage])
			}
		}
		if !got.Passed.At(got.Known.Stage).IsZero() {
			t.Fatalf("%v is kept twice", got.Known.Stage)
		}
	})
}

// An older row never moves an understood stage back. (When the newest word is
// not understood, an older ready row does come forward: the word may not hide
// it, whichever of the two came first.)
func TestOlderRowNeverMovesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before := mergeAll(genRows(t))
		row := genRow(t)
		now := before.Current()
		if !row.State.AsOf.Before(now.AsOf) {
			row.State.AsOf = now.AsOf.Add(-time.Minute)
		}
		after := before.Merge(row).Current()
		if now.Stage != card.StageUnknown && after != now {
			t.Fatalf("%v as of %v became %v as of %v", now.Stage, now.AsOf, after.Stage, after.AsOf)
		}
		if after != now && (row.State.Stage < card.StageReady || row.State.Stage != after.Stage) {
			t.Fatalf("%v gave way to an older %v", now.Stage, after.Stage)
		}
	})
}

func TestUnknownNeverHidesSettled(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := genRows(t)
		row := genRow(t)
		row.State.Stage, row.State.Word = card.StageUnknown, "x"
		before := mergeAll(rows)
		now, after := before.Current(), before.Merge(row).Current()
		switch now.Stage {
		case card.StageReady, card.StageReturned, card.StageCollected:
			if after != now {
				t.Fatalf("%v was hidden by a word", now.Stage)
			}
		default:
			if row.State.AsOf.After(now.AsOf) && after.Word != "x" {
				t.Fatalf("a newer word is not shown over %v", now.Stage)
			}
		}
	})
}

func TestMergeCases(t *testing.T) {
	at := func(hour int, s card.State) card.Row {
		s.AsOf = day.Add(time.Duration(hour) * time.Hour)
		return card.Row{State: s}
	}
	ready := func(hour int, office string) card.Row {
		return at(hour, card.State{Stage: card.StageReady, Office: office})
	}
	stage := func(hour int, s card.Stage) card.Row { return at(hour, card.State{Stage: s}) }
	word := func(hour int) card.Row { return at(hour, card.State{Word: "در راه"}) }
	tests := []struct {
		name string
		rows []card.Row
		want card.Row
	}{
		{"ready again after returned", []card.Row{ready(1, "1"), stage(2, card.StageReturned), ready(3, "1")}, ready(3, "1")},
		{"late news of a collected card", []card.Row{stage(5, card.StageCollected), ready(1, "1")}, stage(5, card.StageCollected)},
		{"moved to another office", []card.Row{ready(1, "2"), ready(2, "1")}, ready(2, "1")},
		{"one instant, two stages", []card.Row{stage(1, card.StageRejected), stage(1, card.StageIssuing)}, stage(1, card.StageRejected)},
		{"one instant, two offices", []card.Row{ready(1, "1"), ready(1, "2")}, ready(1, "2")},
		{"the office goes with its stage", []card.Row{ready(1, "1"), stage(2, card.StageReturned)}, stage(2, card.StageReturned)},
		{"a word over issuing", []card.Row{stage(1, card.StageIssuing), word(2)}, word(2)},
		{"a word over dispatched", []card.Row{stage(1, card.StageDispatched), word(2)}, word(2)},
		{"a word over ready", []card.Row{ready(1, "1"), word(2)}, ready(1, "1")},
		{"a word, then ready from before it", []card.Row{word(2), ready(1, "1")}, ready(1, "1")},
		{"a word and a stage at one instant", []card.Row{word(1), stage(1, card.StageRegistered)}, stage(1, card.StageRegistered)},
		{"a word, then a newer stage", []card.Row{word(1), stage(2, card.StageIssuing)}, stage(2, card.StageIssuing)},
		{"only a word", []card.Row{word(1)}, word(1)},
		{"no row", nil, card.Row{}},
		{"a row without a time", []card.Row{{State: card.State{Stage: card.StageReady}, Phone: card.PhoneKey{1}}}, card.Row{}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want.State, mergeAll(tt.rows).Current()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestMergeKeepsTheID(t *testing.T) {
	id := card.ApplicationID{Kind: card.ByReceipt, Key: card.ApplicationKey{1}}
	r := card.Record{}.Merge(card.Row{ID: id, State: card.State{Stage: card.StageIssuing, AsOf: day}})
	if r.ID != id {
		t.Errorf("got %v, want %v", r.ID, id)
	}
}

func TestSameCard(t *testing.T) {
	none := card.ApplicationID{}
	receipt := card.ApplicationID{Kind: card.ByReceipt, Key: card.ApplicationKey{1}}
	receipt2 := card.ApplicationID{Kind: card.ByReceipt, Key: card.ApplicationKey{2}}
	own := card.ApplicationID{Kind: card.ByItsOwnName, Key: card.ApplicationKey{2}}
	tests := []struct {
		name string
		a, b card.ApplicationID
		want bool
	}{
		{"unnamed twice", none, none, true},
		{"unnamed and by receipt", none, receipt, true},
		{"one receipt", receipt, receipt, true},
		{"two receipts", receipt, receipt2, false},
		{"by receipt and by its own name", receipt, own, true},
	}
	for _, tt := range tests {
		if tt.a.SameCard(tt.b) != tt.want || tt.b.SameCard(tt.a) != tt.want {
			t.Errorf("%s: want %v", tt.name, tt.want)
		}
	}
}
