package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"kartyar/desk"
	"kartyar/desk/manifest"
)

const (
	heavyRows  = 20_000 // of a list, of some 2 KB each: a list and a half are a memory table of the store
	heavyFirst = 600_000
	heavyMost  = 10 // lists

	// belowMerges is the room in MiB at which a start alone had what it needs, and
	// what is then merged has not.
	belowMerges = 72
	// aboveMerges is the room in MiB when list after list comes in. When they stop,
	// the reserve is left, and at least half of what they hold, for its merges.
	aboveMerges = 640
	reserve     = 256
	heavyMerged = heavyRows * 2000 / 2 >> 20
)

// mergeWithoutRoom has the program killed when the store is to be merged as it is
// opened, and started without the room for that: it waits for it.
func (t *trial) mergeWithoutRoom(ctx context.Context, d *disk, admin string) error {
	// Two memory tables, after the two small ones of the first lists, and what is in
	// the log make five tables: that many are merged.
	for list := range 2 {
		if err := t.takeHeavy(ctx, list); err != nil {
			return err
		}
	}
	if err := t.kill(ctx); err != nil {
		return err
	}
	if err := t.startFull(ctx, d, belowMerges); err != nil {
		return err
	}
	says, err := t.becomesReady(ctx, admin, readyMost)
	if says != "" {
		t.witness.breaks("with room to merge it says %q, %v later", says, readyMost)
	}
	return errors.Join(err, t.merged(ctx, d))
}

// merged waits until no table has come or gone for a while. The room for a merge
// is asked for before it: whoever takes that away in its middle, as this
// experiment would, ends the program.
func (t *trial) merged(ctx context.Context, d *disk) error {
	const quiet = 5 // seconds
	before := []string{}
	for still := 0; still < quiet; still++ {
		if err := t.pass(ctx, time.Second); err != nil {
			return err
		}
		tables, err := filepath.Glob(filepath.Join(d.mount, "store", "*.sst"))
		if err != nil {
			return fmt.Errorf("looking at the store's tables: %w", err)
		}
		if !slices.Equal(tables, before) {
			before, still = tables, 0
		}
	}
	return nil
}

// listsUntilFull takes in lists, after those of mergeWithoutRoom, until one is
// refused for the room of merges, and that one once there is room again. It returns
// how many there are then.
func (t *trial) listsUntilFull(ctx context.Context, d *disk) (lists int, err error) {
	if err := d.fillTo(aboveMerges << 20); err != nil {
		return 0, err
	}
	for lists = 2; lists < heavyMost; lists++ {
		err := t.takeHeavy(ctx, lists)
		if errors.Is(err, errFull) {
			break
		}
		if err != nil {
			return 0, err
		}
	}
	free, err := d.free()
	if err != nil {
		return 0, err
	}
	t.stage.line("  lists of 40 MB", "%d taken in with %d MiB free, then refused with %d", lists, aboveMerges, free>>20)
	if to := uint64(reserve + lists*heavyMerged); free>>20 < to {
		t.witness.breaks("with %d MiB free %d lists were taken in, until there were %d: %d are for what is to be merged", aboveMerges, lists, free>>20, to)
	}
	if !t.isAnswered(ctx, 10*time.Second) {
		t.witness.breaks("with %d MiB free and much to merge nobody is answered", free>>20)
	}
	if err := d.fillTo(fullDisk / 2); err != nil {
		return 0, err
	}
	return lists + 1, t.takeHeavy(ctx, lists)
}

// largeLists has lists come in until they are refused, where the experiment is
// not to be short, and holds the store to all that was in lists.
func (t *trial) largeLists(ctx context.Context, d *disk) error {
	lists := 2
	if t.stage.n > 1 {
		var err error
		if lists, err = t.listsUntilFull(ctx, d); err != nil {
			return fmt.Errorf("lists without the room to merge: %w", err)
		}
	}
	return t.countHeavy(ctx, lists)
}

// errFull says that a list was refused for want of room.
var errFull = errors.New("a list was refused for want of room")

// countHeavy holds the store to all cards of so many lists.
func (t *trial) countHeavy(ctx context.Context, lists int) error {
	there, err := t.cardsAt(ctx, office(0).Code)
	if err != nil {
		return err
	}
	t.stage.line("large lists", "%d cards of %d lists, %d of them there", lists*heavyRows, lists, there)
	if there != lists*heavyRows {
		t.witness.breaks("of %d cards in lists that were taken in %d are there", lists*heavyRows, there)
	}
	return nil
}

// takeHeavy imports the n-th list of cards that nobody asks after. The error is
// errFull when it was refused for want of room.
func (t *trial) takeHeavy(ctx context.Context, n int) error {
	rows := [][]string{{"national_code", "mobile", "stage", "office", "as_of", "note"}}
	note := strings.Repeat("🪪", manifest.NoteLimit)
	for i := range heavyRows {
		rows = append(rows, []string{nationalCode(heavyFirst + n*heavyRows + i), strangerPhone(i), "ready", office(0).Code, "2026-01-01T00:00:00Z", note})
	}
	path := filepath.Join(t.dir, "list-heavy.csv")
	if err := writeCSV(path, rows); err != nil {
		return err
	}
	p, err := t.start(ctx, nil, "import", "--yes", path)
	if err != nil {
		return err
	}
	// Nobody talks meanwhile: lists give way to people.
	err = p.finish(ctx)
	switch {
	case ctx.Err() != nil:
		return err
	case t.ended():
		return fmt.Errorf("`kartyar serve` ended: %w\n%s", t.serving.err, t.lastWords())
	case err != nil && bytes.Contains(p.out.Bytes(), []byte("the disk is nearly full")):
		return errFull
	case err != nil:
		return fmt.Errorf("a list is refused for another reason: %w\n%s", err, p.out.Bytes())
	}
	t.imports++
	return nil
}

// cardsAt asks how many cards lie at an office.
func (t *trial) cardsAt(ctx context.Context, office string) (int, error) {
	out, err := t.run(ctx, "report", "--format", "json", "--office", office)
	if err != nil {
		return 0, err
	}
	var report desk.PileReport
	if err := json.Unmarshal(out, &report); err != nil {
		return 0, fmt.Errorf("reading the report: %w", err)
	}
	return report.All.Waiting, nil
}
