package app

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"kartyar/demo"
	"kartyar/locale"
)

// citizen is a person and where in the journal their last deed was.
type citizen struct {
	*demo.Person
	mark int
}

// citizen makes a person: citizen NAME PHONE
func (w *world) citizen(ts *testscript.TestScript, args []string) {
	need(ts, args, 2, "citizen NAME PHONE")
	person := w.api.Person(w.platform, scriptBot, args[0])
	person.SetPhone(args[1])
	w.people[args[0]] = &citizen{Person: person}
}

// who returns a citizen; their deeds begin what they see next.
func (w *world) who(ts *testscript.TestScript, name string) *citizen {
	c := w.people[name]
	if c == nil {
		ts.Fatalf("there is no citizen %s", name)
	}
	return c
}

func (w *world) acts(ts *testscript.TestScript, name string) *citizen {
	c := w.who(ts, name)
	c.mark = len(w.api.Journal())
	return c
}

// say: say NAME TEXT
func (w *world) say(ts *testscript.TestScript, args []string) {
	need(ts, args, 2, "say NAME TEXT")
	w.acts(ts, args[0]).Say(args[1])
}

// start opens the bot by its link: start NAME [PAYLOAD]
func (w *world) start(ts *testscript.TestScript, args []string) {
	w.acts(ts, args[0]).Start(strings.Join(args[1:], " "))
}

// linkToken finds the token of a one-time link.
var linkToken = regexp.MustCompile(`https://(?:t\.me|ble\.ir)/script_bot\?start=([A-Za-z0-9_-]+)`)

// open opens the last one-time link that a file holds, or that another person
// sees: open NAME FILE|PERSON
func (w *world) open(ts *testscript.TestScript, args []string) {
	need(ts, args, 2, "open NAME FILE|PERSON")
	var text string
	if from := w.people[args[1]]; from != nil {
		text = w.screen(from)
	} else {
		text = ts.ReadFile(args[1])
	}
	all := linkToken.FindAllStringSubmatch(text, -1)
	if len(all) == 0 {
		ts.Fatalf("no one-time link is to be seen in:\n%s", text)
	}
	w.tokens = append(w.tokens, all[len(all)-1][1])
	w.reopen(ts, args[:1])
}

// reopen opens the link that was opened last: reopen NAME
func (w *world) reopen(ts *testscript.TestScript, args []string) {
	need(ts, args, 1, "reopen NAME")
	w.acts(ts, args[0]).Start(w.tokens[len(w.tokens)-1])
}

// share presses the contact button's equal: share NAME
func (w *world) share(ts *testscript.TestScript, args []string) {
	need(ts, args, 1, "share NAME")
	w.acts(ts, args[0]).ShareContact()
}

// contact sends somebody's contact card: contact NAME PHONE
// own|another|none|forwarded
func (w *world) contact(ts *testscript.TestScript, args []string) {
	need(ts, args, 3, "contact NAME PHONE own|another|none|forwarded")
	c := w.acts(ts, args[0])
	owner := map[string]int64{"own": c.ID(), "another": c.ID() + 1000, "none": 0, "forwarded": c.ID()}
	c.SendContact(args[1], owner[args[2]], args[2] == "forwarded")
}

// send sends what is no text: send NAME photo|sticker|place [LAT LON]|edit
func (w *world) send(ts *testscript.TestScript, args []string) {
	c := w.acts(ts, args[0])
	switch args[1] {
	case "photo":
		c.Photo()
	case "sticker":
		c.Sticker()
	case "place":
		at := [2]float64{35.7, 51.4}
		for i := range args[2:] {
			var err error
			at[i], err = strconv.ParseFloat(args[2+i], 64)
			ts.Check(err)
		}
		c.Place(at[0], at[1])
	case "edit":
		_, err := c.Edit(0, args[2])
		ts.Check(err)
	case "group":
		c.InGroup("a group").Say(args[2])
	default:
		ts.Fatalf("what is %s?", args[1])
	}
}

// press presses a button that the person sees: press NAME LABEL
func (w *world) press(ts *testscript.TestScript, args []string) {
	need(ts, args, 2, "press NAME LABEL")
	c := w.acts(ts, args[0])
	if _, err := c.Press(args[1]); err != nil {
		ts.Fatalf("%v: %s\n%s", err, args[1], w.screen(c))
	}
}

