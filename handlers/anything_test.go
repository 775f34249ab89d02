package handlers

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kartyar/bot"
	"kartyar/card"
	"kartyar/locale"
)

// Whatever a person does in whatever order: nothing fails, everything said
// keeps the house style and the platforms' bounds (sees), every message and
// press is answered and leaves a button to go on with, and no code, phone or receipt code is ever said.
func TestAnything(t *testing.T) {
	inputs := []string{
		"/start", "/status", "/help", "/settings", "/privacy", "سلام", "مامان", "9990000019", "کاشان", "999", saraCode, rezaCode, mamanCode, otherCode,
		receiptOf, "WRONG00000", "09990000001", locale.ButtonStatus, locale.ButtonChooseOffice, locale.ButtonSubscribe, locale.ButtonUnsubscribe,
		locale.ButtonCollected, locale.ButtonRemindLater, locale.ButtonBack, locale.ButtonAddPerson, locale.ButtonDeleteMyData, locale.ButtonForgetYes,
		locale.ButtonNoReceipt, locale.ButtonHaveReceipt, locale.ButtonKeepName, locale.ButtonSettings, locale.ButtonSendLocation, strings.Repeat("ا", 4000),
	}
	base := map[card.Platform]*world{card.Telegram: newWorld(t, card.Telegram), card.Bale: newWorld(t, card.Bale)}
	for _, w := range base {
		w.knows(saraCode, saraPhone, receiptOf, ready("1"))
		w.knows(rezaCode, saraPhone, "", card.State{Stage: card.StageDefective, Note: "عکس", Office: "2"})
		w.knows(mamanCode, rezaPhone, "NEMUNE0003", ready("3"))
	}
	chat := int64(1000)
	rapid.Check(t, func(r *rapid.T) {
		on := rapid.SampledFrom([]card.Platform{card.Telegram, card.Bale}).Draw(r, "platform")
		chat++
		w := base[on].inChat(chat)
		w.last, w.menu = nil, bot.Keyboard{}
		var buttons []string
		for range rapid.IntRange(1, 30).Draw(r, "steps") {
			switch rapid.IntRange(0, 6).Draw(r, "what") {
			case 0:
				w.shares(string(saraPhone))
			case 1, 2, 3:
				if len(buttons) > 0 {
					w.presses("?", rapid.SampledFrom(buttons).Draw(r, "button"))
					break
				}
				fallthrough
			case 4:
				w.text(rapid.SampledFrom(inputs).Draw(r, "text"))
			case 5:
				w.sends(rapid.SampledFrom([]float64{0, 35.7, 48.2, 95}).Draw(r, "latitude"), rapid.SampledFrom([]float64{0, 16.4, 51.4}).Draw(r, "longitude"))
			default:
				w.later(time.Duration(rapid.IntRange(0, 72).Draw(r, "hours")) * time.Hour)
				continue
			}
			if len(w.last) == 0 {
				r.Fatalf("no answer after:\n%s", w.log)
			}
			if last := w.last[len(w.last)-1]; w.menu.Kind != bot.KeyboardMenu && last.Keyboard.Kind != bot.KeyboardInline {
				r.Fatalf("a dead end: no button to go on with, after:\n%s", w.log)
			}
			for _, reply := range w.last {
				for _, secret := range []string{saraCode, rezaCode, mamanCode, otherCode, "9990000001", receiptOf, "NEMUNE0003"} {
					if strings.Contains(render(reply), secret) {
						r.Fatalf("said %s:\n%s", secret, w.log)
					}
				}
				for _, row := range reply.Keyboard.Rows {
					for _, b := range row {
						if b.Data != "" && reply.Keyboard.Kind == bot.KeyboardInline {
							buttons = append(buttons, b.Data)
						}
					}
				}
			}
		}
	})
}
