package bot

import "testing"

func TestDeepLink(t *testing.T) {
	for _, tt := range []struct {
		profile           Profile
		username, payload string
		want              string
	}{
		{Telegram(), "kartyar_bot", "", "https://t.me/kartyar_bot"},
		{Telegram(), "a_b_bot", "TOKEN", "https://t.me/a_b_bot?start=TOKEN"},
		{Bale(), "kartyar_bot", "TOKEN", "https://ble.ir/kartyar_bot?start=TOKEN"},
		{Bale(), "a_b_bot", "", "https://ble.ir/a%5Fb%5Fbot"},
	} {
		got := tt.profile.DeepLink(tt.username, tt.payload)
		if got != tt.want || tt.profile.text(got) != got {
			t.Errorf("the link of %s is %q, sent as %q", tt.username, got, tt.profile.text(got))
		}
	}
}
