// Package store is the durable state of the program on Badger: persons with
// their applications and followers, chats, the inbox, the outbox, the office
// directory, guesses and set-aside updates. Its methods speak of these, never
// of keys.
//
// All writes go through one committer (Update, UpdateInBulk, UpdateGathered,
// UpdateOfList): it runs the callers' functions one after the other, so that each sees what
// the one before wrote, gathers many into one synced commit, and acknowledges
// them when the commit and its mark are on disk. Nothing else writes, so there
// are no conflicts to resolve.
//
// Times in the store are whole seconds in UTC.
package store
