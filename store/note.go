package store

// The program's notes on itself: what it has to remember of its own doings and
// of its operator, each under a name that its room gives it.

// Note decodes the note of a name into value, a pointer; found is false when
// there is none.
func (tx *Tx) Note(name string, value any) (found bool, err error) {
	return tx.get(rowKey(noteKind, []byte(name)), value)
}

// PutNote writes a note. The name stands in the store as it is, so it holds
// nothing private; value is sealed and encoded as CBOR.
func (tx *Tx) PutNote(name string, value any) error {
	return tx.put(rowKey(noteKind, []byte(name)), value)
}

// DeleteNote removes a note.
func (tx *Tx) DeleteNote(name string) error {
	return tx.delete(rowKey(noteKind, []byte(name)))
}
