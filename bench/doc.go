// Package bench measures the whole path of what people wait for: a status from
// the poll to the send, an import from the file to the store, an alert from the
// outbox to the send and its mark. Run it with
//
//	go test -run '^$' -bench . ./bench
package bench
