package demo

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
)

func (b *bench) get(t *testing.T, path string) (*http.Response, string) {
	t.Helper()
	got, err := b.client.Get(b.url + path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = got.Body.Close() }()
	body, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	return got, string(body)
}

func TestPageIsServed(t *testing.T) {
	b := newBench(t)
	got, body := b.get(t, "/")
	for _, part := range []string{`<html lang="fa" dir="rtl">`, `role="log"`, "9990000018", "سارا نمونه", `id="words"`} {
		if !strings.Contains(body, part) {
			t.Errorf("the page lacks %q", part)
		}
	}
	if strings.Contains(body, "data-arrive") {
		t.Error("without OnArrive the page offers arrivals")
	}
	if policy := got.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") {
		t.Errorf("policy %q", policy)
	}
	for path, kind := range map[string]string{"/demo/page.css": "text/css", "/demo/page.js": "javascript", "/demo/view.js": "javascript"} {
		got, body := b.get(t, path)
		if got.StatusCode != 200 || !strings.Contains(got.Header.Get("Content-Type"), kind) || strings.Contains(body, "://") {
			t.Errorf("%s: %d %s", path, got.StatusCode, got.Header.Get("Content-Type"))
		}
	}
	for _, path := range []string{"/demo/index.html", "/demo/..%2fpage.go", "/nothing"} {
		if got, _ := b.get(t, path); got.StatusCode != 404 {
			t.Errorf("%s: %d", path, got.StatusCode)
		}
	}
}

// Every word that the page and its scripts ask for is there, and none in vain.
func TestPageWords(t *testing.T) {
	var all strings.Builder
	for _, name := range []string{"index.html", "page.js", "view.js"} {
		body, err := pageFiles.ReadFile("page/" + name)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(body)
	}
	server := []string{"Arrived", "ArriveFailed", "NameWrong", "PhoneWrong", "TextWrong", "TooMany", "Failed"}
	for name := range pageWords() {
		asked := strings.Contains(all.String(), "Words."+name) || strings.Contains(all.String(), "words."+name)
		if !asked && !slices.Contains(server, name) {
			t.Errorf("nobody asks for %s", name)
		}
	}
	for _, at := range []string{"Words.", "words."} {
		for _, rest := range strings.Split(all.String(), at)[1:] {
			end := strings.IndexFunc(rest, func(r rune) bool { return !unicode.IsLetter(r) })
			if name := rest[:end]; pageWords()[name] == "" {
				t.Errorf("there is no word %q", name)
			}
		}
	}
}

// events reads the page's stream.
func (b *bench) events(t *testing.T) func() shownPerson {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, "GET", b.url+"/demo/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := b.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(); _ = got.Body.Close() })
	lines := bufio.NewScanner(got.Body)
	return func() shownPerson {
		for lines.Scan() {
			if data, is := strings.CutPrefix(lines.Text(), "data: "); is {
				var person shownPerson
				if err := json.Unmarshal([]byte(data), &person); err != nil {
					t.Fatal(err)
				}
				return person
			}
		}
		t.Fatalf("the stream ended: %v", lines.Err())
		return shownPerson{}
	}
}

func TestEventsFollowTheChat(t *testing.T) {
	b := newBench(t)
	b.AddSamplePeople()
	next := b.events(t)
	if first, second := next(), next(); first.Platform != Telegram || second.Platform != Bale || first.Begun {
		t.Fatalf("at first: %+v %+v", first, second)
	}
	sara := b.Person(Telegram, botID, "سارا نمونه")
	until := func(ready func(shownPerson) bool) shownPerson {
		t.Helper()
		for {
			if person := next(); ready(person) {
				return person
			}
		}
	}
	sara.Say("سلام")
	until(func(p shownPerson) bool { return p.Begun && len(p.Messages) == 1 && p.Messages[0].Time == "۱۲:۳۰" })
	id := b.call(Telegram, "sendMessage", "chat_id", sara.ChatID(), "text", "*سلام*",
		"reply_markup", `{"inline_keyboard":[[{"text":"الف","callback_data":"a"}]]}`).messageID(t)
	person := until(func(p shownPerson) bool { return len(p.Messages) == 2 })
	if diff := cmp.Diff([]Span{{Text: "*سلام*"}}, person.Messages[1].Spans); diff != "" {
		t.Error("Telegram's text is not plain:", diff)
	}
	if got := b.pagePost(t, "/demo/act", `{"person":"p1","do":"press","message":2,"row":0,"col":0}`); got != 200 {
		t.Fatalf("pressing: %d", got)
	}
	until(func(p shownPerson) bool { return len(p.Messages[1].Spin) == 1 })
	updates := b.call(Telegram, "getUpdates").updates(t)
	b.call(Telegram, "answerCallbackQuery", "callback_query_id", updates[1].Callback.ID, "text", "شد", "show_alert", true).want(t, 200, "")
	until(func(p shownPerson) bool {
		return len(p.Messages[1].Spin) == 0 && len(p.Notices) == 1 && p.Notices[0].Alert
	})
	b.call(Telegram, "editMessageText", "chat_id", sara.ChatID(), "message_id", id, "text", "تازه").want(t, 200, "")
	until(func(p shownPerson) bool { return p.Messages[1].Edited && p.Messages[1].Buttons == nil })
}

