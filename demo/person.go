package demo

import (
	"errors"
	"fmt"
	"strconv"
)

// Person is somebody with an account on a platform, in front of a chat with
// one bot. Whatever they do reaches the bot as an update.
type Person struct {
	s    *Server
	b    *account
	user *user
	chat *chat
	id   string // on the page
}

// Act is what a person's deed became.
type Act struct {
	Update  int64 // update_id; -1 when the bot had not asked for such updates
	Message int   // message_id of the person's new message; 0 when it is none
}

// ErrNoButton is returned when nothing on the screen carries that button.
var ErrNoButton = errors.New("no such button on the screen")

// ErrNoMessage is returned when there is no such message of this person's.
var ErrNoMessage = errors.New("no such message")

// Person returns the person of that name who writes to the bot, a new one when
// there is none. A new person has a sample phone number, 0999000xxxx, and has
// not written yet, so the bot cannot write to them.
func (s *Server) Person(platform Platform, bot int64, name string) *Person {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.bot(platform, bot)
	key := personKey{b, name}
	if p := s.names[key]; p != nil {
		return p
	}
	n := len(s.people)
	u := &user{id: b.rules.firstUser + int64(n), name: name, phone: fmt.Sprintf("0999000%04d", n+1)}
	in := &chat{id: u.id, owner: u}
	b.chats[in.id] = in
	p := &Person{s: s, b: b, user: u, chat: in, id: "p" + strconv.Itoa(n+1)}
	s.people = append(s.people, p)
	s.names[key] = p
	s.keep()
	s.changed()
	return p
}

// InGroup returns the same person in the group of that title, which is made,
// with the bot in it, when there is none. Only what is done through the result
// happens in the group.
func (p *Person) InGroup(title string) *Person {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	groups := int64(0)
	for _, c := range p.b.chats {
		if c.group == title {
			return &Person{s: p.s, b: p.b, user: p.user, chat: c}
		}
		if c.group != "" {
			groups++
		}
	}
	in := &chat{id: p.b.rules.firstGroup + groups*p.b.rules.groupStep, group: title, begun: true}
	p.b.chats[in.id] = in
	return &Person{s: p.s, b: p.b, user: p.user, chat: in}
}

// ID is the person's user id.
func (p *Person) ID() int64 { return p.user.id }

// ChatID is the id of the chat; in private it equals ID.
func (p *Person) ChatID() int64 { return p.chat.id }

// Name is the person's name.
func (p *Person) Name() string { return p.user.name }

// Platform is where the person has their account.
func (p *Person) Platform() Platform { return p.b.platform }

// Phone is the person's number as they write it, 09….
func (p *Person) Phone() string {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return p.user.phone
}

// SetPhone gives the person another number, in any notation.
func (p *Person) SetPhone(number string) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	p.user.phone = number
	p.s.keep()
	p.s.touch(p.b.chats[p.user.id])
}

// UseOldClient has the person press buttons from an old client of Bale's: such
// a callback's id begins with 1, and its answer is not shown to the person.
func (p *Person) UseOldClient() {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	p.user.old = true
}

// Leave deletes the person's account: sends are refused with 403 from now on.
func (p *Person) Leave() {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	p.user.gone = true
}

// Block stops the bot. Telegram tells the bot, Bale does not: there it shows
// only when a send fails. It returns the update's id, -1 when there is none.
func (p *Person) Block() int64 {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return p.setBlocked(true)
}

// Unblock lets the bot write again.
func (p *Person) Unblock() int64 {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return p.setBlocked(false)
}

// setBlocked changes whether the bot is blocked, and tells it where the
// platform does. The caller holds mu.
func (p *Person) setBlocked(blocked bool) int64 {
	if p.user.blocked == blocked {
		return -1
	}
	p.user.blocked = blocked
	p.s.keep()
	private := p.b.chats[p.user.id]
	p.s.touch(private)
	if !p.b.rules.membership {
		return -1
	}
	was, is := "member", "kicked"
	if !blocked {
		was, is = is, was
	}
	return p.s.queue(p.b, "my_chat_member", private.id, 0, "", field("my_chat_member", wireMembership{
		Chat: private.wire(), From: p.user.wire(p.b), Date: p.s.now().Unix(),
		Old: wireMember{User: p.b.wire(), Status: was}, New: wireMember{User: p.b.wire(), Status: is},
	}))
}

