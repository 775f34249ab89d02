package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
)

// realUpdates are updates as the platforms send them, without their ids; %[1]d
// is the chat's and its person's.
var realUpdates = []string{
	`{"message":{"message_id":5,"from":{"id":%[1]d,"is_bot":false,"first_name":"a","language_code":"fa"},"chat":{"id":%[1]d,"type":"private","first_name":"a"},"date":1795000000,"text":"/start","entities":[{"type":"bot_command","offset":0,"length":6}]}}`,
	`{"message":{"message_id":6,"from":{"id":%[1]d,"is_bot":false,"first_name":"a"},"chat":{"id":%[1]d,"type":"private"},"date":1795000000,"contact":{"phone_number":"989120000000","first_name":"a","user_id":%[1]d}}}`,
	`{"message":{"message_id":7,"from":{"id":%[1]d,"is_bot":false,"first_name":"a"},"chat":{"id":%[1]d,"type":"private"},"date":1795000000,"location":{"latitude":35.7,"longitude":51.4}}}`,
	`{"edited_message":{"message_id":8,"from":{"id":%[1]d,"is_bot":false,"first_name":"a"},"chat":{"id":%[1]d,"type":"private"},"date":1795000000,"edit_date":1795000001,"text":"x"}}`,
	`{"callback_query":{"id":"48000","from":{"id":%[1]d,"is_bot":false,"first_name":"a"},"message":{"message_id":9,"chat":{"id":%[1]d,"type":"private"},"date":1795000000,"text":"x"},"chat_instance":"7","data":"abc"}}`,
	`{"my_chat_member":{"chat":{"id":%[1]d,"type":"private"},"from":{"id":%[1]d,"is_bot":false,"first_name":"a"},"date":1795000000,"old_chat_member":{"user":{"id":4242},"status":"member"},"new_chat_member":{"user":{"id":4242},"status":"kicked"}}}`,
	`{"message":{"message_id":5,"from":{"id":%[1]d,"is_bot":false,"first_name":"a"},"chat":{"id":-%[1]d,"type":"group","title":"g"},"date":1795000000,"photo":[{"file_id":"x","width":1,"height":1}]}}`,
}

// wrongValues stand in place of what belongs there.
var wrongValues = []string{
	`null`, `true`, `0`, `-1`, `1.5`, `1e308`, `99999999999999999999999999`, `-9223372036854775808`, `""`, `"x"`, `"7"`, `[]`, `{}`, `[null]`,
	`{"id":1,"id":2}`, `{"id":{"id":{}}}`, "\"\xff\xfe\xc0\"", `"\ud800"`, `"\u0000"`, `"/start \u202e"`,
	strings.Repeat("[", 3000) + strings.Repeat("]", 3000),
	strings.Repeat(`{"message":`, 3000) + "1" + strings.Repeat("}", 3000),
	`"` + strings.Repeat("ی", 50_000) + `"`,
}

// hole is what a wrong value is put in place of.
const hole = "the hole"

// mutated returns a real update of a chat with a few things wrong in it. It is
// JSON, for anything else is an answer that no platform gives.
func mutated(dice *rand.Rand, chat int64) string {
	var update map[string]any
	text := fmt.Sprintf(realUpdates[dice.IntN(len(realUpdates))], chat)
	if err := json.Unmarshal([]byte(text), &update); err != nil {
		panic(err) // it is written above
	}
	mutate(dice, update)
	encoded, err := json.Marshal(update)
	if err != nil {
		panic(err)
	}
	text = strings.ReplaceAll(string(encoded), `"`+hole+`"`, wrongValues[dice.IntN(len(wrongValues))])
	if dice.IntN(4) == 0 && len(update) > 0 { // the first field once more, as something else
		name := slices.Sorted(maps.Keys(update))[0]
		text = fmt.Sprintf(`{%q:%s,%s`, name, wrongValues[dice.IntN(len(wrongValues))], text[1:])
	}
	return text
}

// mutate makes a hole in an object, takes a field out or gives it another name,
// somewhere below.
func mutate(dice *rand.Rand, in map[string]any) {
	names := slices.Sorted(maps.Keys(in))
	if len(names) == 0 {
		in["x"] = hole
		return
	}
	name := names[dice.IntN(len(names))]
	if inner, is := in[name].(map[string]any); is && dice.IntN(4) > 0 {
		mutate(dice, inner)
		return
	}
	switch dice.IntN(5) {
	case 0:
		delete(in, name)
	case 1:
		in["new_"+name] = in[name]
		delete(in, name)
	default:
		in[name] = hole
	}
}
