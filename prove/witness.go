package main

import (
	"fmt"
	"strings"
	"time"

	"kartyar/card"
	"kartyar/demo"
	"kartyar/locale"
)

// witness reads the platforms' journal, which a killed process cannot touch,
// and holds the program to its promises: what each chat is owed comes, in
// order and once; nothing else comes; a repeat is one that a kill explains.
type witness struct {
	chats       map[chatID]*ledger
	kills       []*killing
	broken      []string // promises broken, a sentence each
	again       []string // messages that came again with no kill to explain it; so far, no promise is broken
	read        int      // entries of the journal so far
	sendersMost [2]int   // replies and alerts of a bot that are under way at once
	figures     figures
	// strange says that updates come of chats and messages that the platform does
	// not know: it refuses what is answered.
	strange bool
	// free are chats to which nothing in particular is owed.
	free map[chatID]bool
}

// figures are what a witness counts.
type figures struct {
	queued, confirmed, dropped int // updates
	replies, alerts            int // accepted, repeats not counted
	replyRepeats, alertRepeats int
	lostAnswers                int // messages accepted whose answer was lost
	afterLost                  int // repeats of those
	unmodified                 int // repeated edits, which the platform refuses: nobody sees them
}

// chatID names a chat of the one bot on a platform.
type chatID struct {
	platform demo.Platform
	chat     int64
}

// ledger is what one chat is owed and has been given.
type ledger struct {
	owed  []owed
	reply *sent            // the last reply accepted
	alert *sent            // the last alert accepted
	news  map[string]*sent // what the chat is to be told, by the office's name; nil until it was
	due   int              // of news, how many it was not told yet
}

// owed is a reply that an update must get.
type owed struct {
	name string // for a sentence about it
	is   func(text string) bool
}

// sent is a message that the platform accepted.
type sent struct {
	owed
	index int // in the journal, of its last acceptance
	at    time.Time
	lost  bool // the program never saw that it was accepted
}

// repeatsLost notes that m was accepted again at index, as e, if that is because
// the program did not see the answer before.
func (w *witness) repeatsLost(m *sent, index int, e demo.Entry) bool {
	if !m.lost {
		return false
	}
	w.figures.afterLost++
	m.index, m.lost = index, e.Lost
	return true
}

// killing is one kill of `serve`.
type killing struct {
	from, to        int              // the journal's length at its process's start and end
	at              time.Time        // of the signal
	alert           map[chatID]*sent // each chat's last alert by then
	allowed         int              // sends in flight at most
	replies, alerts int              // messages repeated after it
	oldest          time.Duration    // between the acceptance of a repeated message and the kill
}

func newWitness(senders [2]int) *witness {
	return &witness{chats: map[chatID]*ledger{}, sendersMost: senders}
}

// of returns the ledger of a chat.
func (w *witness) of(chat chatID) *ledger {
	l := w.chats[chat]
	if l == nil {
		l = &ledger{news: map[string]*sent{}}
		w.chats[chat] = l
	}
	return l
}

// owe notes replies that a chat is to get, in this order, after all it is owed
// already.
func (l *ledger) owe(replies ...owed) { l.owed = append(l.owed, replies...) }

// expect notes that a chat is to be told of an arrival at an office.
func (l *ledger) expect(place string) {
	if _, is := l.news[place]; !is {
		l.news[place] = nil
		l.due++
	}
}

// unexpect takes back what a chat was to be told and was not, since it is not
// true any more, and returns how much that is.
func (l *ledger) unexpect() (n int) {
	for place, told := range l.news {
		if told == nil {
			delete(l.news, place)
			n++
		}
	}
	l.due -= n
	return n
}

// told reports whether a chat was told all that it is to be told.
func (l *ledger) told() bool { return l.due == 0 }

// killed notes that the process that ran since entry `from` was killed. It is
// called when all its calls have ended.
func (w *witness) killed(at time.Time) {
	k := &killing{to: w.read, at: at, alert: map[chatID]*sent{}}
	if n := len(w.kills); n > 0 {
		k.from = w.kills[n-1].to
	}
	// A chat's next message of a class is sent only when the one before is
	// noted, and no more than so many of a bot's class are sent at once.
	flights := map[demo.Platform]*[2]int{demo.Telegram: {}, demo.Bale: {}}
	for chat, l := range w.chats {
		k.alert[chat] = l.alert
		for class, last := range [...]*sent{l.reply, l.alert} {
			if last != nil && last.index >= k.from {
				flights[chat.platform][class]++
			}
		}
	}
	for _, classes := range flights {
		for class, n := range classes {
			k.allowed += min(n, w.sendersMost[class])
		}
	}
	w.kills = append(w.kills, k)
}

// killBetween returns the first kill between two entries that explains why a
// message was accepted at both: that of the process which sent it first, since
// the next ones may not have come to repeating it. It is nil when none does.
func (w *witness) killBetween(first, second int, explains func(*killing) bool) *killing {
	for _, k := range w.kills {
		if k.to > first && k.to <= second && explains(k) {
			return k
		}
	}
	return nil
}

// explains notes that m was accepted again at index because of the kill.
func (k *killing) explains(m *sent, index int) {
	k.oldest = max(k.oldest, k.at.Sub(m.at))
	m.index = index
}

