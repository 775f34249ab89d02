package handlers

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"kartyar/bot"
)

// A keyboard that was laid out is as if written down, and stays so when its room
// is used again.
func TestLayout(t *testing.T) {
	a, b, c := bot.Button{Text: "a", Data: "1"}, bot.Button{Text: "b", URL: "2"}, bot.Button{Text: "c"}
	var buttons [4]bot.Button
	var ends [2]int
	got := layout{buttons[:0], ends[:0]}.row(a).row().row(b, c).inline()
	more := layout{buttons[:0], ends[:0]}.row(c, c, c).row(b, b).row(a).inline()
	for _, k := range []struct{ got, want bot.Keyboard }{
		{got, inline(row(a), row(b, c))},
		{more, inline(row(c, c, c), row(b, b), row(a))},
		{layout{}.row().inline(), bot.Keyboard{}},
	} {
		if diff := cmp.Diff(k.want, k.got); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	}
	if got.Rows[0] = append(got.Rows[0], c); got.Rows[1][0] != b {
		t.Error("a row has grown into the next")
	}
}
