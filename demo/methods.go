package demo

import (
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

// commonMethods are those that both platforms have, as far as a bot of ours
// has a use for them; any other is unknown.
var commonMethods = map[string]method{
	"getMe":                  getMe,
	"getUpdates":             getUpdates,
	"setWebhook":             setWebhook,
	"deleteWebhook":          deleteWebhook,
	"getWebhookInfo":         getWebhookInfo,
	"sendMessage":            sendMessage,
	"sendLocation":           sendLocation,
	"sendPhoto":              sendPhoto,
	"editMessageText":        editMessageText,
	"editMessageReplyMarkup": editMessageReplyMarkup,
	"deleteMessage":          deleteMessage,
	"answerCallbackQuery":    answerCallbackQuery,
	"sendChatAction":         sendChatAction,
}

// telegramMethods are those that Bale has not.
var telegramMethods = map[string]method{
	"sendVenue":             sendVenue,
	"setMyCommands":         setMyCommands,
	"getMyCommands":         getMyCommands,
	"setMyDescription":      setText("description", 512),
	"getMyDescription":      getText("description"),
	"setMyShortDescription": setText("short_description", 120),
	"getMyShortDescription": getText("short_description"),
}

// chat returns the chat that chat_id names, if the bot may write there.
func (c *call) chat() (*chat, *apiError) {
	if c.args["chat_id"] == "" {
		return nil, bad("chat_id is empty")
	}
	to := c.bot.chats[c.args.integer("chat_id", 0)]
	switch {
	case to == nil || !to.begun:
		return nil, &c.bot.rules.noChat
	case to.owner != nil && to.owner.gone:
		return nil, &apiError{403, "Forbidden: user is deactivated"}
	case to.owner != nil && to.owner.blocked:
		return nil, &apiError{403, "Forbidden: bot was blocked by the user"}
	}
	return to, nil
}

// text returns the text to send: 1 to 4096 UTF-16 units, without any markup of
// the caller's, which the server does not read.
func (c *call) text() (string, *apiError) {
	said := c.args["text"]
	switch {
	case !utf8.ValidString(said):
		return "", bad("strings must be encoded in UTF-8")
	case strings.TrimSpace(said) == "":
		return "", bad("message text is empty")
	case units(said) > 4096:
		return "", bad("message is too long")
	}
	return said, c.plain("entities")
}

// plain refuses a text that is marked up, by parse_mode or by the list of
// entities that the parameter of that name holds.
func (c *call) plain(entities string) *apiError {
	switch {
	case c.args["parse_mode"] != "" && !c.bot.rules.parseMode:
		return bad("parse_mode is not supported")
	case c.args["parse_mode"] != "":
		return bad("unsupported parse_mode")
	}
	if list := strings.TrimSpace(c.args[entities]); list != "" && list != "[]" && list != "null" {
		return bad("can't parse entities: the demo shows plain text only")
	}
	return nil
}

// units is the length of a text as the platforms count it.
func units(text string) int {
	n := 0
	for _, r := range text {
		n += utf16.RuneLen(r)
	}
	return n
}

// own returns the bot's own message that message_id names.
func (c *call) own(in *chat) (*message, *apiError) {
	if c.args["message_id"] == "" {
		return nil, bad("message identifier is not specified")
	}
	m := in.find(int(c.args.integer("message_id", 0)))
	switch {
	case m == nil:
		return nil, bad("message to edit not found")
	case m.from != nil, m.markup.kind != noMarkup && m.markup.kind != inlineKeyboard:
		return nil, bad("message can't be edited")
	}
	return m, nil
}

func getMe(c *call) (any, *apiError) {
	return struct {
		wireUser
		JoinGroups bool `json:"can_join_groups"`
		ReadAll    bool `json:"can_read_all_group_messages"`
		Inline     bool `json:"supports_inline_queries"`
	}{wireUser: c.bot.wire(), JoinGroups: true}, nil
}

func sendMessage(c *call) (any, *apiError) {
	said, refusal := c.text()
	if refusal != nil {
		return nil, refusal
	}
	return c.send(&message{text: said}, said)
}

// send puts a message of the bot's before a person; said is what the journal
// holds of it.
func (c *call) send(m *message, said string) (any, *apiError) {
	to, refusal := c.chat()
	if refusal != nil {
		return nil, refusal
	}
	keys, refusal := readMarkup(c.bot.rules, c.args["reply_markup"], to.owner != nil)
	if refusal != nil {
		return nil, refusal
	}
	m.markup, m.silent = keys, c.args.flag("disable_notification")
	c.s.add(c.bot, to, m)
	to.typing = time.Time{}
	switch keys.kind {
	case menuKeyboard:
		to.menu = m
	case removeKeyboard:
		to.menu = nil
	}
	c.s.note(c.bot, Entry{Kind: Sent, Chat: to.id, Message: m.id, Text: said, Markup: keys.raw,
		Silent: m.silent, Media: m.media, Method: c.method, Lost: c.lost})
	return m.wire(c.bot, to), nil
}

var errNotModified = bad("message is not modified: specified new message content and reply markup are exactly " +
	"the same as a current content and reply markup of the message")

func editMessageText(c *call) (any, *apiError) {
	said, refusal := c.text()
	if refusal != nil {
		return nil, refusal
	}
	return c.edit(Edited, func(*message) string { return said })
}

func editMessageReplyMarkup(c *call) (any, *apiError) {
	return c.edit(Remarked, func(m *message) string { return m.text })
}

// edit changes a message of the bot's own. Buttons that are not sent again are
// taken away.
func (c *call) edit(kind EntryKind, said func(*message) string) (any, *apiError) {
	in, refusal := c.chat()
	if refusal != nil {
		return nil, refusal
	}
	m, refusal := c.own(in)
	if refusal != nil {
		return nil, refusal
	}
	keys, refusal := readMarkup(c.bot.rules, c.args["reply_markup"], in.owner != nil)
	switch {
	case refusal != nil:
		return nil, refusal
	case keys.kind != noMarkup && keys.kind != inlineKeyboard:
		return nil, bad("inline keyboard expected")
	case kind == Edited && (m.location != nil || m.media != ""):
		return nil, bad("there is no text in the message to edit")
	case m.text == said(m) && m.markup.same(keys):
		return nil, errNotModified
	}
	m.text, m.markup, m.edited = said(m), keys, c.s.now()
	c.s.touch(in)
	c.s.note(c.bot, Entry{Kind: kind, Chat: in.id, Message: m.id, Text: m.text, Markup: keys.raw,
		Method: c.method, Lost: c.lost})
	return m.wire(c.bot, in), nil
}

func deleteMessage(c *call) (any, *apiError) {
	in, refusal := c.chat()
	if refusal != nil {
		return nil, refusal
	}
	if c.args["message_id"] == "" {
		return nil, bad("message identifier is not specified")
	}
	m := in.find(int(c.args.integer("message_id", 0)))
	switch {
	case m == nil:
		return nil, bad("message to delete not found")
	case c.s.now().Sub(m.at) >= 48*time.Hour:
		return nil, bad("message can't be deleted for everyone")
	}
	m.deleted = true
	if in.menu == m {
		in.menu = nil
	}
	c.s.touch(in)
	c.s.note(c.bot, Entry{Kind: Deleted, Chat: in.id, Message: m.id, Method: c.method, Lost: c.lost})
	return true, nil
}

// answerCallbackQuery is taken once for each press.
func answerCallbackQuery(c *call) (any, *apiError) {
	pressed := c.bot.callbacks[c.args["callback_query_id"]]
	switch {
	case pressed == nil || pressed.answered:
		return nil, bad("query is too old and response timeout expired or query ID is invalid")
	case units(c.args["text"]) > 200:
		return nil, bad("MESSAGE_TOO_LONG")
	}
	pressed.answered = true
	notice := Notice{Text: c.args["text"], Alert: c.args.flag("show_alert")}
	if notice.Text != "" && !pressed.user.old {
		pressed.chat.notices = append(pressed.chat.notices, notice)
	}
	c.s.touch(pressed.chat)
	c.s.note(c.bot, Entry{Kind: Answered, Chat: pressed.chat.id, Update: pressed.update, Message: pressed.message,
		Text: notice.Text, Alert: notice.Alert, Method: c.method, Lost: c.lost})
	return true, nil
}

var chatActions = set("typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice",
	"upload_document", "choose_sticker", "find_location", "record_video_note", "upload_video_note")

func sendChatAction(c *call) (any, *apiError) {
	in, refusal := c.chat()
	switch {
	case refusal != nil:
		return nil, refusal
	case !chatActions[c.args["action"]]:
		return nil, bad("wrong parameter action in request")
	}
	in.typing = c.s.now()
	c.s.touch(in)
	return true, nil
}
