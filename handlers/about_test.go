package handlers

import (
	"regexp"
	"testing"
	"unicode/utf16"

	"kartyar/bot"
	"kartyar/card"
	"kartyar/locale"
)

// The list that the platform shows is that of the routes, and fits its limits.
func TestAbout(t *testing.T) {
	w := newWorld(t, card.Telegram)
	about := w.h.About()
	fits := func(what, text string, most int) {
		t.Helper()
		if n := len(utf16.Encode([]rune(text))); n < 1 || n > most {
			t.Errorf("%s: %d characters of 1 to %d", what, n, most)
		}
		for _, fault := range locale.Lint(text, card.Telegram) {
			t.Errorf("%s: %s", what, fault)
		}
	}
	fits("description", about.Description, 512)
	fits("short description", about.Short, 120)
	if len(about.Commands) != len(w.h.routes.commands) {
		t.Fatalf("%d commands are listed of %d", len(about.Commands), len(w.h.routes.commands))
	}
	name, seen := regexp.MustCompile(`^[a-z0-9_]{1,32}$`), map[string]bool{}
	for _, c := range about.Commands {
		fits(c.Name, c.Description, 256)
		if !name.MatchString(c.Name) || seen[c.Name] {
			t.Errorf("the command %q is none, or there twice", c.Name)
		}
		seen[c.Name] = true
		w.does("/"+c.Name, bot.Update{Kind: bot.KindMessage, Private: true, Sent: w.now, Text: "/" + c.Name})
		w.keepsSilentOf(locale.NotUnderstood())
	}
}
