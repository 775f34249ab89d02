package handlers

import (
	"fmt"
	"slices"
	"time"

	"kartyar/bot"
	"kartyar/card"
	"kartyar/locale"
	"kartyar/store"
)

// turn is one update on its way to its replies.
type turn struct {
	*Handlers
	tx       *store.Tx
	now      time.Time
	u        bot.Update
	chat     card.ChatKey
	platform card.Platform

	known bool // the chat's row is there
	row   store.Chat
	s     session
	press press

	replies   []bot.Reply
	notBefore time.Time // of all replies
	owesMenu  bool      // a state with a menu of its own was left
	gone      bool      // the chat's data were deleted
	unseen    bool      // what is rendered may be looked at by nobody
}

// begin loads the chat. One that was blocked has its person back.
func (h *Handlers) begin(tx *store.Tx, now time.Time, chat card.ChatKey, u bot.Update) (*turn, error) {
	tx.Hear(chat, now)
	t := &turn{Handlers: h, tx: tx, now: now, u: u, chat: chat, platform: u.From.Bot.Platform}
	if err := t.reload(); err != nil {
		return nil, err
	}
	if t.row.Blocked {
		if err := h.Rules.Reachable(tx, now, chat, true); err != nil {
			return nil, err
		}
		if err := t.reload(); err != nil {
			return nil, err
		}
	}
	t.row.Subscriber = u.From
	t.s = decodeSession(t.row.Session)
	return t, nil
}

// reload reads the chat's row again, after alert's rules changed it.
func (t *turn) reload() (err error) {
	t.row, t.known, err = t.tx.Chat(t.chat)
	if err != nil {
		return fmt.Errorf("reading a chat: %w", err)
	}
	t.row.Subscriber = t.u.From
	return nil
}

// save writes the chat's row, so that alert's rules find it.
func (t *turn) save() error {
	session, err := t.s.encode()
	if err != nil {
		return fmt.Errorf("encoding a session: %w", err)
	}
	t.row.Session, t.known = session, true
	return t.tx.PutChat(t.chat, t.row)
}

// end keeps what is worth keeping, and gives back the main buttons.
func (t *turn) end() error {
	if t.owesMenu && !t.s.State.hasOwnMenu() && !slices.ContainsFunc(t.replies, bringsMenu) {
		t.replies = slices.Insert(t.replies, 0, bot.Reply{Text: locale.BackToMenu(), Keyboard: mainMenu(), NotBefore: t.notBefore})
	}
	nothing := t.s.State == idle && len(t.row.People) == 0 && t.row.Phone == (card.PhoneKey{})
	if t.gone || nothing && !t.known {
		return nil
	}
	return t.save()
}

func bringsMenu(r bot.Reply) bool {
	return r.Keyboard.Kind == bot.KeyboardMenu
}

// leave ends what was being asked for; what was given stays given.
func (t *turn) leave() {
	t.owesMenu = t.owesMenu || t.s.State.hasOwnMenu()
	t.s = session{}
}

// ask says what the next text will be taken for.
func (t *turn) ask(s state, person card.PersonKey) {
	naming := t.s.Naming
	t.leave()
	t.s = session{State: s, At: t.now.Unix(), Person: person, Naming: naming}
	if !t.u.Sent.IsZero() {
		t.s.Sent = t.u.Sent.Unix()
	}
}

// say adds a reply.
func (t *turn) say(r bot.Reply) {
	r.NotBefore = t.notBefore
	t.replies = append(t.replies, r)
}

// sayMenu says a text with the main buttons.
func (t *turn) sayMenu(text string) { t.say(bot.Reply{Text: text, Keyboard: mainMenu()}) }

// show says r in place of the message whose button was pressed, unless that is
// to stay.
func (t *turn) show(r bot.Reply) {
	if t.u.Callback != nil && t.press.Choice != keepMessage {
		r.Edit = t.u.Callback.MessageID
	}
	t.say(r)
}

// keepMessage is the Choice of buttons under a message that has more in it than
// the button is about. No action that uses Choice stands under such a message.
const keepMessage = 255

// link returns a chat's link to a person.
func (t *turn) link(person card.PersonKey) *store.Link {
	for i := range t.row.People {
		if t.row.People[i].Person == person {
			return &t.row.People[i]
		}
	}
	return nil
}

// pressedPerson returns the person that the pressed button is for; ok is false
// when the chat does not follow them (any more).
func (t *turn) pressedPerson() (person card.PersonKey, ok bool) {
	for _, l := range t.row.People {
		if short(l.Person[:]) == t.press.Person {
			return l.Person, true
		}
	}
	return card.PersonKey{}, false
}

// calledBy returns the nickname of the person that a button is for; empty when
// it is for several.
func (t *turn) calledBy(p press) string {
	for _, l := range t.row.People {
		if short(l.Person[:]) == p.Person {
			return t.called(l.Person)
		}
	}
	return ""
}

// called returns the nickname to tell a person from others by; empty in a chat
// that needs none.
func (t *turn) called(person card.PersonKey) string {
	if l := t.link(person); l != nil && t.row.NeedsNames() {
		if l.Nickname == "" {
			return locale.SomebodyYouFollow
		}
		return l.Nickname
	}
	return ""
}

// follower returns what is known of a person and this chat's part in it;
// follower is nil when there is none.
func (t *turn) follower(person card.PersonKey) (store.Person, *store.Follower, error) {
	p, err := t.Lookup.Person(t.tx, person)
	if err != nil {
		return store.Person{}, nil, err
	}
	return p, p.Follower(t.chat), nil
}

// maySee reports whether the proof on which the chat follows p still counts for
// asking.
func (t *turn) maySee(p *store.Person, f *store.Follower) bool {
	return f != nil && f.IsVerified() && t.now.Sub(p.Proved(f)) <= proofLasts
}

// button returns an inline button of this chat.
func (t *turn) button(text string, p press) bot.Button {
	return bot.Button{Text: text, Data: t.seal.data(t.chat, p)}
}

func inline(rows ...[]bot.Button) bot.Keyboard {
	rows = slices.DeleteFunc(rows, func(row []bot.Button) bool { return len(row) == 0 })
	if len(rows) == 0 {
		return bot.Keyboard{}
	}
	return bot.Keyboard{Kind: bot.KeyboardInline, Rows: rows}
}

func row(buttons ...bot.Button) []bot.Button { return buttons }

func menu(placeholder string, rows ...[]bot.Button) bot.Keyboard {
	return bot.Keyboard{Kind: bot.KeyboardMenu, Rows: rows, Placeholder: placeholder}
}

// mainMenu is the buttons that stand below while nothing is asked for.
func mainMenu() bot.Keyboard {
	return menu(locale.PlaceholderMenu,
		row(bot.Button{Text: locale.ButtonStatus}),
		row(bot.Button{Text: locale.ButtonChooseOffice}, bot.Button{Text: locale.ButtonSubscribe}),
		row(bot.Button{Text: locale.ButtonSettings}, bot.Button{Text: locale.ButtonQuestions}, bot.Button{Text: locale.ButtonHelp}))
}

// elsewhereButtons lead to where else a person can ask. NCR.IR is the registry's own site.
func elsewhereButtons() []bot.Button {
	return row(bot.Button{Text: locale.ButtonCopyUSSD, Copy: locale.USSDCode}, bot.Button{Text: locale.ButtonNCR, URL: "https://www.ncr.ir"})
}
