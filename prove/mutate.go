package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
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
	update := parsed(realUpdates[dice.IntN(len(realUpdates))], chat)
	mutate(dice, update)
	text := strings.ReplaceAll(encoded(update), `"`+hole+`"`, wrongValues[dice.IntN(len(wrongValues))])
	if dice.IntN(4) == 0 && len(update) > 0 { // the first field once more, as something else
		name := slices.Sorted(maps.Keys(update))[0]
		text = fmt.Sprintf(`{%q:%s,%s`, name, wrongValues[dice.IntN(len(wrongValues))], text[1:])
	}
	return text
}

// unknownKinds are updates of kinds that the program does not ask for, and of
// none that there is.
var unknownKinds = []string{
	`{"inline_query":{"id":"1","from":{"id":%[1]d},"query":"x","offset":""}}`,
	`{"poll":{"id":"1","question":"x","options":[]}}`,
	`{"message_reaction":{"chat":{"id":%[1]d,"type":"private"},"message_id":1,"user":{"id":%[1]d},"date":1,"old_reaction":[],"new_reaction":[]}}`,
	`{"business_message":{"message_id":5,"from":{"id":%[1]d},"chat":{"id":%[1]d,"type":"private"},"date":1,"text":"/start"}}`,
	`{"channel_post":{"message_id":5,"chat":{"id":-%[1]d,"type":"channel"},"date":1,"text":"/start"}}`,
	`{"of_another_year":{"message_id":5,"chat":{"id":%[1]d}}}`,
	`{"of_another_year":[%[1]d],"message":null}`,
	`{}`,
}

// crooked returns updates of a chat that come in any case, and not by chance: of
// kinds that are unknown, and real ones with null in place of each of their
// values, one at a time, and of all.
func crooked(chat int64) (all []string) {
	for _, u := range unknownKinds {
		all = append(all, strings.ReplaceAll(u, "%[1]d", strconv.FormatInt(chat, 10)))
	}
	for _, u := range realUpdates {
		whole := parsed(u, chat)
		nothing := parsed(u, chat)
		for _, path := range paths(whole) {
			one := parsed(u, chat)
			put(one, path, nil)
			all = append(all, encoded(one))
			if inner, _ := at(whole, path).(map[string]any); inner == nil {
				put(nothing, path, nil)
			}
		}
		all = append(all, encoded(nothing))
	}
	return all
}

func parsed(update string, chat int64) (object map[string]any) {
	if err := json.Unmarshal(fmt.Appendf(nil, update, chat), &object); err != nil {
		panic(err) // it is written above
	}
	return object
}

func encoded(update map[string]any) string {
	text, err := json.Marshal(update)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// paths are the ways to all values in an object.
func paths(in map[string]any) (all [][]string) {
	for _, name := range slices.Sorted(maps.Keys(in)) {
		all = append(all, []string{name})
		if inner, is := in[name].(map[string]any); is {
			for _, path := range paths(inner) {
				all = append(all, append([]string{name}, path...))
			}
		}
	}
	return all
}

func at(in map[string]any, path []string) any {
	for _, name := range path[:len(path)-1] {
		in, _ = in[name].(map[string]any)
	}
	return in[path[len(path)-1]]
}

// put puts a value where a path leads.
func put(in map[string]any, path []string, value any) {
	for _, name := range path[:len(path)-1] {
		in, _ = in[name].(map[string]any)
	}
	in[path[len(path)-1]] = value
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
