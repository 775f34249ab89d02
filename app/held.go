package app

import (
	"context"
	"fmt"
	"time"

	"kartyar/alert"
)

// resumeOutbox releases what a restore held back, and says what that means.
func (p *Program) resumeOutbox(ctx context.Context, s *service) error {
	held, err := s.rules.Resume(ctx, s.store, s.now())
	if err != nil {
		return err
	}
	if held.Messages == 0 {
		return p.print("nothing is held back\n")
	}
	s.log.Warn().Int("messages", held.Messages).Int("may_repeat", held.MayRepeat).Time("restored", held.Since).
		Msg("what the restore held back goes out; some of it may have been sent before")
	waiting := ""
	if held.Damaged > 0 {
		s.log.Error().Int("messages", held.Damaged).
			Msg("of what the restore held back some waits, since what it tells of is damaged in the store; restore another backup")
		waiting = fmt.Sprintf("; %d of them wait, since what they tell of is damaged", held.Damaged)
	}
	return p.print("%d messages that the restore of %s held back go out; %d of them may repeat what was sent before%s\n",
		held.Messages, held.Since.Format(time.RFC3339), held.MayRepeat, waiting)
}

// remindEvery is how often the operator hears of messages that are held.
const remindEvery = 24 * time.Hour

// remindOfHeld reminds the operator of what a restore held back, now and every
// day.
func (s *server) remindOfHeld(ctx context.Context) error {
	ticker := time.NewTicker(remindEvery)
	defer ticker.Stop()
	for {
		held, err := alert.HeldOutbox(ctx, s.service.store, s.service.now())
		switch {
		case err != nil && ctx.Err() == nil:
			s.log.Error().Err(err).Msg("what a restore held back could not be counted")
		case err == nil:
			s.pulse.holds(held)
		}
		if held.Messages > 0 {
			s.log.Warn().Int("messages", held.Messages).Int("may_repeat", held.MayRepeat).Time("restored", held.Since).
				Msg("messages of a restored backup are held back; start once with --resume-outbox to send them")
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return nil
		}
	}
}
