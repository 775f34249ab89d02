package handlers

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"kartyar/alert"
	"kartyar/bot"
	"kartyar/card"
	"kartyar/locale"
	"kartyar/store"
)

// inviteLasts is how long an invitation works.
const inviteLasts = time.Hour

// invitePerson answers «دعوت یک همراه»: it makes a link, in a message of its
// own that can be sent on as it is.
func (t *turn) invitePerson() error {
	person, ok := t.pressedPerson()
	if !ok {
		return t.stale()
	}
	p, f, err := t.follower(person)
	if err != nil {
		return err
	}
	switch {
	case f == nil || !f.IsVerified() || f.IsGuest():
		return t.showStatus(person, leadStale)
	case !t.maySee(&p, f):
		return t.showStatus(person, leadNone) // which asks for a new proof
	}
	username, err := t.username()
	if err != nil {
		return err
	}
	if username == "" {
		return t.refuse(locale.TryAgainLater())
	}
	token, err := t.Rules.Invite(t.tx, t.now, t.now.Add(inviteLasts), person, t.chat)
	if errors.Is(err, alert.ErrManyGuests) {
		return t.showCompanions(person, locale.ManyCompanions(alert.GuestsMost))
	}
	if err != nil {
		return err
	}
	t.show(bot.Reply{Text: locale.InviteMade(t.called(person)), Keyboard: inline(row(
		t.button(locale.ButtonCompanions, pressFor(actCompanions, person)),
		t.button(locale.ButtonSettings, press{Action: actSettings})))})
	t.say(bot.Reply{Text: locale.Invitation(bot.ProfileOf(t.platform).DeepLink(username, token))})
	return nil
}

// username is the name under which links open the bot of this chat; empty when
// it is not known.
func (t *turn) username() (string, error) {
	all, err := t.tx.NamedBots()
	if err != nil {
		return "", fmt.Errorf("looking for the bot's name: %w", err)
	}
	for _, b := range all {
		if b.Bot == t.u.From.Bot {
			return b.Username, nil
		}
	}
	return "", nil
}

// offerFamily says what an invitation gives, or why it gives nothing here.
func (t *turn) offerFamily(invite store.Invite, key store.InviteKey) error {
	admission, err := t.Rules.Admissible(t.tx, invite, key, t.chat)
	if err != nil {
		return err
	}
	if text := t.notAdmitted(admission, invite.Person); text != "" {
		return t.refuse(text)
	}
	t.offer(locale.OfferFamily(), key)
	return nil
}

// notAdmitted says why an invitation gives nothing here; nothing when it does.
func (t *turn) notAdmitted(a alert.Admission, person card.PersonKey) string {
	switch {
	case a == alert.LinkOver:
		return locale.LinkOver()
	case a == alert.OwnLink:
		return locale.OwnLink()
	case a == alert.KnownSince:
		return locale.FollowedSince(t.called(person))
	case a == alert.NoRoom:
		return locale.InviterFull()
	case t.link(person) == nil && len(t.row.People) >= peopleMost:
		return locale.TooManyPeople(peopleMost)
	}
	return ""
}

// joinFamily has the chat follow a person as a guest, tells who invited it and
// shows where the card stands.
func (t *turn) joinFamily(invite store.Invite, key store.InviteKey) error {
	admission, err := t.Rules.Admissible(t.tx, invite, key, t.chat)
	if err != nil {
		return err
	}
	if text := t.notAdmitted(admission, invite.Person); text != "" {
		t.showEnd(text)
		return nil
	}
	t.leave()
	if err := t.save(); err != nil {
		return err
	}
	if _, err := t.Rules.Admit(t.tx, t.now, invite, key, alert.Asker{Chat: t.chat, Bot: t.u.From.Bot}); err != nil {
		return err
	}
	if err := t.reload(); err != nil {
		return err
	}
	t.nameNameless()
	naming := t.s.Naming
	if err := t.tellInviter(invite); err != nil {
		return err
	}
	t.show(bot.Reply{Text: locale.Accepting()})
	t.sayMenu(locale.FamilyAccepted())
	if err := t.sayStatus(invite.Person, leadNone); err != nil {
		return err
	}
	t.s.Naming = naming
	return t.askNextName()
}

// tellInviter says in the chat that made an invitation that it was accepted.
func (t *turn) tellInviter(invite store.Invite) error {
	c, found, err := t.tx.Chat(invite.By)
	if err != nil || !found {
		return err
	}
	maker := turn{Handlers: t.Handlers, chat: invite.By, row: c}
	t.replies = append(t.replies, bot.Reply{
		To: c.Subscriber, Text: locale.InviteAccepted(maker.called(invite.Person)),
		Keyboard: inline(row(maker.button(locale.ButtonCompanions, pressFor(actCompanions, invite.Person)))),
	})
	return nil
}

