package handlers

import (
	"maps"
	"sync"
	"time"

	"kartyar/bot"
	"kartyar/card"
	"kartyar/locale"
)

const (
	// groupAgain is how long a group is not answered again: anybody may bring the
	// bot into any number of them and write there all day, and each answer takes
	// the place of one to a person.
	groupAgain = time.Hour
	// groupsMost is how many groups are answered in that time, all together.
	groupsMost = 1000
)

// groups is when chats that are not private were answered, of this process and in
// memory alone: after a restart they are once more.
type groups struct {
	mu       sync.Mutex
	answered map[card.ChatKey]time.Time
}

func newGroups() *groups { return &groups{answered: map[card.ChatKey]time.Time{}} }

// answer is that to what does not come from a private chat: one sentence, now and
// then, to what was written. Nothing is kept of it.
func (g *groups) answer(now time.Time, chat card.ChatKey, u bot.Update) []bot.Reply {
	if u.Kind != bot.KindMessage || u.Text == "" && u.Contact == nil || !g.mayAnswer(now, chat) {
		return nil
	}
	return []bot.Reply{{Text: locale.GroupNotice(), Group: true}}
}

// mayAnswer reports whether a chat may be answered now, and notes that it is.
func (g *groups) mayAnswer(now time.Time, chat card.ChatKey) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if at, is := g.answered[chat]; is && now.Sub(at) < groupAgain {
		return false
	}
	if len(g.answered) >= groupsMost {
		maps.DeleteFunc(g.answered, func(_ card.ChatKey, at time.Time) bool { return now.Sub(at) >= groupAgain })
	}
	if _, is := g.answered[chat]; !is && len(g.answered) >= groupsMost {
		return false
	}
	g.answered[chat] = now
	return true
}
