// Package inbox takes an update from the platform to a sent reply: it keeps
// what was polled, handles the updates of one chat in their order and those of
// different chats at the same time, and sends the replies.
//
// A row of the inbox is in the store, in one of these states:
//
//	polled ──Keep──▶ received ──handled──▶ handled ──last reply accepted──▶ gone
//	                 │  ▲   │              ▲     │
//	      fails (1st,│  │   │ no replies   │     ├─ a reply accepted: it leaves the row
//	       2nd time) └──┘   └──▶ gone      │     ├─ the chat refuses us (Blocked) ──▶ gone
//	                 │                     │     └─ 24 hours old ──▶ gone
//	                 │ fails the third time│
//	                 └──▶ set aside, the row answers «sorry»
//
// Each arrow is a synced commit; where nothing of the chat waits, the first two
// are one, and the row is never there as received. Rows whose last reply was
// accepted go with whatever is kept next, or together when nothing is for some
// milliseconds. "Handled" is one commit
// together with all effects of the update and its rendered replies, so a crash
// before it leaves the update to be handled, by the platform's next delivery if
// it was not kept, and a crash after it leaves replies to be sent: effects
// happen once. A reply leaves its row before the chat's next one is sent, so a
// crash repeats at most one reply of a chat, of those answered a moment before.
//
// The rows of one chat stand in a lane. A lane is idle (nothing waits), ready
// (waits for one of its bot's workers), in a worker's hands, waiting for a commit
// that takes out a row that is done with, or parked: until its pace, a not-before
// time, a 429, an outage or a failed try lets it go on. A lane that waits or is
// parked holds no worker, and a lane that still has rows goes to the
// end of the queue after each, so no chat delays another; each bot has workers
// of its own, so no platform delays the other. In memory a row is its number;
// the row itself is read when its turn comes, unless it was handled a moment ago.
package inbox
