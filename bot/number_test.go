package bot

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/tidwall/gjson"
)

func TestNumber(t *testing.T) {
	for _, tt := range []struct {
		name   string
		bodies string
		offset int64
		want   []int64
	}{
		{"readable", `[{"update_id":10},{"update_id":12}]`, 0, []int64{10, 12}},
		{"from zero", `[{"update_id":0}]`, 0, []int64{0}},
		{"in the middle", `[{"update_id":10},{"odd":1},{"update_id":12}]`, 10, []int64{10, 11, 12}},
		{"at the end", `[{"update_id":10},7,null]`, 10, []int64{10, 11, 12}},
		{"at the start", `["odd",{"update_id":12}]`, 10, []int64{10, 12}},
		{"all", `[{},{}]`, 10, []int64{10, 11}},
		{"all, with nothing known", `[{}]`, 0, []int64{0}},
		{"odd ids", `[{"update_id":"10"},{"update_id":-1},{"update_id":9223372036854775807},{"update_id":1.5}]`, 3, []int64{10, 11, 12, 13}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := ids(number(gjson.Parse(tt.bodies), tt.offset)); !slices.Equal(got, tt.want) {
				t.Errorf("ids %v, want %v", got, tt.want)
			}
		})
	}
}

// An update that nobody can read is confirmed with the others.
func TestPollPassesTheUnreadable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answers := []string{list(bare(10), `{"update_id":"canary"}`), list(bare(12))}
		var offsets []string
		c, log := newTestClient(t, Telegram(), func(_ string, form url.Values, req *http.Request) (int, string, error) {
			offsets = append(offsets, form.Get("offset"))
			if len(answers) == 0 {
				<-req.Context().Done()
				return 0, "", req.Context().Err()
			}
			answer := answers[0]
			answers = answers[1:]
			return 200, answer, nil
		})
		var kept []int64
		run(t, c, func(b []Raw) error { kept = append(kept, ids(b)...); return nil }, synctest.Wait)
		if !slices.Equal(kept, []int64{10, 11, 12}) || !slices.Equal(offsets, []string{"", "12", "13"}) {
			t.Errorf("kept %v, offsets %q", kept, offsets)
		}
		if !strings.Contains(log.String(), "update_id") || strings.Contains(log.String(), "canary") {
			t.Errorf("log: %s", log)
		}
	})
}
