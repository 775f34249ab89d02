package handlers

import (
	"errors"
	"slices"

	"kartyar/bot"
	"kartyar/card"
	"kartyar/locale"
	"kartyar/lookup"
)

// questions shows the questions that people ask. What is being asked for stays;
// where nothing is, a text is then taken for a question. Of a stranger nothing is
// kept for that.
func (t *turn) questions() error {
	if (t.s.State == idle || t.s.State == question) && t.known {
		t.ask(question, card.PersonKey{})
	}
	t.show(bot.Reply{Text: locale.ChooseQuestion(), Keyboard: inline(t.questionRows(locale.Questions())...)})
	return nil
}

// questionRows has a button for each question: they are long, one in a row.
func (t *turn) questionRows(of []locale.Question) (rows [][]bot.Button) {
	for _, q := range of {
		rows = append(rows, row(t.button(locale.QuestionTitle(q), press{Action: actQuestion, Choice: byte(q)})))
	}
	return rows
}

// pressedQuestion answers the question of the button.
func (t *turn) pressedQuestion() error {
	q := locale.Question(t.press.Choice)
	if locale.QuestionTitle(q) == "" {
		return t.questions()
	}
	r, err := t.answer(q)
	if err == nil {
		t.show(r)
	}
	return err
}

// answer writes the answer to a question.
func (t *turn) answer(q locale.Question) (bot.Reply, error) {
	province, err := t.theProvince()
	if err != nil {
		return bot.Reply{}, err
	}
	s := t.Settings()
	terms := s.Terms(province)
	facts := locale.QuestionFacts{
		Bring: terms.Bring, Fee: terms.Fee, KeepDays: terms.KeepDays, Varies: province == "" && len(s.Provinces()) > 0,
	}
	more := t.button(locale.ButtonMoreQuestions, press{Action: actQuestions})
	return bot.Reply{Text: locale.Answer(q, facts, t.platform), Keyboard: inline(row(more), elsewhereButtons())}, nil
}

// theProvince is the province in which all cards that the chat follows are
// collected, as far as the chat may see that: of the record's office, or of the
// chosen one. It is empty when it is not known, or there are several.
func (t *turn) theProvince() (string, error) {
	only := ""
	for _, l := range t.row.People {
		p, f, err := t.follower(l.Person)
		if err != nil || f == nil {
			return "", unlessUnavailable(err)
		}
		at, err := t.ownOffice(&p, f, l.Person)
		if err != nil {
			return "", unlessUnavailable(err)
		}
		if at.Name == "" {
			at = t.place(f.Office)
		}
		if at.Province == "" || only != "" && only != at.Province {
			return "", nil
		}
		only = at.Province
	}
	return only, nil
}

// unlessUnavailable drops an error of a source that is down: the answer then
// goes without what it would have said.
func unlessUnavailable(err error) error {
	if errors.Is(err, lookup.ErrUnavailable) {
		return nil
	}
	return err
}

// questionText searches for what was typed after the list was shown.
func (t *turn) questionText() error {
	if typed(t.u.Text) != typedOther {
		return t.idleText()
	}
	if ok, err := t.askedQuestion(); ok || err != nil {
		return err
	}
	found, _ := locale.FindQuestions(t.u.Text)
	switch {
	case locale.Greets(t.u.Text), locale.Thanks(t.u.Text):
		return t.idleText()
	case len(found) > 0:
		t.sayFound(found)
	case t.s.askedWithin(promptFresh, t.now):
		rows := append(t.questionRows(locale.Questions()), elsewhereButtons())
		t.say(bot.Reply{Text: locale.NoQuestionFound(t.platform), Keyboard: inline(rows...)})
	default:
		return t.refuse(locale.NotUnderstood())
	}
	return nil
}

// askedQuestion answers a text that nobody asked for when it surely is what a
// button does, which ends what is being asked for as the button would, or one of
// the questions, which does not. ok is false when it is neither.
func (t *turn) askedQuestion() (ok bool, err error) {
	if do, ok := t.routes.intents[locale.IntentOf(t.u.Text)]; ok {
		return true, do(t)
	}
	found, sure := locale.FindQuestions(t.u.Text)
	switch {
	case sure:
		return true, t.sayAnswer(found[0])
	case !locale.SpeaksOfCard(t.u.Text):
		return false, nil
	case len(found) == 0:
		return true, t.askStatus()
	}
	t.sayFound(found, row(t.button(locale.ButtonStatus, press{Action: actStatus})))
	return true, nil
}

func (t *turn) sayAnswer(q locale.Question) error {
	r, err := t.answer(q)
	if err == nil {
		t.say(r)
	}
	return err
}

// sayFound offers what a text may mean; before are the rows above the questions.
func (t *turn) sayFound(found []locale.Question, before ...[]bot.Button) {
	more := row(t.button(locale.ButtonMoreQuestions, press{Action: actQuestions}))
	rows := slices.Concat(before, t.questionRows(found), [][]bot.Button{more})
	t.say(bot.Reply{Text: locale.QuestionsFound(), Keyboard: inline(rows...)})
}
