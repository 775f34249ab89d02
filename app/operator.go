package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"kartyar/bot"
	"kartyar/card"
	"kartyar/store"
)

type operatorCommand struct {
	Invite operatorInviteCommand `cmd:"" help:"Print a one-time link for each bot, good for 24 hours: whoever opens it and accepts has the program's own alarms in that chat, in place of who had them on that platform."`
	Show   operatorShowCommand   `cmd:"" help:"Print on which platforms there is an operator's chat, and since when."`
	Remove operatorRemoveCommand `cmd:"" help:"End the operator's chats, or that of one platform."`
}

type operatorInviteCommand struct{}

type operatorShowCommand struct{}

type operatorRemoveCommand struct {
	Platform string `arg:"" optional:"" enum:"telegram,bale," default:"" help:"telegram or bale; both when left out."`
}

// botLink is a link to a bot.
type botLink struct {
	Platform card.Platform `json:"platform"`
	URL      string        `json:"url"`
	Until    time.Time     `json:"until"`
}

// operatorChat is an operator's chat as the command shows it.
type operatorChat struct {
	Platform card.Platform `json:"platform"`
	Since    time.Time     `json:"since"`
}

// Run runs `operator invite`.
func (operatorInviteCommand) Run(ctx context.Context, p *Program) error {
	var links []botLink
	if err := p.askPlainly(ctx, request{Do: doOperatorInvite}, &links); err != nil {
		return err
	}
	for _, l := range links {
		if err := p.print("%s: %s (works once, until %s)\n", l.Platform, l.URL, l.Until.Local().Format(time.DateTime)); err != nil {
			return err
		}
	}
	return nil
}

// Run runs `operator show`.
func (operatorShowCommand) Run(ctx context.Context, p *Program) error {
	var chats []operatorChat
	if err := p.askPlainly(ctx, request{Do: doOperatorShow}, &chats); err != nil {
		return err
	}
	if len(chats) == 0 {
		return p.print("there is no operator's chat; kartyar operator invite prints a link to make one\n")
	}
	for _, c := range chats {
		if err := p.print("%s: since %s\n", c.Platform, c.Since.Local().Format(time.DateTime)); err != nil {
			return err
		}
	}
	return nil
}

// Run runs `operator remove`.
func (c operatorRemoveCommand) Run(ctx context.Context, p *Program) error {
	var removed []operatorChat
	if err := p.askPlainly(ctx, request{Do: doOperatorRemove, Platform: card.Platform(c.Platform)}, &removed); err != nil {
		return err
	}
	if len(removed) == 0 {
		return p.print("there was no operator's chat\n")
	}
	for _, c := range removed {
		if err := p.print("%s: the operator's chat is removed\n", c.Platform); err != nil {
			return err
		}
	}
	return nil
}

// operatorLinkLasts is how long an operator's link works.
const operatorLinkLasts = 24 * time.Hour

// errNoBot says that the name of no bot is known, which links need.
var errNoBot = errors.New("no bot of this store is known yet, and a link needs its name: start `kartyar serve` once, with its token")

// inviteOperator makes a one-time link for each bot.
func (s *service) inviteOperator(ctx context.Context) (links []botLink, err error) {
	until := time.Now().Add(operatorLinkLasts).UTC().Truncate(time.Second)
	err = s.store.Update(ctx, func(tx *store.Tx) error {
		links = nil
		bots, err := tx.NamedBots()
		if err != nil {
			return err
		}
		for _, b := range bots {
			token, _, err := tx.NewInvite(store.Invite{Kind: store.InviteOperator, Bot: b.Bot, Expires: until})
			if err != nil {
				return err
			}
			platform := b.Bot.Platform
			links = append(links, botLink{platform, bot.ProfileOf(platform).DeepLink(b.Username, token), until})
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("making a one-time link: %w", err)
	}
	if len(links) == 0 {
		return nil, errNoBot
	}
	return links, nil
}

// operators lists the operator's chats.
func (s *service) operators(ctx context.Context) (chats []operatorChat, err error) {
	err = s.store.View(ctx, func(tx *store.Tx) error {
		all, err := tx.Operators()
		for _, o := range all {
			chats = append(chats, operatorChat{o.To.Bot.Platform, o.Since})
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("looking for the operator's chats: %w", err)
	}
	return chats, nil
}

// removeOperators ends the operator's chats of a platform, or of all.
func (s *service) removeOperators(ctx context.Context, on card.Platform) (removed []operatorChat, err error) {
	err = s.store.Update(ctx, func(tx *store.Tx) error {
		removed = nil
		all, err := tx.Operators()
		if err != nil {
			return err
		}
		for _, o := range all {
			platform := o.To.Bot.Platform
			if on != "" && on != platform {
				continue
			}
			if err := tx.RemoveOperator(o.Chat); err != nil {
				return err
			}
			removed = append(removed, operatorChat{platform, o.Since})
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("removing the operator's chats: %w", err)
	}
	if s.alone { // a `serve` does so by itself
		if err := s.keepOperators(ctx); err != nil {
			return nil, err
		}
	}
	return removed, nil
}

// nameBot notes the name under which a bot's links open it.
func (s *server) nameBot(ctx context.Context, b card.Bot, username string) {
	if username == "" {
		return
	}
	name := store.NamedBot{Bot: b, Username: username}
	known := false
	err := s.service.store.View(ctx, func(tx *store.Tx) error {
		all, err := tx.NamedBots()
		known = slices.Contains(all, name)
		return err
	})
	if err == nil && !known {
		err = s.service.store.Update(ctx, func(tx *store.Tx) error { return tx.NameBot(name) })
	}
	if err != nil && ctx.Err() == nil {
		s.log.Warn().Err(err).Msg("the bot's name could not be noted; links to it cannot be made")
	}
}

// forgetBots forgets the names of bots that are not configured any more.
func (s *server) forgetBots(ctx context.Context) {
	var platforms []card.Platform
	for _, account := range s.accounts {
		platforms = append(platforms, account.Profile.Platform)
	}
	err := s.service.store.Update(ctx, func(tx *store.Tx) error { return tx.KeepBots(platforms) })
	if err != nil && ctx.Err() == nil {
		s.log.Warn().Err(err).Msg("the names of bots that are not configured could not be forgotten")
	}
}
