package handlers

import (
	"kartyar/bot"
	"kartyar/card"
	"kartyar/locale"
)

// askForget asks once whether to delete everything.
func (t *turn) askForget() error {
	companions, err := t.hasCompanions(t.row.People...)
	if err != nil {
		return err
	}
	t.ask(forget, card.PersonKey{})
	t.show(bot.Reply{Text: locale.AskForget(companions), Keyboard: inline(
		row(t.button(locale.ButtonForgetYes, press{Action: actForget})),
		row(t.button(locale.ButtonForgetNo, press{Action: actBack})))})
	return nil
}

// forget deletes at once. A confirmation whose question is old, or was turned
// away from, is asked again: the button may stand in a message of last year.
func (t *turn) forget() error {
	if !t.known && t.u.Callback != nil {
		t.show(bot.Reply{Text: locale.Forgotten()}) // pressed twice: there is nothing left
		return nil
	}
	if t.s.State != forget || !t.s.askedWithin(promptFresh, t.now) {
		return t.askForget()
	}
	ended, err := t.Rules.ForgetChat(t.tx, t.now, t.chat)
	if err != nil {
		return err
	}
	t.tellEnded(ended)
	t.gone = true
	t.leave()
	if t.u.Callback != nil && t.u.Callback.MessageID != 0 {
		t.show(bot.Reply{Text: locale.Forgetting()})
	}
	t.say(bot.Reply{Text: locale.Forgotten(), Keyboard: menu(locale.PlaceholderMenu, row(bot.Button{Text: locale.ButtonStartAgain}))})
	return nil
}

// forgetText takes a typed confirmation; anything else is as if it had not been
// asked for.
func (t *turn) forgetText() error {
	switch {
	case locale.SameText(t.u.Text, locale.ButtonForgetYes):
		return t.forget()
	case locale.SameText(t.u.Text, locale.ButtonForgetNo):
		return t.keepData()
	}
	t.leave()
	return t.idleText()
}

// keepData turns away from deleting.
func (t *turn) keepData() error {
	t.leave()
	t.show(bot.Reply{Text: locale.NotForgotten(), Keyboard: inline(row(t.button(locale.ButtonSettings, press{Action: actSettings})))})
	return nil
}
