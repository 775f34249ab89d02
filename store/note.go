package store

import (
	"fmt"

	"github.com/fxamacker/cbor/v2"
)

// The program's notes on itself: what it has to remember of its own doings and
// of its operator, each under a name that its room gives it.

// Note decodes the note of a name into value, a pointer; found is false when
// there is none.
func (tx *Tx) Note(name string, value any) (found bool, err error) {
	var encoded plain
	if found, err = tx.get(rowKey(noteKind, []byte(name)), &encoded); err != nil || !found || value == nil {
		return found, err
	}
	if err := cbor.Unmarshal(encoded, value); err != nil {
		return false, fmt.Errorf("%w: the note %q cannot be decoded: %w", ErrDamaged, name, err)
	}
	return true, nil
}

// PutNote writes a note. The name stands in the store as it is, so it holds
// nothing private; value is sealed and encoded as CBOR, times to the second.
func (tx *Tx) PutNote(name string, value any) error {
	encode, err := cbor.EncOptions{Time: cbor.TimeUnix, OmitEmpty: cbor.OmitEmptyGoValue}.EncMode()
	if err != nil {
		return fmt.Errorf("setting up the encoding of notes: %w", err)
	}
	encoded, err := encode.Marshal(value)
	if err != nil {
		return fmt.Errorf("encoding the note %q: %w", name, err)
	}
	return tx.put(rowKey(noteKind, []byte(name)), plain(encoded))
}

// DeleteNote removes a note.
func (tx *Tx) DeleteNote(name string) error {
	return tx.delete(rowKey(noteKind, []byte(name)))
}
