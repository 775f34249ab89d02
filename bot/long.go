package bot

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"strconv"
)

// longAnswer is the error of a call whose answer is longer than maxAnswer, with
// what was read of it.
type longAnswer struct {
	err       *Error
	beginning []byte
}

func (l *longAnswer) Error() string { return l.err.Error() }
func (l *longAnswer) Unwrap() error { return l.err }

// notTooLong sees to an answer that was too long to be read, and passes on any
// other. At first the next request asks for half as many updates; again says
// that it is time for that. Where one alone is too long, what was read of it
// stands for it, to be kept, set aside and confirmed: it would else be before
// all others for ever. If not even its id can be read, the error stays.
func (p *poller) notTooLong(batch []Raw, err error) (same []Raw, again bool, _ error) {
	var long *longAnswer
	if !errors.As(err, &long) {
		return batch, false, err
	}
	if p.limit > 1 {
		p.limit /= 2
		p.log.Debug().Int("limit", p.limit).Msg("an answer to getUpdates is too long; fewer updates are asked for")
		return nil, true, nil
	}
	id, ok := firstID(long.beginning)
	if !ok {
		return nil, false, err
	}
	p.log.Warn().Int64("update", id).Msg("an update is too long to be read; its beginning is kept to be set aside")
	return []Raw{{UpdateID: id, Body: long.beginning[:min(len(long.beginning), beginningKept)]}}, false, nil
}

// beginningKept is how much is kept of an update that is too long to be read.
const beginningKept = 4 << 10

// firstID reads the id of the first update in an answer to getUpdates of which
// only the beginning is there.
func firstID(answer []byte) (id int64, ok bool) {
	in := json.NewDecoder(bytes.NewReader(answer))
	in.UseNumber()
	if !enter(in, json.Delim('{')) || !find(in, "result") || !enter(in, json.Delim('[')) ||
		!enter(in, json.Delim('{')) || !find(in, "update_id") {
		return 0, false
	}
	value, err := in.Token()
	number, is := value.(json.Number)
	if err != nil || !is {
		return 0, false
	}
	id, err = strconv.ParseInt(string(number), 10, 64)
	return id, err == nil && id >= 0 && id < math.MaxInt64
}

func enter(in *json.Decoder, brace json.Delim) bool {
	token, err := in.Token()
	return err == nil && token == brace
}

// find goes to the value of a field of the object that in stands in.
func find(in *json.Decoder, name string) bool {
	for in.More() {
		key, err := in.Token()
		if err != nil || key == name {
			return err == nil
		}
		var passed json.RawMessage
		if in.Decode(&passed) != nil {
			return false
		}
	}
	return false
}
