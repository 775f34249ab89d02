package handlers

import "kartyar/bot"

// layout is an inline keyboard as it is laid out, in room on the stack: the
// keyboard then takes two pieces of memory, whatever stands on it. It is passed
// and returned by value, or its room would move to the heap.
type layout struct {
	buttons []bot.Button
	ends    []int // how many buttons there are up to the end of each row
}

// Most keyboards fit in this much room.
type (
	buttonRoom [12]bot.Button
	endRoom    [12]int
)

// row adds a row; none without buttons.
func (l layout) row(buttons ...bot.Button) layout {
	if len(buttons) > 0 {
		l.buttons = append(l.buttons, buttons...)
		l.ends = append(l.ends, len(l.buttons))
	}
	return l
}

// inline returns the keyboard, which holds nothing of the room.
func (l layout) inline() bot.Keyboard {
	if len(l.ends) == 0 {
		return bot.Keyboard{}
	}
	buttons, rows := make([]bot.Button, len(l.buttons)), make([][]bot.Button, len(l.ends))
	copy(buttons, l.buttons)
	from := 0
	for n, end := range l.ends {
		rows[n] = buttons[from:end:end]
		from = end
	}
	return bot.Keyboard{Kind: bot.KeyboardInline, Rows: rows}
}