// pagePost posts what the page's script would and returns the status.
func (b *bench) pagePost(t *testing.T, path, body string) int {
	t.Helper()
	got, err := b.client.Post(b.url+path, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	_ = got.Body.Close()
	return got.StatusCode
}

func TestPageActs(t *testing.T) {
	b := newBench(t)
	for body, want := range map[string]int{
		`{"name":"نو","platform":"bale","phone":"۰۹۹۹۰۰۰۰۰۴۴"}`:            200,
		`{"name":"","platform":"bale","phone":"09990000044"}`:              400,
		`{"name":"نو","platform":"bale","phone":"0999000004"}`:             400,
		`{"name":"نو","platform":"bale","phone":"02112345678"}`:            400,
		`{"name":"نو","platform":"icq","phone":"09990000044"}`:             400,
		`{"name":"` + strings.Repeat("ن", 41) + `","phone":"09990000044"}`: 400,
		`{`: 400,
	} {
		if got := b.pagePost(t, "/demo/people", body); got != want {
			t.Errorf("%s: %d, want %d", body, got, want)
		}
	}
	person := b.Person(Bale, botID, "نو")
	if person.Phone() != "09990000044" {
		t.Errorf("the phone is %s", person.Phone())
	}
	for _, do := range []string{"start", "photo", "sticker", "contact", "block", "unblock"} {
		if got := b.pagePost(t, "/demo/act", `{"person":"p1","do":"`+do+`"}`); got != 200 {
			t.Errorf("%s: %d", do, got)
		}
	}
	for body, want := range map[string]int{
		`{"person":"p1","do":"say","text":" سلام "}`:            200,
		`{"person":"p1","do":"say","text":" "}`:                 400,
		`{"person":"p9","do":"say","text":"سلام"}`:              400,
		`{"person":"p1","do":"fly"}`:                            400,
		`{"person":"p1","do":"press","message":1,"row":-1}`:     400,
		`{"person":"p1","do":"press","message":0,"row":0}`:      400,
		`{"person":"p1","do":"press","message":1,"row":0,"x":}`: 400,
	} {
		if got := b.pagePost(t, "/demo/act", body); got != want {
			t.Errorf("%s: %d, want %d", body, got, want)
		}
	}
	messages := person.Messages()
	if last := messages[len(messages)-1]; last.Text != "سلام" {
		t.Errorf("the last message is %q", last.Text)
	}
}

func TestPageRefusesForeignPosts(t *testing.T) {
	b := newBench(t)
	for name, change := range map[string]func(*http.Request){
		"no JSON":      func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") },
		"cross origin": func(r *http.Request) { r.Header.Set("Origin", "https://attacker.example") },
		"cross site":   func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") },
		"rebound":      func(r *http.Request) { r.Host = "attacker.example" },
	} {
		req, err := http.NewRequest("POST", b.url+"/demo/people",
			strings.NewReader(`{"name":"نو","platform":"bale","phone":"09990000044"}`))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		change(req)
		if got := b.do(req); got.status != 403 {
			t.Errorf("%s: %d", name, got.status)
		}
	}
}

func TestArrivalButton(t *testing.T) {
	b := newBench(t)
	var arrived []string
	b.onArrive = func(_ context.Context, sample string) error {
		arrived = append(arrived, sample)
		if sample == "maryam" {
			return errors.New("no")
		}
		return nil
	}
	if _, body := b.get(t, "/"); strings.Count(body, "data-arrive") != 4 {
		t.Error("the page does not offer the four arrivals")
	}
	for sample, want := range map[string]int{"sara": 200, "maryam": 500, "leila": 400, "nobody": 400} {
		if got := b.pagePost(t, "/demo/arrive", `{"sample":"`+sample+`"}`); got != want {
			t.Errorf("%s: %d, want %d", sample, got, want)
		}
	}
	slices.Sort(arrived)
	if !slices.Equal(arrived, []string{"maryam", "sara"}) {
		t.Errorf("arrived: %v", arrived)
	}
}

func TestSamples(t *testing.T) {
	read := func(r io.Reader) [][]string {
		rows, err := csv.NewReader(r).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	offices, codes := read(Offices()), map[string]bool{}
	for _, row := range offices[1:] {
		codes[row[0]] = true
		if !strings.Contains(row[1], "نمونه") {
			t.Errorf("office %s is not plainly a sample", row[1])
		}
	}
	cards, stages := read(Cards()), map[string]bool{}
	for _, row := range cards[1:] {
		stages[row[2]] = true
		if !strings.HasPrefix(row[0], "999") || !validCode(row[0]) || !strings.HasPrefix(row[1], "0999000") {
			t.Errorf("card %v: no sample code or phone", row)
		}
		if row[3] != "" && !codes[row[3]] {
			t.Errorf("card %v: no such office", row)
		}
	}
	if len(stages) != 9 || len(Samples()) >= len(cards)-1 {
		t.Fatalf("%d stages, %d people for %d rows", len(stages), len(Samples()), len(cards)-1)
	}
	// After a row for each person come those of earlier lists.
	now := cards[1 : len(Samples())+1]
	for _, row := range cards[len(now)+1:] {
		if !slices.ContainsFunc(now, func(of []string) bool { return of[0] == row[0] && of[5] == row[5] && row[4] < of[4] && row[2] != of[2] }) {
			t.Errorf("row %v is of no earlier stage of a sample card", row)
		}
	}
	for i, s := range Samples() {
		if s.NationalCode != cards[i+1][0] || s.Receipt != cards[i+1][5] || len(s.Receipt) != 10 {
			t.Errorf("%s is not the holder of card %d", s.ID, i)
		}
		body, err := Arrival(s.ID)
		if (err == nil) != s.Arrives {
			t.Errorf("%s: arrival %v", s.ID, err)
		}
		if err == nil && !codes[read(strings.NewReader(body))[1][3]] {
			t.Errorf("%s arrives at no office", s.ID)
		}
	}
}

// validCode is the check sum of a national code.
func validCode(code string) bool {
	sum := 0
	for i := range 9 {
		sum += int(code[i]-'0') * (10 - i)
	}
	r := sum % 11
	if r >= 2 {
		r = 11 - r
	}
	return len(code) == 10 && int(code[9]-'0') == r
}

func TestSpans(t *testing.T) {
	for _, c := range []struct {
		text        string
		plain, bale []Span
	}{
		{"سلام", []Span{{Text: "سلام"}}, []Span{{Text: "سلام"}}},
		{"*الف* و _ب_", []Span{{Text: "*الف* و _ب_"}},
			[]Span{{Text: "الف", Style: "bold"}, {Text: " و "}, {Text: "ب", Style: "italic"}}},
		{"*4*6090#", []Span{{Text: "*4*6090#"}}, []Span{{Text: "4", Style: "bold"}, {Text: "6090#"}}},
		{"```x*y*\nz```", []Span{{Text: "```x*y*\nz```"}}, []Span{{Text: "x*y*\nz", Style: "code"}}},
		{"[نقشه](https://a.ir/x)", []Span{{Text: "[نقشه]("}, {Text: "https://a.ir/x", URL: "https://a.ir/x"}, {Text: ")"}},
			[]Span{{Text: "نقشه", URL: "https://a.ir/x"}}},
		{"[بد](javascript:x)", []Span{{Text: "[بد](javascript:x)"}}, []Span{{Text: "بد"}}},
		{"به https://ncr.ir. بروید", []Span{{Text: "به "}, {Text: "https://ncr.ir", URL: "https://ncr.ir"}, {Text: ". بروید"}},
			[]Span{{Text: "به "}, {Text: "https://ncr.ir", URL: "https://ncr.ir"}, {Text: ". بروید"}}},
		{"ت*ک\nو*تا", []Span{{Text: "ت*ک\nو*تا"}}, []Span{{Text: "ت*ک\nو*تا"}}},
	} {
		if diff := cmp.Diff(c.plain, spans(c.text, false)); diff != "" {
			t.Errorf("plain %q: %s", c.text, diff)
		}
		if diff := cmp.Diff(c.bale, spans(c.text, true)); diff != "" {
			t.Errorf("Bale %q: %s", c.text, diff)
		}
	}
}
