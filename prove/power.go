package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"time"
)

// powerDisk is the size of the disk in the experiment `power`, in bytes.
const powerDisk = 1 << 30

// power is the experiment `power`: the store stands on a disk of its own; the
// program is stopped in the middle of its work, the disk is copied as it is
// without what is still in memory, and the program goes on from the copy, N
// times.
func power(ctx context.Context, s *stage) (err error) {
	d, err := s.newDisk(ctx, "disk", powerDisk)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.leave(context.WithoutCancel(ctx))) }()
	t, err := s.trial("power", trialOptions{
		people: 60, offices: 2 * (s.n + 4), slow: slowest,
		env: []string{"STORE=badger:" + filepath.Join(d.mount, "store")},
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.close()) }()
	ctx, end := context.WithCancel(ctx) // no child outlives the world
	defer end()
	if err := errors.Join(t.prepare(ctx), t.begin(ctx)); err != nil {
		return err
	}
	for n := range s.n {
		if err := t.cutPower(ctx, n+1, d); err != nil {
			return fmt.Errorf("cut %d: %w", n+1, err)
		}
	}
	s.line("cuts", "%d in %.0f s, on an ext4 disk of %d MiB", s.n, time.Since(t.began).Seconds(), powerDisk>>20)
	if err := errors.Join(t.up(ctx), t.last(ctx)); err != nil {
		return err
	}
	return t.verdict(ctx)
}

// cutPower cuts the power at a random moment after a list has begun to come in.
func (t *trial) cutPower(ctx context.Context, round int, d *disk) error {
	if err := errors.Join(t.up(ctx), t.read()); err != nil {
		return err
	}
	list, err := t.write(strconv.Itoa(round), t.news(round))
	if err != nil {
		return err
	}
	imported, err := t.start(ctx, nil, "import", "--yes", list)
	if err != nil {
		return err
	}
	if err := t.pass(ctx, t.upTo(600*time.Millisecond)); err != nil {
		return err
	}
	if err := t.serving.stand(ctx); err != nil {
		return err
	}
	err = d.cut(ctx, func() error {
		imported.kill() // or it opens the store itself when nobody serves it
		return t.kill(ctx)
	})
	if err != nil {
		return err
	}
	if imported.err == nil { // it was told that all is done
		t.imports++
		return nil
	}
	return errors.Join(t.up(ctx), t.take(ctx, list))
}