// forge sends callback data that no button carries: forge NAME DATA
func (w *world) forge(ts *testscript.TestScript, args []string) {
	need(ts, args, 2, "forge NAME DATA")
	w.acts(ts, args[0]).PressData(1, args[1])
}

// block stops the bot, and with "off" lets it write again: block NAME [off]
func (w *world) block(ts *testscript.TestScript, args []string) {
	if c := w.acts(ts, args[0]); len(args) > 1 {
		c.Unblock()
	} else {
		c.Block()
	}
}

// photos tells how many photos the person was ever sent: photos NAME N
func (w *world) photos(ts *testscript.TestScript, args []string) {
	need(ts, args, 2, "photos NAME N")
	c, n := w.who(ts, args[0]), 0
	for _, e := range w.api.Journal() {
		if e.Kind == demo.Sent && e.Media == "photo" && e.Chat == c.ChatID() {
			n++
		}
	}
	if strconv.Itoa(n) != args[1] {
		ts.Fatalf("%s was sent %d photos, not %s\n%s", args[0], n, args[1], w.screen(c))
	}
}

// see waits for a message, new or edited, that came after the person's last
// deed, and not before the one that was seen last: see NAME TEXT…
func (w *world) see(ts *testscript.TestScript, args []string) {
	c := w.who(ts, args[0])
	for _, text := range args[1:] {
		w.until(ts, fmt.Sprintf("%s to see %q", args[0], text), c, func(journal []demo.Entry) bool {
			for i := c.mark; i < len(journal); i++ {
				if c.sees(journal[i], text) {
					c.mark = i
					return true
				}
			}
			return false
		})
	}
}

// count tells how many messages with a text the person was ever sent: count
// NAME N TEXT
func (w *world) count(ts *testscript.TestScript, args []string) {
	need(ts, args, 3, "count NAME N TEXT")
	c, want := w.who(ts, args[0]), args[1]
	n := 0
	for _, e := range w.api.Journal() {
		if e.Kind == demo.Sent && c.sees(e, args[2]) {
			n++
		}
	}
	if strconv.Itoa(n) != want {
		ts.Fatalf("%s was sent %d messages with %q, not %s\n%s", args[0], n, args[2], want, w.screen(c))
	}
}

// menu asks for a button in place of the phone's keyboard: menu NAME LABEL
func (w *world) menu(ts *testscript.TestScript, args []string) {
	need(ts, args, 2, "menu NAME LABEL")
	rows, _ := w.who(ts, args[0]).Menu()
	for _, row := range rows {
		for _, button := range row {
			if button.Text == args[1] {
				return
			}
		}
	}
	ts.Fatalf("no such button in the menu: %v", rows)
}

// quiet asks that the message seen last made no sound, or did: quiet NAME
// yes|no
func (w *world) quiet(ts *testscript.TestScript, args []string) {
	need(ts, args, 2, "quiet NAME yes|no")
	c := w.who(ts, args[0])
	if got := w.api.Journal()[c.mark].Silent; got != (args[1] == "yes") {
		ts.Fatalf("the message was silent: %v", got)
	}
}

// sees reports whether an entry is a message to the person that holds text.
// Isolates are no part of what a person reads.
func (c *citizen) sees(e demo.Entry, text string) bool {
	if e.Kind != demo.Sent && e.Kind != demo.Edited || e.Chat != c.ChatID() {
		return false
	}
	return strings.Contains(plain(e.Text), plain(text))
}

func plain(text string) string {
	return strings.NewReplacer(locale.Isolate(""), "", "\u2066", "", "\u2067", "", "\u2068", "", "\u2069", "").Replace(text)
}

// until waits for something in the journal.
func (w *world) until(ts *testscript.TestScript, what string, c *citizen, enough func([]demo.Entry) bool) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := w.api.Wait(ctx, enough); err != nil {
		ts.Fatalf("waiting for %s: %v\n%s", what, err, w.screen(c))
	}
}

// screen is what the person sees, for a test that fails.
func (w *world) screen(c *citizen) string {
	var b strings.Builder
	for _, m := range c.Messages() {
		fmt.Fprintf(&b, "[%d] bot=%v %s\n", m.ID, m.FromBot, m.Text)
		for _, row := range m.Buttons {
			for _, button := range row {
				fmt.Fprintf(&b, "    (%s)", button.Text)
			}
			b.WriteByte('\n')
		}
	}
	return b.String()
}