// see takes the next entry of the journal.
func (w *witness) see(e demo.Entry) {
	index := w.read
	w.read++
	switch e.Kind {
	case demo.Queued:
		w.figures.queued++
	case demo.Confirmed:
		w.figures.confirmed++
	case demo.Dropped:
		w.figures.dropped++
	case demo.Refused:
		w.refused(e)
	case demo.Sent, demo.Edited:
		if e.Lost {
			w.figures.lostAnswers++
		}
		chat := chatID{e.Platform, e.Chat}
		if w.free[chat] {
			return
		}
		if place, is := announced(e.Text); is {
			w.told(chat, place, index, e)
		} else {
			w.replied(chat, index, e)
		}
	}
}

// announced reads an alert: the name of the office where it says that a card
// is. What is no alert is a reply.
func announced(text string) (place string, is bool) {
	if !strings.HasPrefix(text, locale.ServiceName+": ") {
		return "", false
	}
	for line := range strings.SplitSeq(text, "\n") {
		if name, is := strings.CutPrefix(line, placePrefix); is {
			return strings.Trim(name, isolates), true
		}
	}
	return "", true
}

// isolates are the marks that keep a name's direction to itself.
const isolates = "\u2066\u2067\u2068\u2069"

// placePrefix stands before the name of the office in an alert.
var placePrefix = strings.TrimSuffix(locale.OfficeLines(card.Office{Name: "X"}), locale.Name("X"))

// replied takes a reply.
func (w *witness) replied(chat chatID, index int, e demo.Entry) {
	l := w.of(chat)
	if len(l.owed) > 0 && l.owed[0].is(e.Text) {
		l.reply = &sent{owed: l.owed[0], index: index, at: e.At, lost: e.Lost}
		l.owed = l.owed[1:]
		w.figures.replies++
		return
	}
	if last := l.reply; last != nil && last.is(e.Text) {
		if w.repeatsLost(last, index, e) {
			return
		}
		if k := w.killBetween(last.index, index, func(*killing) bool { return true }); k != nil {
			k.explains(last, index)
			k.replies++
			w.figures.replyRepeats++
			return
		}
		w.cameAgain(last, index, "%s was given twice with no kill between, now as %v %q", w.name(chat, last.name), e.Kind, e.Text)
		return
	}
	next := "nothing"
	if len(l.owed) > 0 {
		next = l.owed[0].name
	}
	w.breaks("%s is owed next, and something else was said: %q", w.name(chat, next), e.Text)
}

// told takes an alert.
func (w *witness) told(chat chatID, place string, index int, e demo.Entry) {
	l := w.of(chat)
	before, awaited := l.news[place]
	switch {
	case !awaited:
		w.breaks("%s was told to a chat that is not to be told of it", w.name(chat, "an arrival at "+place))
	case before == nil:
		l.alert = &sent{owed: owed{name: place}, index: index, at: e.At, lost: e.Lost}
		l.news[place] = l.alert
		l.due--
		w.figures.alerts++
	case w.repeatsLost(before, index, e):
		l.alert = before
	default:
		k := w.killBetween(before.index, index, func(k *killing) bool { return k.alert[chat] == before })
		if k == nil {
			w.cameAgain(before, index, "%s was told twice, and no send in flight at a kill explains it", w.name(chat, "an arrival at "+place))
			return
		}
		k.explains(before, index)
		l.alert = before
		k.alerts++
		w.figures.alertRepeats++
	}
}

// refused takes a call that the platform refused. A repeated edit and a
// repeated answer to a callback are refused by rule; a poll is, when the one of
// a killed process has not ended yet.
func (w *witness) refused(e demo.Entry) {
	switch {
	case e.Method == "getUpdates" && e.Status == 409, e.Method == "answerCallbackQuery":
	case w.strange && (strings.Contains(e.Text, "not found") || strings.Contains(e.Text, "no such group or user")):
	case strings.Contains(e.Text, "message is not modified"):
		w.figures.unmodified++
	default:
		w.breaks("the platform refused %s: %d %s", e.Method, e.Status, e.Text)
	}
}

// end holds the program to what only shows when all is over. unheard is how
// often the program's log says that an answer did not come in time: what was
// under way then may come again, since nobody knows whether it was accepted.
func (w *witness) end(unheard int) {
	if most := unheard * (w.sendersMost[0] + w.sendersMost[1]); len(w.again) > most {
		w.broken = append(w.broken, w.again...)
	}
	for chat, l := range w.chats {
		if len(l.owed) > 0 {
			w.breaks("%s did not come, nor %d more: an update was lost", w.name(chat, l.owed[0].name), len(l.owed)-1)
		}
		for place, told := range l.news {
			if told == nil {
				w.breaks("%s was not told: an alert was lost", w.name(chat, "an arrival at "+place))
			}
		}
	}
	if f := w.figures; f.dropped > 0 || f.confirmed != f.queued {
		w.breaks("of %d updates queued, %d were confirmed and %d dropped", f.queued, f.confirmed, f.dropped)
	}
	for i, k := range w.kills {
		if repeats := k.replies + k.alerts; repeats > k.allowed {
			w.breaks("kill %d repeated %d messages with %d in flight", i+1, repeats, k.allowed)
		}
	}
}

// cameAgain notes a repeat of m that no kill explains.
func (w *witness) cameAgain(m *sent, index int, format string, args ...any) {
	m.index = index
	w.again = append(w.again, fmt.Sprintf(format, args...))
}

func (w *witness) breaks(format string, args ...any) {
	w.broken = append(w.broken, fmt.Sprintf(format, args...))
}

// name says what of which chat.
func (w *witness) name(chat chatID, what string) string {
	return fmt.Sprintf("%s %d: %s", chat.platform, chat.chat, what)
}
