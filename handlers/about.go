package handlers

import (
	"kartyar/bot"
	"kartyar/locale"
)

// About is how the bot introduces itself, where the platform has a place for
// it.
func (h *Handlers) About() bot.About {
	about := bot.About{Description: locale.BotDescription(), Short: locale.BotShort()}
	for _, c := range h.routes.commands {
		about.Commands = append(about.Commands, bot.Command{Name: c.name, Description: c.description})
	}
	return about
}
