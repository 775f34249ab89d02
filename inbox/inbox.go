package inbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"kartyar/bot"
	"kartyar/card"
	"kartyar/store"
)

// Gate says when a bot may send. A *bot.Client is one.
type Gate interface {
	// Available reports whether sending makes sense at now, and if not, when
	// to look again.
	Available(now time.Time) (ok bool, wait time.Duration)
	// ChatWait returns how long after now the chat has to wait for its pace.
	ChatWait(chat int64, now time.Time) time.Duration
}

// Sender is one bot on its platform. A *bot.Client is one.
type Sender interface {
	Gate
	// SendInTurn says to a chat, when its turn has come, what say then gives.
	// Its errors are *bot.Error, say's as it is, or the context's.
	SendInTurn(ctx context.Context, class bot.Class, chat int64, say func(context.Context) (bot.Reply, error)) (messageID int, err error)
	// AnswerCallback stops the spinner of a pressed button.
	AnswerCallback(ctx context.Context, id string) error
}

// Options is what an Inbox is made of. All functions are needed; those with a
// Tx run within store.Update and keep to its rules.
type Options struct {
	Store *store.Store
	// Senders are the bots that are served. Rows of other bots stay as they
	// are.
	Senders map[card.Bot]Sender
	// Decode reads one update; its error means that it cannot be read.
	Decode func(from card.Bot, raw bot.Raw) (bot.Update, error)
	// ChatOf reads the chat of an update, also of one that Decode refuses.
	ChatOf func(raw []byte) (chat int64, ok bool)
	// Handle does what an update asks for and returns what to answer.
	Handle func(tx *store.Tx, now time.Time, u bot.Update) ([]bot.Reply, error)
	// Renew renders a reply anew that shows a status and leaves late.
	Renew func(tx *store.Tx, now time.Time, chat card.ChatKey, r bot.Reply) (bot.Reply, error)
	// Blocked notes that a chat can no longer be written to.
	Blocked func(tx *store.Tx, now time.Time, chat card.ChatKey) error
	// Lost notes that a reply that shows a status, of an update handled at the
	// given time, will never be said; nil when nobody needs to know.
	Lost func(tx *store.Tx, now time.Time, chat card.ChatKey, r bot.Reply, handled time.Time) error
	// Flood is said to a chat that wrote so much that dropped of its updates
	// were not kept.
	Flood func(dropped int) bot.Reply
	// Sorry is said when an update was set aside.
	Sorry func() bot.Reply
	// Tried hears why an update could not be handled, "undecodable", "error" or
	// "panic", and whether it is set aside now; may be nil.
	Tried func(reason string, aside bool)
	// Workers is how many chats of one bot are served at the same time; 0
	// means 64.
	Workers int
	// Grace is how long what is in hand may take to finish when Run ends; 0
	// means 10 s.
	Grace time.Duration
	Now   func() time.Time // nil means time.Now
	Log   zerolog.Logger
}

const (
	defaultWorkers = 64
	defaultGrace   = 10 * time.Second
	lastNote       = 10 * time.Second // for noting what was accepted, once nothing more is sent
)

// Inbox is the inbox of some bots. Its methods may be used by many goroutines;
// Run runs once.
type Inbox struct {
	Options
	loaded chan struct{} // closed when Run knows the rows on disk
	wake   chan struct{} // tells Run that a lane was parked before all others
	hands  sync.WaitGroup
	riding sync.WaitGroup // calls of Keep that have lanes in their commit
	until  func(time.Time) (fired <-chan time.Time, stop func() bool)
	note   func(context.Context, func(*store.Tx) error) error // the store's, of replies that were accepted

	mu       sync.Mutex
	lanes    map[laneKey]*lane // those that have rows
	parked   parking
	notes    notes
	inHand   int // parked lanes whose row is in memory
	pools    map[card.Bot]*pool
	ctx      context.Context // of what is in hand; it outlives Run's by the grace
	stopping bool
}

