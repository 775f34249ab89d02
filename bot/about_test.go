package bot

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"
)

// profiled is a platform that keeps a profile, in memory.
func profiled(t *testing.T, p Profile, refuse func(method string) string) (c *Client, kept map[string]string, calls *[]string) {
	kept, calls = map[string]string{}, new([]string)
	c, _ = newTestClient(t, p, func(method string, form url.Values, _ *http.Request) (int, string, error) {
		language := form.Get("language_code")
		*calls = append(*calls, method+" "+language)
		if answer := refuse(method); answer != "" {
			return 429, answer, nil
		}
		for _, parameter := range []string{"commands", "description", "short_description"} {
			key := method[3:] + " " + language
			if form.Has(parameter) {
				kept[key] = form.Get(parameter)
				return 200, `{"ok":true,"result":true}`, nil
			}
		}
		was := kept[method[3:]+" "+language]
		switch method {
		case "getMyCommands":
			return 200, `{"ok":true,"result":` + max(was, "[]") + `}`, nil
		case "getMyDescription":
			return 200, `{"ok":true,"result":{"description":"` + was + `"}}`, nil
		}
		return 200, `{"ok":true,"result":{"short_description":"` + was + `"}}`, nil
	})
	return c, kept, calls
}

func never(string) string { return "" }

var introduced = About{Commands: []Command{{"start", "آغاز"}, {"help", "راهنما"}}, Description: "بلند", Short: "کوتاه"}

func TestIntroduce(t *testing.T) {
	c, kept, calls := profiled(t, Telegram(), never)
	for i, want := range []bool{true, false} {
		changed, err := c.Introduce(t.Context(), introduced)
		if err != nil || changed != want {
			t.Fatalf("time %d: %v, %v", i, changed, err)
		}
	}
	for _, language := range []string{"", "fa"} {
		if kept["MyCommands "+language] != `[{"command":"start","description":"آغاز"},{"command":"help","description":"راهنما"}]` ||
			kept["MyDescription "+language] != "بلند" || kept["MyShortDescription "+language] != "کوتاه" {
			t.Errorf("kept %v", kept)
		}
	}
	*calls, kept["MyShortDescription fa"] = nil, "دیگر"
	if changed, err := c.Introduce(t.Context(), introduced); err != nil || !changed {
		t.Errorf("%v, %v", changed, err)
	}
	sets := slices.DeleteFunc(*calls, func(call string) bool { return call[0] == 'g' })
	if !slices.Equal(sets, []string{"setMyShortDescription fa"}) {
		t.Errorf("set %v", sets)
	}
}

func TestIntroduceElsewhere(t *testing.T) {
	c, _, calls := profiled(t, Bale(), never)
	if changed, err := c.Introduce(t.Context(), introduced); err != nil || changed || len(*calls) > 0 {
		t.Errorf("%v, %v, after %v", changed, err, *calls)
	}
}

// The limits of these methods are their own: messages go on.
func TestIntroduceLimited(t *testing.T) {
	c, _, _ := profiled(t, Telegram(), func(method string) string {
		if method == "setMyDescription" {
			return `{"ok":false,"error_code":429,"description":"Too Many Requests","parameters":{"retry_after":7200}}`
		}
		return ""
	})
	changed, err := c.Introduce(t.Context(), introduced)
	var e *Error
	if !changed || !errors.As(err, &e) || e.Kind != Limited || e.RetryAfter != 2*time.Hour {
		t.Errorf("%v, %v", changed, err)
	}
	if ok, wait := c.Available(time.Now()); !ok {
		t.Errorf("messages wait %v", wait)
	}
}