// companions shows who follows a person on this chat's proof.
func (t *turn) companions() error {
	person, ok := t.pressedPerson()
	if !ok {
		return t.stale()
	}
	return t.showCompanions(person, "")
}

func (t *turn) showCompanions(person card.PersonKey, before string) error {
	p, f, err := t.follower(person)
	if err != nil {
		return err
	}
	if f == nil {
		return t.stale()
	}
	_, open, err := t.tx.Invite(f.Invited, t.now)
	if err != nil {
		return fmt.Errorf("looking for an invitation: %w", err)
	}
	guests := p.Guests(t.chat)
	var since []time.Time
	var rows [][]bot.Button
	for i, g := range guests {
		since = append(since, g.Verified)
		one := pressFor(actEndGuest, person)
		one.ID = short(g.Chat[:8])
		rows = append(rows, row(t.button(locale.ButtonEndOne(i+1), one)))
	}
	switch end := pressFor(actEndGuests, person); {
	case len(guests) == 0 && open:
		rows = append(rows, row(t.button(locale.ButtonTakeBack, end)))
	case len(guests) > 1 || open:
		rows = append(rows, row(t.button(locale.ButtonEndAll, end)))
	}
	if len(guests) < alert.GuestsMost && t.mayInvite(&p, f) {
		rows = append(rows, row(t.button(locale.ButtonInvite, pressFor(actInvite, person))))
	}
	rows = append(rows, row(t.button(locale.ButtonSettings, press{Action: actSettings})))
	text := locale.Companions(t.called(person), since, open)
	if before != "" {
		text = before + "\n\n" + text
	}
	t.show(bot.Reply{Text: text, Keyboard: inline(rows...)})
	return nil
}

// mayInvite reports whether the chat has a proof of its own on which another
// could stand.
func (t *turn) mayInvite(p *store.Person, f *store.Follower) bool {
	return f != nil && !f.IsGuest() && t.maySee(p, f)
}

// endGuest ends the access of the button's companion.
func (t *turn) endGuest() error {
	return t.endCompanions(func(f *store.Follower) bool { return short(f.Chat[:8]) == t.press.ID })
}

// endGuests ends the access of all companions, and the link that is open.
func (t *turn) endGuests() error {
	return t.endCompanions(func(*store.Follower) bool { return true })
}

func (t *turn) endCompanions(which func(*store.Follower) bool) error {
	person, ok := t.pressedPerson()
	if !ok {
		return t.stale()
	}
	p, _, err := t.follower(person)
	if err != nil {
		return err
	}
	guests := p.Guests(t.chat)
	some := slices.ContainsFunc(guests, which)
	if len(guests) > 0 && !some {
		return t.showCompanions(person, "") // ended before
	}
	ended, err := t.Rules.EndGuests(t.tx, t.now, person, t.chat, which)
	if err != nil {
		return err
	}
	t.tellEnded(ended)
	said := locale.CompanionsEnded()
	if !some {
		said = locale.LinkTakenBack()
	}
	return t.showCompanions(person, said)
}

// tellEnded says in other chats that their access has ended.
func (t *turn) tellEnded(ended []alert.Ended) {
	for _, e := range ended {
		name := called(alert.Item{Nickname: e.Nickname, Several: e.Several})
		t.replies = append(t.replies, bot.Reply{To: e.To, Text: locale.AccessEnded(name)})
	}
}

// hasCompanions reports whether anybody follows a person of this chat on its
// proof, as far as that can be read.
func (t *turn) hasCompanions(of ...store.Link) (bool, error) {
	for _, l := range of {
		p, _, err := t.follower(l.Person)
		if err = unlessUnavailable(err); err != nil || len(p.Guests(t.chat)) > 0 {
			return err == nil, err
		}
	}
	return false, nil
}

// tellOthers gives a message to send on to people whose card may be waiting.
func (t *turn) tellOthers() error {
	username, err := t.username()
	if err != nil {
		return err
	}
	if username == "" {
		return t.refuse(locale.TryAgainLater())
	}
	t.say(bot.Reply{Text: locale.TellOthersHow()})
	t.say(bot.Reply{Text: locale.TellOthers(bot.ProfileOf(t.platform).DeepLink(username, ""))})
	return nil
}
