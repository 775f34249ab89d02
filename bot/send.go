package bot

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Send says r to the chat when it is the chat's turn: see [Client.SendInTurn].
func (c *Client) Send(ctx context.Context, class Class, chat int64, r Reply) (messageID int, err error) {
	return c.SendInTurn(ctx, class, chat, func(context.Context) (Reply, error) { return r, nil })
}

// SendInTurn waits for the bot's and the chat's turn (see [Client.ChatWait] for
// not doing so), has say tell what there is to say by then, says that to the
// chat, and returns the number of the message that the person now sees (0 when
// the platform does not tell it). It gives back an error of say as it is, and
// then says nothing.
//
// An edit that the platform refuses becomes a new message; one that changes
// nothing has succeeded. A venue that the platform refuses becomes its text,
// and so does a picture, also one that cannot be drawn. A text that is refused with
// its keyboard goes without.
//
// A send whose answer was lost is an Outage, and so is one that the platform
// took just before the connection broke: the Bot API has no key by which it
// would know the second attempt again. Callers repeat both, replies and alerts
// alike: a double is better than none. The same holds when ctx ends while a
// call is under way.
//
// While the platform is down, or refuses the bot everywhere, nothing is tried: the
// answer is an Outage that says when to come again.
func (c *Client) SendInTurn(ctx context.Context, class Class, chat int64, say func(context.Context) (Reply, error)) (messageID int, err error) {
	t := &turn{class: class, chat: chat}
	if err := c.await(ctx, "sendMessage", t); err != nil {
		return 0, err
	}
	r, err := say(ctx)
	if err != nil {
		return 0, err
	}
	if t.group = r.Group; t.group {
		c.gate.toGroup(chat)
	}
	return c.sendReply(ctx, t, r)
}

// turn is that of a message, in the line of its class.
type turn struct {
	class Class
	chat  int64
	group bool // the chat is one; known once the turn has come
	come  bool // and not used yet
}

// await waits until t has come.
func (c *Client) await(ctx context.Context, method string, t *turn) error {
	if t.come {
		return nil
	}
	if err := c.gate.acquire(ctx, t.class, t.chat); err != nil {
		var closed closedFor
		if errors.As(err, &closed) {
			return notTried(method, Outage, time.Duration(closed))
		}
		return fmt.Errorf("%s: waiting for its turn: %w", method, err)
	}
	t.come = true
	return nil
}

// sendReply says r. The first call uses the turn, each further one waits for one
// more.
func (c *Client) sendReply(ctx context.Context, t *turn, r Reply) (messageID int, err error) {
	if r.Venue != nil {
		id, err := c.sendVenue(ctx, t, r)
		// A bare 404 may be the platform's word for a method that it has not.
		if e := asError(err); e == nil || e.Kind != Refused && e.Code != 404 {
			return id, err
		}
		r.Edit = 0
	}
	var room [5]parameter
	params := c.messageParams(room[:0], t.chat, r)
	if r.Edit != 0 && editable(r.Keyboard.Kind) {
		id, err := c.send(ctx, t, "editMessageText", params.withNumber("message_id", int64(r.Edit)))
		if err == nil {
			if id == 0 {
				id = r.Edit
			}
			return id, nil
		}
		e := asError(err)
		if e != nil && strings.Contains(strings.ToLower(e.Description), "not modified") {
			return r.Edit, nil
		}
		// A bare 404 may be the platform's word for a message that is gone.
		if e == nil || !e.Permanent() && e.Kind != Forbidden && e.Code != 404 {
			return 0, err
		}
	}
	if r.Silent && c.profile.Silence {
		params = params.with("disable_notification", "true")
	}
	if photo := c.photo(r, params); photo != nil {
		id, err := c.sendWith(ctx, t, "sendPhoto", params, photo)
		if e := asError(err); e == nil || e.Kind != Refused && e.Code != 404 {
			return id, err
		}
		// A bare 404 is how a platform without the method may say so.
	}
	id, err := c.send(ctx, t, "sendMessage", params)
	plain := params.without("reply_markup")
	if e := asError(err); e == nil || e.Kind != Refused || len(plain) == len(params) {
		return id, err
	}
	// A keyboard is where a platform finds most fault, and a person can do without:
	// what its buttons do can be written.
	return c.send(ctx, t, "sendMessage", plain)
}