// New returns an inbox that does nothing yet.
func New(o Options) *Inbox {
	if o.Workers <= 0 {
		o.Workers = defaultWorkers
	}
	if o.Grace <= 0 {
		o.Grace = defaultGrace
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	i := &Inbox{
		Options: o,
		loaded:  make(chan struct{}),
		wake:    make(chan struct{}, 1),
		lanes:   map[laneKey]*lane{},
		pools:   map[card.Bot]*pool{},
		note:    o.Store.UpdateGathered,
		notes:   notes{soon: make(chan struct{}, 1), linger: noteLinger},
	}
	i.until = func(t time.Time) (<-chan time.Time, func() bool) {
		timer := time.NewTimer(t.Sub(i.Now()))
		return timer.C, timer.Stop
	}
	for from, sender := range o.Senders {
		i.pools[from] = &pool{sender: sender}
	}
	return i
}

// Run takes up what the store holds, received rows to be handled and handled
// rows to be sent, and serves until ctx ends. Then it begins nothing new,
// waits for what is in hand, at most for the grace, and leaves the rest in the
// store. It returns an error only when the store cannot be read at the start.
func (i *Inbox) Run(ctx context.Context) error {
	hand, drop := context.WithCancel(context.WithoutCancel(ctx))
	defer drop()
	i.mu.Lock()
	i.ctx = hand
	i.mu.Unlock()
	if err := i.load(ctx); err != nil {
		return err
	}
	close(i.loaded)
	i.hands.Go(func() { i.tidyHourly(ctx) })
	var noting sync.WaitGroup
	over := make(chan struct{})
	noting.Go(func() { i.noteAccepted(hand, over) })
	i.serve(ctx)

	i.mu.Lock()
	i.stopping = true
	i.mu.Unlock()
	grace := time.AfterFunc(i.Grace, drop)
	defer grace.Stop()
	i.hands.Wait()
	i.riding.Wait()
	close(over)
	noting.Wait()
	i.noteLast(hand)
	return nil
}

// serve lets parked lanes go on when their time comes, until ctx ends.
func (i *Inbox) serve(ctx context.Context) {
	for {
		var fired <-chan time.Time
		stop := func() bool { return true }
		if next, ok := i.unpark(); ok {
			fired, stop = i.until(next)
		}
		select {
		case <-ctx.Done():
			stop()
			return
		case <-i.wake:
		case <-fired:
		}
		stop()
	}
}

// load puts the rows of the store into their lanes. Damaged ones it leaves out:
// the chat of one is not known, so its others go on in their order without it.
func (i *Inbox) load(ctx context.Context) error {
	var arrivals []arrival
	var pressed []store.Update
	var damaged []uint64
	strangers := 0
	err := i.Store.View(ctx, func(tx *store.Tx) error {
		return tx.Inbox(func(row store.Update, unread error) error {
			if unread != nil {
				damaged = append(damaged, row.Seq)
				return nil
			}
			if i.pools[row.Bot] == nil {
				strangers++
				return nil
			}
			if !row.Handled && mayBeCallback(row.Raw) {
				pressed = append(pressed, row)
			}
			arrivals = append(arrivals, arrived(row))
			return nil
		})
	})
	if err != nil {
		return fmt.Errorf("reading the inbox: %w", err)
	}
	if strangers > 0 {
		i.Log.Debug().Int("rows", strangers).Msg("the inbox holds updates of a bot that is not served here; they stay as they are")
	}
	i.enqueue(arrivals)
	i.answer(pressed) //nolint:contextcheck // what is in hand outlives ctx by the grace
	i.dropDamaged(ctx, damaged)
	return nil
}

// dropAtOnce is how many rows one commit drops.
const dropAtOnce = 1000

// dropDamaged takes damaged rows out of the store, which no later start could
// read either, and says so once, though each bot's inbox meets them. If that
// fails they are left to the next start.
func (i *Inbox) dropDamaged(ctx context.Context, damaged []uint64) {
	dropped := 0
	for some := range slices.Chunk(damaged, dropAtOnce) {
		n := 0
		err := i.Store.Update(ctx, func(tx *store.Tx) (err error) {
			n, err = tx.DropDamagedUpdates(some)
			return err
		})
		if err != nil {
			if ctx.Err() == nil {
				i.Log.Error().Err(err).Int("rows", len(damaged)-dropped).Msg("damaged rows of the inbox are left out and could not be removed; the next start tries again")
			}
			break
		}
		dropped += n
	}
	if dropped > 0 {
		i.Log.Error().Int("rows", dropped).
			Msg("rows of the inbox were damaged and are removed: nobody can read any more to which bot somebody wrote, nor what; all others are handled")
	}
}

// isStores reports whether an error is the store's own or that of a context
// that ended: it says nothing about the update in hand.
func isStores(err error) bool {
	own := []error{store.ErrNoRoom, store.ErrClosed, context.Canceled, context.DeadlineExceeded}
	return slices.ContainsFunc(own, func(e error) bool { return errors.Is(err, e) })
}
