package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"kartyar/locale"
)

// count has changes come in, one after the other, until ctx ends: each moves
// the next of the counters' cards to the next office. Another system sends them,
// so that many fall into one backup.
func (b *backing) count(ctx context.Context) error {
	for ctx.Err() == nil {
		b.mu.Lock()
		b.asked++
		n := b.asked
		b.mu.Unlock()
		if err := b.change(context.WithoutCancel(ctx), n); err != nil {
			return err
		}
		b.mu.Lock()
		b.acked = n
		b.mu.Unlock()
		_ = wait(ctx, time.Millisecond) // ctx's end ends the loop
	}
	return nil
}

// change sends the n-th change.
func (b *backing) change(ctx context.Context, n int) error {
	r := b.history.add(b.counters[n%counters].holder, "dispatched", office(n))
	body, err := json.Marshal(map[string]string{
		"national_code": r.code, "mobile": r.mobile, "stage": r.stage, "office": r.office, "as_of": r.asOf.UTC().Format(time.RFC3339),
	})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+b.admin+"/v1/records?yes=1", strings.NewReader(string(body)+"\n"))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+backupToken)
	req.Header.Set("Content-Type", "application/x-ndjson")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("sending a change: %w", err)
	}
	said, err := io.ReadAll(resp.Body)
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		return fmt.Errorf("sending a change: %w", err)
	}
	var report struct{ Applied int }
	if err := json.Unmarshal(said, &report); err != nil || report.Applied != 1 {
		return fmt.Errorf("a change was answered %s %s", resp.Status, said)
	}
	return nil
}

func (b *backing) changes() (asked, acked int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.asked, b.acked
}

// lastOf is the last change of a counter among the first so many.
func lastOf(counter, changes int) int {
	return max(0, changes-((changes-counter)%counters+counters)%counters)
}

// pointIn finds after how many changes, from one number to another, the
// counters stood as they do.
func pointIn(stand [counters]int, from, to int) (at int, found bool) {
	for at = from; at <= to; at++ {
		same := true
		for c := range stand {
			same = same && stand[c] == lastOf(c, at)
		}
		if same {
			return at, true
		}
	}
	return 0, false
}

// underLoad makes backups while changes come in and people talk; each is
// restored elsewhere and read. Before each, one is killed.
func (b *backing) underLoad(ctx context.Context) error {
	counting, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- b.count(counting) }()
	usual, killed, span := 100*time.Millisecond, 0, 0
	var longest time.Duration
	for n := range b.stage.n {
		for _, p := range b.people {
			p.Say(locale.ButtonSettings)
		}
		hit, err := b.killBackup(ctx, usual)
		if err != nil {
			return err
		}
		killed += hit
		_, from := b.changes()
		began := time.Now()
		if _, err := b.run(ctx, "backup", "full"); err != nil {
			return err
		}
		usual = time.Since(began)
		longest = max(longest, usual)
		to, _ := b.changes()
		span += to - from
		if err := b.restoredElsewhere(ctx, fmt.Sprint("else-", n), from, to); err != nil {
			return err
		}
	}
	stop()
	if err := <-ended; err != nil {
		return err
	}
	if span < counters*b.stage.n {
		return fmt.Errorf("only %d changes came in during %d backups", span, b.stage.n)
	}
	_, acked := b.changes()
	b.stage.line("backups under load", "%d, the longest in %v, while %d changes were acknowledged (%d during a backup or at its edges); each is the state of one moment of it",
		b.stage.n, longest.Round(time.Millisecond), acked, span)
	b.stage.line("backups killed", "%d of %d before their end; the file was not there, or was the one before", killed, b.stage.n)
	return nil
}
