package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
)

// About is what the platform shows of the bot to who has not written yet, and
// beside the input field.
type About struct {
	Commands    []Command
	Description string // in the empty chat; at most 512 characters
	Short       string // on the bot's page and with links to it; at most 120
}

// Command is an entry of the list of commands.
type Command struct {
	Name        string `json:"command"`     // 1 to 32 of a–z, 0–9 and _
	Description string `json:"description"` // at most 256 characters
}

// aboutLanguages are those in which a bot introduces itself: the default, and
// Persian by its name, which an earlier program may have set.
var aboutLanguages = []string{"", "fa"}

// Introduce has the platform show a, in every language. It compares with what
// is shown now and sets only what differs, so that neither a restored store nor
// an edit at the platform leaves something else standing; changed says whether
// anything was set. A platform that knows no such methods is not asked.
//
// A Limited error speaks of these methods alone, whose limits are narrower than
// those of messages: nothing else is held back by it.
func (c *Client) Introduce(ctx context.Context, a About) (changed bool, err error) {
	if !c.profile.About {
		return false, nil
	}
	for _, language := range aboutLanguages {
		for _, part := range a.parts() {
			same, err := c.shows(ctx, part, language)
			if err != nil {
				return changed, err
			}
			if same {
				continue
			}
			params := parameters(nil).with(part.parameter, part.value).in(language)
			if _, err := c.call(ctx, "set"+part.method, params, c.timeout); err != nil {
				return changed, err
			}
			changed = true
		}
	}
	return changed, nil
}

// aboutPart is one thing that is got and set by methods of its own.
type aboutPart struct {
	method, parameter, value string
	same                     func(result string) bool
}

func (a About) parts() []aboutPart {
	text := func(method, parameter, want string) aboutPart {
		return aboutPart{method, parameter, want, func(result string) bool {
			o, _ := split(result, nil)
			got, _ := o.text(parameter)
			return got == want
		}}
	}
	commands, err := json.Marshal(a.Commands)
	if err != nil {
		panic(fmt.Sprintf("bot: encoding strings: %v", err)) // cannot be
	}
	return []aboutPart{
		{"MyCommands", "commands", string(commands), func(result string) bool {
			var got []Command
			return json.Unmarshal([]byte(result), &got) == nil && slices.Equal(got, a.Commands)
		}},
		text("MyDescription", "description", a.Description),
		text("MyShortDescription", "short_description", a.Short),
	}
}

// shows reports whether the platform shows a part in a language already.
func (c *Client) shows(ctx context.Context, part aboutPart, language string) (bool, error) {
	result, err := c.call(ctx, "get"+part.method, parameters{}.in(language), c.timeout)
	return err == nil && part.same(result), err
}

// in returns the parameters for a language; empty is the default.
func (p parameters) in(language string) parameters {
	if language == "" {
		return p
	}
	return p.with("language_code", language)
}
