package demo

import (
	"net/http"
	"time"
)

// profile is how one platform differs from the other.
type profile struct {
	firstUpdate int64
	firstUser   int64
	firstGroup  int64
	groupStep   int64 // what the next group's id adds

	keepUpdates int           // how many unconfirmed updates are kept; 0 is all
	keepFor     time.Duration // and for how long
	longestPoll time.Duration // a longer timeout is cut; 0 is no limit

	methods     map[string]method
	foldMethods bool // method names are matched without regard to case
	// membership: my_chat_member tells of a block, and allowed_updates chooses
	// the kinds of update.
	membership bool
	parseMode  bool // parse_mode exists
	entities   bool // messages carry their commands as entities
	forceReply bool
	markdown   bool // every text is parsed as Bale's own Markdown

	inlineActions map[string]bool // the ways in which an inline button can act
	menuRequests  map[string]bool // the ways in which a menu button can act

	unknownToken  apiError
	unknownMethod apiError
	noChat        apiError
}

// profiles holds the rules of each platform; it is never changed.
var profiles = map[Platform]*profile{
	Telegram: {
		firstUpdate: 512_000_001,
		firstUser:   7_100_000_001, // beyond 32 bits, as new accounts are
		firstGroup:  -4_200_000_001,
		groupStep:   -1,
		keepFor:     24 * time.Hour,
		longestPoll: 50 * time.Second,
		methods:     methodsOf(commonMethods, telegramMethods),
		foldMethods: true,
		membership:  true,
		parseMode:   true,
		entities:    true,
		forceReply:  true,
		inlineActions: set("url", "callback_data", "web_app", "login_url", "switch_inline_query",
			"switch_inline_query_current_chat", "switch_inline_query_chosen_chat", "copy_text", "callback_game", "pay"),
		menuRequests:  set("request_contact", "request_location", "request_poll", "request_users", "request_chat", "web_app"),
		unknownToken:  apiError{http.StatusUnauthorized, "Unauthorized"},
		unknownMethod: apiError{http.StatusNotFound, "Not Found: method not found"},
		noChat:        apiError{http.StatusBadRequest, "Bad Request: chat not found"},
	},
	Bale: {
		firstUpdate:   0,
		firstUser:     2_251_799_813_685_249, // ids have up to 52 bits
		firstGroup:    4_400_000_000_001,     // a group's id has no sign
		groupStep:     1,
		keepUpdates:   2000,
		keepFor:       24 * time.Hour,
		methods:       commonMethods,
		markdown:      true,
		inlineActions: set("url", "callback_data", "web_app", "copy_text"),
		menuRequests:  set("request_contact", "request_location", "web_app"),
		// Nobody has written down how Bale words a wrong token or method; the
		// wording for a chat it does not know is the one that bots in the field
		// look for.
		unknownToken:  apiError{http.StatusUnauthorized, "Unauthorized"},
		unknownMethod: apiError{http.StatusNotFound, "Not Found"},
		noChat:        apiError{http.StatusBadRequest, "Bad Request: no such group or user"},
	},
}

func set(names ...string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, name := range names {
		m[name] = true
	}
	return m
}

func methodsOf(tables ...map[string]method) map[string]method {
	all := map[string]method{}
	for _, table := range tables {
		for name, do := range table {
			all[name] = do
		}
	}
	return all
}
