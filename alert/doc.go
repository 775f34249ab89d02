// Package alert is the way from a record to a message: what a new row means
// (Rules.Apply is the one door for all of them), whom it concerns, when they
// are told and reminded, and what becomes of a message that could not be sent.
//
// The two halves meet only in the store. One writes, in the transaction that
// takes the row in, that a chat has something to be told; the other (Worker)
// looks at that time what is still true, has it said, and notes that it was.
// The outbox holds no text, so nothing said is ever stale.
package alert
