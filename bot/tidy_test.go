package bot

import (
	"strings"
	"testing"
)

func TestTidyLeavesOutWhatIsQuoted(t *testing.T) {
	c := &Client{redact: redactor("4242:our-own-secret", nil)}
	for _, tt := range []struct{ name, says, want string }{
		{"plain", "Bad Request: chat not found", "Bad Request: chat not found"},
		{"our token", "no https://x/bot4242:our-own-secret/getMe", "no https://x/bot***/getMe"},
		{"another bot's token", "no https://x/bot9999:somebody-elses/getMe", "no https://x/bot***/getMe"},
		{"a phone", "user 09981234567 is gone", "user # is gone"},
		{"a phone in groups", "user 0998 123 45-67 is gone", "user # is gone"},
		{"a code in Persian digits", "code ۹۹۹۱۲۳۴۵۶۷ is odd", "code # is odd"},
		{"what a person wrote", "unsupported start tag \"نام من\" at 12", "unsupported start tag \"…\" at 12"},
		{"an address", "dial tcp 149.154.167.220:443: connection refused", "dial tcp 149.154.167.220:443: connection refused"},
		{"lines", "one\ntwo\x1b[1m", "one two [1m"},
		{"much", strings.Repeat("x", 2*maxDescription), strings.Repeat("x", maxDescription)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := c.tidy(tt.says); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}
