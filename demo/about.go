package demo

import (
	"encoding/json"
	"regexp"
	"strings"
)

// about is what a bot says of itself in one language; the empty language is
// for everybody who has no other.
type about struct {
	commands []wireCommand
	texts    map[string]string // by parameter: description, short_description
}

type wireCommand struct {
	Command     string `json:"command"`
	Description string `json:"description"`
}

var (
	commandName  = regexp.MustCompile(`^[a-z0-9_]{1,32}$`)
	languageCode = regexp.MustCompile(`^([a-z]{2})?$`)
)

// about returns what the call is about: the bot in the language asked for.
func (c *call) about() (*about, *apiError) {
	code := c.args["language_code"]
	if !languageCode.MatchString(code) {
		return nil, bad("invalid language code specified")
	}
	if scope := strings.ReplaceAll(c.args["scope"], " ", ""); scope != "" && scope != `{"type":"default"}` {
		return nil, bad("the demo knows the default scope only")
	}
	return c.bot.in(code), nil
}

func (b *account) in(language string) *about {
	if b.abouts[language] == nil {
		b.abouts[language] = &about{commands: []wireCommand{}, texts: map[string]string{}}
	}
	return b.abouts[language]
}

func setMyCommands(c *call) (any, *apiError) {
	in, refusal := c.about()
	if refusal != nil {
		return nil, refusal
	}
	var list []wireCommand
	if err := json.Unmarshal([]byte(c.args["commands"]), &list); err != nil {
		return nil, bad("can't parse commands JSON object")
	}
	if len(list) > 100 {
		return nil, bad("BOT_COMMANDS_TOO_MUCH")
	}
	for i, one := range list {
		list[i].Command = strings.TrimPrefix(one.Command, "/")
		if !commandName.MatchString(list[i].Command) {
			return nil, bad("BOT_COMMAND_INVALID")
		}
		if n := units(one.Description); n < 1 || n > 256 {
			return nil, bad("BOT_COMMAND_DESCRIPTION_INVALID")
		}
	}
	in.commands = list
	c.s.note(c.bot, Entry{Kind: Profiled, Text: c.args["commands"], Method: c.method, Lost: c.lost})
	return true, nil
}

func getMyCommands(c *call) (any, *apiError) {
	in, refusal := c.about()
	if refusal != nil {
		return nil, refusal
	}
	return in.commands, nil
}

// setText is a method that keeps a text of the bot's profile, up to limit
// UTF-16 units long.
func setText(parameter string, limit int) method {
	return func(c *call) (any, *apiError) {
		in, refusal := c.about()
		if refusal != nil {
			return nil, refusal
		}
		if units(c.args[parameter]) > limit {
			return nil, bad("the bot's %s is too long", strings.ReplaceAll(parameter, "_", " "))
		}
		in.texts[parameter] = c.args[parameter]
		c.s.note(c.bot, Entry{Kind: Profiled, Text: c.args[parameter], Method: c.method, Lost: c.lost})
		return true, nil
	}
}

func getText(parameter string) method {
	return func(c *call) (any, *apiError) {
		in, refusal := c.about()
		if refusal != nil {
			return nil, refusal
		}
		return map[string]string{parameter: in.texts[parameter]}, nil
	}
}

// SetAbout changes a text of a bot's profile as its owner can at the platform,
// by the Bot API's name for it: description or short_description. Nobody is
// told.
func (s *Server) SetAbout(platform Platform, bot int64, language, parameter, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bot(platform, bot).in(language).texts[parameter] = text
}