// post writes a message into the chat and queues its update. Who blocked the
// bot starts it again by writing. The caller holds mu.
func (p *Person) post(m *message) Act {
	if p.chat.group == "" {
		p.setBlocked(false)
	}
	if !p.chat.begun {
		p.chat.begun = true
		p.s.keep()
	}
	m.from = p.user
	p.s.add(p.b, p.chat, m)
	update := p.s.queue(p.b, "message", p.chat.id, m.id, m.text, field("message", m.wire(p.b, p.chat)))
	return Act{Update: update, Message: m.id}
}

// Say writes a text. It is not cut or checked, so that a test can send what a
// strange client would.
func (p *Person) Say(text string) Act {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return p.post(&message{text: text})
}

// Start opens the bot by its link with a payload; an empty one is the plain
// /start.
func (p *Person) Start(payload string) Act {
	if payload == "" {
		return p.Say("/start")
	}
	return p.Say("/start " + payload)
}

// SayAll has each of people write the text, all at the same moment.
func SayAll(people []*Person, text string) []Act {
	acts := make([]Act, 0, len(people))
	if len(people) == 0 {
		return acts
	}
	s := people[0].s
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range people {
		acts = append(acts, p.post(&message{text: text}))
	}
	return acts
}

// Photo sends a photo.
func (p *Person) Photo() Act { return p.send(&message{media: "photo"}) }

// Sticker sends a sticker.
func (p *Person) Sticker() Act { return p.send(&message{media: "sticker"}) }

// Place sends a location, in degrees.
func (p *Person) Place(latitude, longitude float64) Act {
	return p.send(&message{location: &wireLocation{latitude, longitude}})
}

func (p *Person) send(m *message) Act {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return p.post(m)
}

// ShareContact shares the person's own contact, as the contact button does:
// with their user id, and the number as the platform writes it.
func (p *Person) ShareContact() Act {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return p.post(&message{contact: p.ownContact()})
}

// ownContact is the person's contact card. Telegram writes numbers without a
// plus; Bale in any of four ways, which a person's id chooses here.
func (p *Person) ownContact() *wireContact {
	number := p.user.phone
	if len(number) == 11 && number[:2] == "09" {
		forms := []string{"98" + number[1:]}
		if p.b.platform == Bale {
			forms = []string{"98" + number[1:], "+98" + number[1:], "0098" + number[1:], number}
		}
		number = forms[p.user.id%int64(len(forms))]
	}
	return &wireContact{Phone: number, Name: p.user.name, UserID: p.user.id}
}

// SendContact sends any contact card: userID 0 leaves it out, as a card from
// the address book has none, and forwarded marks the message as forwarded.
func (p *Person) SendContact(phone string, userID int64, forwarded bool) Act {
	return p.send(&message{contact: &wireContact{Phone: phone, Name: p.user.name, UserID: userID}, forwarded: forwarded})
}

// Edit changes a message that the person wrote; 0 is their last one.
func (p *Person) Edit(id int, text string) (Act, error) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	for i := len(p.chat.messages) - 1; i >= 0; i-- {
		m := p.chat.messages[i]
		if m.from != p.user || m.deleted || id != 0 && m.id != id {
			continue
		}
		m.text, m.edited = text, p.s.now()
		p.s.touch(p.chat)
		update := p.s.queue(p.b, "edited_message", p.chat.id, m.id, text,
			field("edited_message", m.wire(p.b, p.chat)))
		return Act{Update: update, Message: m.id}, nil
	}
	return Act{}, fmt.Errorf("editing message %d: %w", id, ErrNoMessage)
}

// InjectRaw queues any JSON object as an update, however strange; its
// update_id is put in front. It returns that id, or an error when raw is no
// JSON object.
func (s *Server) InjectRaw(platform Platform, bot int64, raw string) (int64, error) {
	rest, err := afterBrace(raw)
	if err != nil {
		return 0, fmt.Errorf("injecting an update: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.queue(s.bot(platform, bot), "", chatOf(raw), 0, "", rest), nil
}