// sendVenue shows a place on a map, as a new message.
func (c *Client) sendVenue(ctx context.Context, t *turn, r Reply) (int, error) {
	params := c.messageParams(nil, t.chat, r)
	params = params.without("text", "link_preview_options").
		with("latitude", strconv.FormatFloat(r.Venue.Latitude, 'f', -1, 64)).
		with("longitude", strconv.FormatFloat(r.Venue.Longitude, 'f', -1, 64))
	if r.Silent && c.profile.Silence {
		params = params.with("disable_notification", "true")
	}
	if !c.profile.Venue {
		return c.send(ctx, t, "sendLocation", params)
	}
	params = params.with("title", c.profile.text(r.Venue.Title)).with("address", c.profile.text(r.Venue.Address))
	return c.send(ctx, t, "sendVenue", params)
}

// editable reports whether an edit can carry a keyboard of the kind: menus
// come and go with new messages only.
func editable(k KeyboardKind) bool { return k == KeyboardNone || k == KeyboardInline }

// AnswerCallback tells the platform that a pressed button was noticed, which
// stops its spinner. It takes no token and waits for no turn; while the bot is
// paused, the platform is down or wants no such answers, it fails at once, since a
// late answer is worth nothing.
func (c *Client) AnswerCallback(ctx context.Context, id string) error {
	const method = "answerCallbackQuery"
	if wait, why := c.gate.unanswerable(c.now()); wait > 0 {
		return notTried(method, why, wait)
	}
	_, err := c.call(ctx, method, parameters(nil).with("callback_query_id", id), c.timeout)
	if e := asError(err); e != nil && e.Kind == Limited {
		c.gate.muted(e.RetryAfter)
		c.tell(err)
	}
	return err
}

// ChatWait returns how long after now a message to the chat would wait for the
// chat's own limit, so that a caller can see to another chat meanwhile.
func (c *Client) ChatWait(chat int64, now time.Time) time.Duration {
	c.gate.mu.Lock()
	defer c.gate.mu.Unlock()
	return c.gate.limits.chatWait(chat, now)
}

// Available reports whether sending makes sense at now. If not, the platform
// is down, refuses the bot or has told it to wait, and wait says when to look again;
// that is nobody's failed attempt.
func (c *Client) Available(now time.Time) (ok bool, wait time.Duration) {
	wait, _ = c.gate.closed(now)
	return wait <= 0, wait
}

// Forbidden reports whether the platform refuses the bot everywhere (403): many
// chats in a row refused it and nobody was served in between. known is false while
// nothing has shown that or the contrary.
func (c *Client) Forbidden() (is, known bool) { return c.gate.forbidden() }

// send makes one call that puts a message before a person, in its turn.
func (c *Client) send(ctx context.Context, t *turn, method string, params parameters) (int, error) {
	return c.sendWith(ctx, t, method, params, nil)
}

// sendWith is send with a file to upload, nil for none.
func (c *Client) sendWith(ctx context.Context, t *turn, method string, params parameters, file *payload) (int, error) {
	if err := c.await(ctx, method, t); err != nil {
		return 0, err
	}
	t.come = false
	l, wait := c.gate.try()
	if !l.ok {
		return 0, notTried(method, Outage, wait)
	}
	number, err := c.callFor(ctx, "result.message_id", method, params, file, c.timeout)
	c.gate.note(l, t.chat, t.group, err)
	if ctx.Err() == nil {
		c.sent(t.class, err)
	}
	if err != nil {
		c.tell(err)
		return 0, err
	}
	// Accepted, even if the result does not name the message.
	id, _ := whole(number)
	return int(id), nil
}

// notTried is the error of a call that was not made.
func notTried(method string, kind ErrorKind, wait time.Duration) error {
	return &Error{Kind: kind, Method: method, RetryAfter: wait, Description: "not tried: the platform is down, refuses the bot or asked to wait"}
}

// messageParams adds the parameters that a new message and an edit share.
func (c *Client) messageParams(params parameters, chat int64, r Reply) parameters {
	params = params.withNumber("chat_id", chat).with("text", c.profile.text(r.Text))
	if c.profile.NoPreview {
		params = params.with("link_preview_options", `{"is_disabled":true}`)
	}
	if shown := c.profile.shown(r.Keyboard); shown.Kind != KeyboardNone {
		params = append(params, parameter{name: "reply_markup", keyboard: shown})
	}
	return params
}
