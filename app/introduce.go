package app

import (
	"context"
	"errors"
	"time"

	"github.com/rs/zerolog"

	"kartyar/bot"
)

const (
	introduceFirst = 10 * time.Second
	introduceLast  = time.Hour
)

// introduce has the platform show the bot's commands and descriptions. Nothing
// waits for it: what fails is tried again, ever later, until it is done.
func (s *server) introduce(ctx context.Context, client *bot.Client, log zerolog.Logger) error {
	for wait := introduceFirst; ; wait = min(2*wait, introduceLast) {
		changed, err := client.Introduce(ctx, s.handlers.About())
		if err == nil {
			log.Info().Bool("changed", changed).Msg("the bot's commands and descriptions are in place")
			return nil
		}
		if ctx.Err() != nil || errors.Is(err, bot.ErrUnauthorized) {
			return nil // polling learns of a refused token too, and ends the program
		}
		log.Warn().Err(err).Msg("the bot's commands and descriptions could not be set; it is tried again")
		var refused *bot.Error
		if errors.As(err, &refused) {
			wait = max(wait, refused.RetryAfter)
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return nil
		}
	}
}
