// Package bench measures the whole path of what people wait for: a status from
// the poll to the send, an import from the file to the store, an alert from the
// outbox to the send and its mark, each beside the bare libraries where there
// are any to be measured against. It is a module of its own, so that those
// libraries are none of the program's. Run it with
//
//	go -C bench test -run '^$' -bench .
package bench
