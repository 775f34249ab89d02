package handlers

import (
	"maps"
	"unicode/utf8"

	"kartyar/bot"
	"kartyar/locale"
)

// step does what one trigger asks for.
type step func(*turn) error

// routes is the table of all triggers. Commands, words and buttons come before
// whatever a state waits for, so that they work at any moment.
type routes struct {
	commands []command
	words    words
	intents  map[locale.Intent]step // of texts in which nothing was asked for
	actions  map[action]step
	inputs   map[state]step
}

// command is what begins with a slash. The platform lists it with its
// description, in this order.
type command struct {
	name, description string
	do                step
}

// words are the labels of buttons, which a person may also type.
type words map[string]step

// typed has the labels found as people type them, too. A label as it stands, the
// most frequent by far, is found at once.
func (w words) typed() words {
	all := maps.Clone(w)
	for label, do := range w {
		all[locale.Typed(label)] = do
	}
	return all
}

// find returns the step of a text that is a label.
func (w words) find(text string) (do step, ok bool) {
	if do, ok = w[text]; !ok {
		do, ok = w[locale.Typed(text)]
	}
	return do, ok
}

func newRoutes() routes {
	return routes{
		commands: []command{
			{"start", locale.CommandStart, (*turn).start},
			{"status", locale.CommandStatus, (*turn).askStatus},
			{"help", locale.CommandHelp, (*turn).help},
			{"questions", locale.CommandQuestions, (*turn).questions},
			{"settings", locale.CommandSettings, (*turn).settings},
			{"privacy", locale.CommandPrivacy, (*turn).privacy},
		},
		words: words{
			locale.ButtonStatus:       (*turn).askStatus,
			locale.ButtonShareContact: (*turn).askContactAgain,
			locale.ButtonWay:          (*turn).askWay,
			locale.ButtonChooseOffice: (*turn).offices,
			locale.ButtonSendLocation: (*turn).askLocation,
			locale.ButtonSubscribe:    (*turn).subscribe,
			locale.ButtonUnsubscribe:  (*turn).unsubscribe,
			locale.ButtonCollected:    (*turn).claimAny,
			locale.ButtonRemindLater:  (*turn).snoozeAny,
			locale.ButtonSettings:     (*turn).settings,
			locale.ButtonHelp:         (*turn).help,
			locale.ButtonQuestions:    (*turn).questions,
			locale.ButtonPrivacy:      (*turn).privacy,
			locale.ButtonAddPerson:    (*turn).addPerson,
			locale.ButtonTellOthers:   (*turn).tellOthers,
			locale.ButtonHaveReceipt:  (*turn).askReceipt,
			locale.ButtonNoReceipt:    (*turn).noReceipt,
			locale.ButtonDeleteMyData: (*turn).askForget,
			locale.ButtonBack:         (*turn).back,
			locale.ButtonStartAgain:   (*turn).start,
		}.typed(),
		intents: map[locale.Intent]step{
			locale.IntentStatus:           (*turn).askStatus,
			locale.IntentCollected:        (*turn).claimAny,
			locale.IntentPerhapsCollected: (*turn).askClaim,
			locale.IntentNotCollected:     (*turn).unclaimAny,
			locale.IntentLater:            (*turn).snoozeAny,
			locale.IntentNews:             (*turn).subscribe,
			locale.IntentNoNews:           (*turn).unsubscribe,
		},
		actions: map[action]step{
			actStatus:      (*turn).pressedStatus,
			actSubscribe:   (*turn).subscribe,
			actUnsubscribe: (*turn).unsubscribe,
			actClaim:       (*turn).claim,
			actUnclaim:     (*turn).unclaim,
			actSnoozeAsk:   (*turn).askSnooze,
			actSnooze:      (*turn).snooze,
			actOffices:     (*turn).offices,
			actOwnOffice:   (*turn).chooseOwnOffice,
			actNear:        (*turn).askLocation,
			actMap:         (*turn).showMap,
			actWay:         (*turn).pressedWay,
			actCities:      (*turn).cities,
			actCity:        (*turn).city,
			actOffice:      (*turn).chooseOffice,
			actSettings:    (*turn).settings,
			actPerson:      (*turn).personSettings,
			actRename:      (*turn).rename,
			actSkipName:    (*turn).skipName,
			actRemoveAsk:   (*turn).askRemove,
			actRemove:      (*turn).remove,
			actAddPerson:   (*turn).addPerson,
			actPhone:       (*turn).askContactAgain,
			actPrivacy:     (*turn).privacy,
			actForgetAsk:   (*turn).askForget,
			actForget:      (*turn).forget,
			actBack:        (*turn).keepData,
			actAccept:      (*turn).accept,
			actRefuse:      (*turn).refuseOffer,
			actQuestions:   (*turn).questions,
			actQuestion:    (*turn).pressedQuestion,
			actInvite:      (*turn).invitePerson,
			actCompanions:  (*turn).companions,
			actEndGuest:    (*turn).endGuest,
			actEndGuests:   (*turn).endGuests,
			actTellOthers:  (*turn).tellOthers,
			actReceipt:     (*turn).askReceipt,
			actNoReceipt:   (*turn).noReceipt,
		},
		inputs: map[state]step{
			idle:     (*turn).idleText,
			contact:  (*turn).contactText,
			code:     (*turn).codeText,
			receipt:  (*turn).receiptText,
			nickname: (*turn).nicknameText,
			office:   (*turn).officeText,
			nearby:   (*turn).officeText,
			forget:   (*turn).forgetText,
			question: (*turn).questionText,
		},
	}
}

// longest is the longest text, in characters, that anything asked for has.
const longest = 200

// dispatch finds the step for an update. pressed says that its button is one of
// ours.
func (t *turn) dispatch(pressed bool) error {
	switch {
	case t.u.Kind == bot.KindCallback:
		if do, ok := t.routes.actions[t.press.Action]; ok && pressed {
			return do(t)
		}
		return t.stale()
	case t.u.Kind == bot.KindEdited:
		return t.refuse(locale.EditedNotRead())
	case t.u.Contact != nil:
		return t.contact()
	case t.u.Location != nil:
		return t.location()
	case t.u.Media:
		return t.refuse(locale.OnlyText())
	}
	if name, _, ok := t.u.Command(); ok {
		for _, c := range t.routes.commands {
			if c.name == name {
				return c.do(t)
			}
		}
		return t.refuse(locale.NotUnderstood())
	}
	if utf8.RuneCountInString(t.u.Text) > longest {
		if t.s.State == idle || t.s.State == question {
			return t.refuse(locale.TooLongUnasked())
		}
		return t.refuse(locale.TooLong())
	}
	if do, ok := t.routes.words.find(t.u.Text); ok {
		return do(t)
	}
	return t.routes.inputs[t.s.State](t)
}
