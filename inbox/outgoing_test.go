package inbox

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kartyar/bot"
)

// Of a status only the facts are kept, while what is said of it stays as it was.
func TestOutgoing(t *testing.T) {
	buttons := bot.Keyboard{Kind: bot.KeyboardInline, Rows: [][]bot.Button{{{Text: "more", Data: "d"}}}}
	status := bot.Reply{Text: "ready", Keyboard: buttons, Edit: 7, Silent: true, Shows: []byte("facts")}
	for name, c := range map[string]struct{ said, kept bot.Reply }{
		"a text":   {bot.Reply{Text: "hello", Keyboard: buttons}, bot.Reply{Text: "hello", Keyboard: buttons}},
		"a status": {status, bot.Reply{Edit: 7, Silent: true, Shows: []byte("facts")}},
	} {
		r := c.said
		r.NotBefore = time.Date(2026, 11, 23, 8, 30, 0, 1, time.UTC)
		out, err := outgoing(&r)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(c.said, r); diff != "" {
			t.Errorf("%s is said otherwise (-want +got):\n%s", name, diff)
		}
		kept, ok := readReply(out.Body)
		if diff := cmp.Diff(c.kept, kept); !ok || diff != "" {
			t.Errorf("%s is kept otherwise (-want +got):\n%s", name, diff)
		}
		if want := time.Date(2026, 11, 23, 8, 30, 1, 0, time.UTC); !out.NotBefore.Equal(want) {
			t.Errorf("%s leaves from %v on, want %v", name, out.NotBefore, want)
		}
	}
}
