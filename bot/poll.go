package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"hash/maphash"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/rs/zerolog"
	"github.com/tidwall/gjson"
)

const (
	defaultPollTimeout = 30 * time.Second // Telegram clamps to 50 s, Bale names no maximum
	defaultPollLimit   = 100              // the most that either platform gives

	backoffFirst, backoffLast   = time.Second, 30 * time.Second
	conflictFirst, conflictLast = 5 * time.Second, 5 * time.Minute
	idleFirst, idleLast         = 50 * time.Millisecond, time.Second
	// atOnce is how soon an answer that brings nothing came too soon to have
	// been a long poll.
	atOnce = time.Second
)

// Raw is one update as the platform sent it.
type Raw struct {
	UpdateID int64  // the platform's, or a guess when it cannot be read: see GetUpdates
	Body     []byte // the update's JSON
	guessed  bool
	valid    bool // it is known to be JSON, as part of an answer that is
}

// object reads the update as an object. Its fields stand in room while they fit.
func (r Raw) object(room object) (object, error) {
	if r.valid {
		return split(string(r.Body), room)
	}
	return readObject(r.Body, room)
}

// PollOptions are the parameters of Poll.
type PollOptions struct {
	Timeout time.Duration // of the long poll; 0 means 30 s
	Limit   int           // updates in a batch, 1 to 100; 0 means 100
}

// GetUpdates asks once for the updates from offset on (0: from the first that
// is not confirmed), which confirms all before offset.
//
// Each update is left undecoded. One whose update_id cannot be read gets the
// lowest that it can have where it stands, so that it can be kept, set aside
// (Decode refuses it) and confirmed, and nothing that was not received is
// confirmed with it.
func (c *Client) GetUpdates(ctx context.Context, offset int64, limit int, timeout time.Duration) ([]Raw, error) {
	params := parameters(nil).withNumber("limit", int64(limit)).withNumber("timeout", int64(timeout/time.Second))
	if offset != 0 {
		params = params.withNumber("offset", offset)
	}
	if len(c.profile.AllowedUpdates) > 0 {
		names, err := json.Marshal(c.profile.AllowedUpdates)
		if err != nil {
			return nil, fmt.Errorf("writing allowed_updates: %w", err)
		}
		params = params.with("allowed_updates", string(names))
	}
	result, err := c.call(ctx, "getUpdates", params, timeout+pollGrace)
	if err != nil {
		return nil, err
	}
	list := gjson.Parse(result) // valid, as part of an answer that is
	if list.Type != gjson.Null && !list.IsArray() {
		return nil, &Error{Method: "getUpdates", Description: "the result is no list"}
	}
	return number(list, offset), nil
}

// number gives each update its id, inferred for those whose own cannot be
// read: ids rise within a batch, so it is at least one more than that of the
// update before it, or than what the batch began with.
func number(list gjson.Result, offset int64) []Raw {
	if !list.IsArray() {
		return nil
	}
	var batch []Raw
	next := max(offset, 0)
	list.ForEach(func(_, update gjson.Result) bool {
		id, ok := updateID(update.Raw)
		if !ok {
			id = next
		}
		if batch == nil { // the others are about as long
			batch = make([]Raw, 0, min(1+len(list.Raw)/(len(update.Raw)+1), defaultPollLimit))
		}
		batch = append(batch, Raw{UpdateID: id, Body: []byte(update.Raw), guessed: !ok, valid: true})
		next = id + 1
		return true
	})
	return batch
}

// updateID reads the id of an update that is part of valid JSON.
func updateID(update string) (int64, bool) {
	id, ok := whole(gjson.Get(update, "update_id").Raw)
	return id, ok && id >= 0 && id < math.MaxInt64
}

// Poll asks for updates until ctx ends, and then returns why it ended. Each
// batch is given to keep, in the order in which it came; only when keep has
// returned nil, and so has made it durable, is it confirmed, by the next
// request. When keep fails it is called again with the same batch, after a
// wait, and nothing is asked for meanwhile. Handling is the caller's, beside
// the loop.
//
// After each start it asks from what the platform has not seen confirmed;
// there is no high-water mark, because Telegram may begin anywhere after a
// quiet week. So updates may come again after a restart, and keep has to know
// them.
//
// A network that is down, an outage and another poller are waited out. The
// one error that ends Poll is a token that the platform refuses; it matches
// ErrUnauthorized.
func (c *Client) Poll(ctx context.Context, keep func(ctx context.Context, batch []Raw) error, o PollOptions) error {
	if o.Timeout <= 0 {
		o.Timeout = defaultPollTimeout
	}
	if o.Limit <= 0 {
		o.Limit = defaultPollLimit
	}
	p := &poller{Client: c, keep: keep, options: o, limit: o.Limit, webhook: c.profile.DropWebhook, last: map[uint64][]byte{}, seed: maphash.MakeSeed()}
	for {
		wait, err := p.once(ctx)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil {
			return err
		}
		if err := pause(ctx, wait); err != nil {
			return err
		}
	}
}

// poller is the state of one Poll.
type poller struct {
	*Client
	keep    func(context.Context, []Raw) error
	options PollOptions

	offset  int64             // what the next request confirms up to
	limit   int               // updates that the next request asks for
	last    map[uint64][]byte // the bodies of the batch before, all kept, by their hashes
	seed    maphash.Seed
	webhook bool // deleteWebhook has to be called first

	failures   int       // in a row
	conflicts  int       // in a row
	conflicted time.Time // when the last conflict was
	idle       int       // answers in a row that came at once with nothing new
	told       troubles
}

