package bot

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestPollTakesLongAnswersInPieces has updates wait of which some together, and
// one alone, are longer than an answer that is read.
func TestPollTakesLongAnswersInPieces(t *testing.T) {
	const third, alone = maxAnswer / 3, maxAnswer + 1
	synctest.Test(t, func(t *testing.T) {
		var waiting []int64
		size := map[int64]int{3: third, 4: third, 5: third, 6: alone, 7: third}
		for id := int64(1); id <= 120; id++ {
			waiting = append(waiting, id)
		}
		var limits []int
		c, log := newTestClient(t, Telegram(), func(_ string, form url.Values, req *http.Request) (int, string, error) {
			limit, _ := strconv.Atoi(form.Get("limit"))
			limits = append(limits, limit)
			offset, _ := strconv.ParseInt(form.Get("offset"), 10, 64)
			waiting = slices.DeleteFunc(waiting, func(id int64) bool { return id < offset })
			if len(waiting) == 0 {
				if err := pause(req.Context(), 30*time.Second); err != nil {
					return 0, "", err
				}
			}
			var all []string
			for _, id := range waiting[:min(limit, len(waiting))] {
				all = append(all, fmt.Sprintf(`{"update_id":%d,"x":%q}`, id, strings.Repeat("x", size[id])))
			}
			return 200, list(all...), nil
		})
		var kept []int64
		longest := 0
		err := run(t, c, func(b []Raw) error {
			for _, r := range b {
				kept, longest = append(kept, r.UpdateID), max(longest, len(r.Body))
			}
			return nil
		}, func() { time.Sleep(time.Second) })
		if err == nil || len(kept) != 120 || !slices.IsSorted(kept) || kept[119] != 120 {
			t.Errorf("kept %v, %v", kept, err)
		}
		if longest > maxAnswer/2 {
			t.Errorf("an update of %d bytes was kept whole", longest)
		}
		if !slices.Contains(limits, 1) || limits[0] != 100 || limits[len(limits)-1] != 100 {
			t.Errorf("the limits asked for: %v", limits)
		}
		if strings.Count(log.String(), "too long to be read") != 1 {
			t.Errorf("the log: %s", log)
		}
	})
}

func TestFirstID(t *testing.T) {
	for answer, want := range map[string]int64{
		`{"ok":true,"result":[{"update_id":7,"message":{"text":"xx`: 7,
		`{"result":[{"message":{"update_id":8},"update_id":0,"x`:    0,
		`{"ok":true,"result":[{"message":{"text":"\"update_id\":8`:  -1,
		`{"ok":true,"result":[{"message":{"update_id":8`:            -1,
		`{"ok":true,"result":[{"update_id":"7","x`:                  -1,
		`{"ok":true,"result":[{"update_id":-7,"x`:                   -1,
		`{"ok":true,"result":[{"update_id":9223372036854775807,"x`:  -1,
		`{"ok":true,"result":{"update_id":7,"x`:                     -1,
		`{"ok":true,"result":[`:                                     -1,
		`<html>`:                                                    -1,
		``:                                                          -1,
	} {
		got, ok := firstID([]byte(answer))
		if ok != (want >= 0) || ok && got != want {
			t.Errorf("of %s: %d, %v", answer, got, ok)
		}
	}
}

// FuzzFirstID cuts answers: what is read of a beginning is what stands there.
func FuzzFirstID(f *testing.F) {
	f.Add([]byte(`{"ok":true,"result":[{"update_id":7,"message":{"text":"\"update_id\":8"}},{"update_id":9}]}`), 40)
	f.Add([]byte(`{"result":[{"message":{"update_id":8},"update_id":12}]}`), 52)
	f.Fuzz(func(t *testing.T, answer []byte, cut int) {
		whole, ok := firstID(answer)
		if !ok || cut < 0 || cut > len(answer) {
			return
		}
		id, ok := firstID(answer[:cut])
		digits := strconv.AppendInt(nil, whole, 10)
		if ok && id != whole && !bytes.HasPrefix(digits, strconv.AppendInt(nil, id, 10)) {
			t.Errorf("%d of the whole, %d of %d bytes", whole, id, cut)
		}
	})
}