// once asks for one batch and has it kept. It returns how long to wait before
// the next, and an error only for what ends polling.
func (p *poller) once(ctx context.Context) (time.Duration, error) {
	if p.webhook {
		if err := p.DeleteWebhook(ctx); err != nil && !refused(err) {
			return p.failed(ctx, err)
		}
		p.webhook = false
	}
	asked := p.now()
	batch, err := p.GetUpdates(ctx, p.offset, p.limit, p.options.Timeout)
	if ctx.Err() == nil {
		p.polled(err)
	}
	batch, again, err := p.notTooLong(batch, err)
	if err != nil {
		return p.failed(ctx, err)
	}
	if p.failures > 0 {
		p.log.Info().Msg("polling works again")
	}
	p.failures = 0
	took := p.now().Sub(asked)
	if again {
		return 0, nil
	}
	p.limit = min(2*p.limit, p.options.Limit)
	fresh := p.fresh(batch)
	if len(fresh) > 0 {
		if err := p.store(ctx, fresh); err != nil {
			return 0, err
		}
	}
	p.confirm(batch)
	if len(fresh) > 0 || took >= min(atOnce, p.options.Timeout) {
		p.idle = 0
		return 0, nil
	}
	p.idle++
	return grow(idleFirst, idleLast, p.idle), nil
}

// fresh returns the updates that were not in the batch before: a server that
// ignores the offset sends the same ones for ever.
func (p *poller) fresh(batch []Raw) []Raw {
	first := slices.IndexFunc(batch, p.stale)
	if first < 0 {
		return batch
	}
	fresh := slices.Clone(batch[:first]) // the batch itself is still to be confirmed
	for _, r := range batch[first:] {
		if !p.stale(r) {
			fresh = append(fresh, r)
		}
	}
	return fresh
}

// stale reports whether an update was in the batch before.
func (p *poller) stale(r Raw) bool {
	return len(p.last) > 0 && bytes.Equal(p.last[maphash.Bytes(p.seed, r.Body)], r.Body)
}

// store has the batch kept, however long that takes.
func (p *poller) store(ctx context.Context, batch []Raw) error {
	unread := 0
	for _, r := range batch {
		if r.guessed {
			unread++
		}
	}
	if unread > 0 {
		p.log.Warn().Int("updates", unread).Msg("updates came without a readable update_id; they are kept to be set aside")
	}
	for try := 1; ; try++ {
		err := p.keep(ctx, batch)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		wait := jitter(grow(backoffFirst, backoffLast, try))
		p.log.Error().Err(err).Int("updates", len(batch)).Dur("wait", wait).Msg("updates could not be kept; they stay unconfirmed and are tried again")
		if err := pause(ctx, wait); err != nil {
			return err
		}
	}
}

// confirm notes that all of the batch is kept.
func (p *poller) confirm(batch []Raw) {
	if len(batch) == 0 {
		return
	}
	p.offset = batch[0].UpdateID + 1
	clear(p.last)
	for _, r := range batch {
		p.offset = max(p.offset, r.UpdateID+1)
		p.last[maphash.Bytes(p.seed, r.Body)] = r.Body
	}
}

// failed says how long to wait after a failed call, or returns the error that
// ends polling.
func (p *poller) failed(ctx context.Context, err error) (time.Duration, error) {
	e := asError(err)
	if e == nil || ctx.Err() != nil {
		return 0, err
	}
	log := p.warn(e)
	switch e.Kind {
	case Unauthorized:
		return 0, fmt.Errorf("%s does not know this bot's token: look for a typing error, or take a new token: %w", p.profile.Platform, err)
	case Webhook:
		p.webhook = true
		wait := p.conflictWait()
		if p.conflicts == 1 { // again and again only if somebody keeps setting it
			wait = 0
		}
		log.Dur("wait", wait).Msg("a webhook was set for this bot; it is taken away, because polling is refused beside it")
		return wait, nil
	case Conflict:
		wait := p.conflictWait()
		log.Dur("wait", wait).Msg("another program polls with this bot's token: stop one of the two, or take a new token if nobody knows the other")
		return wait, nil
	case Limited:
		log.Dur("wait", e.RetryAfter).Msg("the platform asks to poll later")
		return e.RetryAfter, nil
	}
	p.failures++
	wait := jitter(grow(backoffFirst, backoffLast, p.failures))
	log.Dur("wait", wait).Msg("polling failed; it is tried until it works")
	return wait, nil
}

// warn begins a log line about a failed call: a warning, unless its kind was
// told of just before.
func (p *poller) warn(e *Error) *zerolog.Event {
	say, unsaid := p.told.note(e.Kind, p.now())
	if !say {
		return p.log.Debug().Err(e)
	}
	return p.log.Warn().Err(e).Int("more", unsaid)
}

// conflictWait grows from conflict to conflict. The one who asks last wins, so
// two pollers each succeed now and then: only a long peace makes it short
// again.
func (p *poller) conflictWait() time.Duration {
	now := p.now()
	if now.Sub(p.conflicted) > 2*conflictLast {
		p.conflicts = 0
	}
	p.conflicts++
	p.conflicted = now
	return grow(conflictFirst, conflictLast, p.conflicts)
}

// grow returns the n-th wait of a series that doubles from first up to last.
func grow(first, last time.Duration, n int) time.Duration {
	for wait := first; ; wait *= 2 {
		if n--; n <= 0 || wait >= last {
			return min(wait, last)
		}
	}
}

// jitter returns a wait between half of d and d, so that many programs do not
// come back together.
func jitter(d time.Duration) time.Duration {
	return d/2 + rand.N(d/2+1) //nolint:gosec // nobody gains by guessing it
}

// pause waits for d, or until ctx ends, and then returns why.
func pause(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// refused reports whether the platform will never do what was asked.
func refused(err error) bool {
	e := asError(err)
	return e != nil && (e.Permanent() || e.Kind == Forbidden)
}
