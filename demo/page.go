package demo

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"html/template"
	"net/http"
	"strings"
	"unicode/utf8"

	"kartyar/locale"
)

//go:embed page
var pageFiles embed.FS

// The page's limits: a person's name in characters, people in all.
const (
	maxName   = 40
	maxPeople = 24
)

// page is the chat page and its endpoints under /demo/.
type page struct {
	s     *Server
	index *template.Template
}

// newPage returns the handler of the chat page.
func newPage(s *Server) http.Handler {
	p := &page{s: s, index: template.Must(template.ParseFS(pageFiles, "page/index.html"))}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", p.serveIndex)
	mux.HandleFunc("GET /demo/{file}", p.serveFile)
	mux.HandleFunc("GET /demo/events", p.serveEvents)
	mux.HandleFunc("GET /demo/photo/{person}/{message}", p.servePhoto)
	mux.HandleFunc("POST /demo/people", p.own(p.addPerson))
	mux.HandleFunc("POST /demo/act", p.own(p.act))
	mux.HandleFunc("POST /demo/arrive", p.own(p.arrive))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "+
			"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		mux.ServeHTTP(w, r)
	})
}

func (p *page) serveIndex(w http.ResponseWriter, _ *http.Request) {
	p.s.mu.Lock()
	has := func(platform Platform) bool {
		for key := range p.s.bots {
			if key.platform == platform {
				return true
			}
		}
		return false
	}
	shown := indexData{Words: pageWords(), Telegram: has(Telegram), Bale: has(Bale)}
	p.s.mu.Unlock()
	for _, sample := range Samples() {
		shown.Samples = append(shown.Samples, shownSample{
			Sample: sample, CanArrive: sample.Arrives && p.s.onArrive != nil,
			ShownCode: locale.Isolate(sample.NationalCode), ShownPhone: locale.Isolate(sample.Phone),
			ShownReceipt: locale.Isolate(sample.Receipt),
		})
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = p.index.Execute(w, shown) // what fails here is the connection
}

type indexData struct {
	Words          map[string]string
	Telegram, Bale bool
	Samples        []shownSample
}

type shownSample struct {
	Sample
	CanArrive                           bool
	ShownCode, ShownPhone, ShownReceipt string
}

func (p *page) serveFile(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("file")
	if name != "page.css" && name != "page.js" && name != "view.js" {
		http.NotFound(w, r)
		return
	}
	http.ServeFileFS(w, r, pageFiles, "page/"+name) //nolint:gosec // one of three names
}

// pageError is a refusal that the page shows in the person's words.
type pageError struct {
	status int
	says   string
}

// own wraps an endpoint that only our page may use: a JSON POST from our own
// origin.
func (p *page) own(do func(*http.Request) (any, *pageError)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if foreign(r) || !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
			http.Error(w, "only the chat page may do this", http.StatusForbidden)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		result, refusal := do(r)
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		if refusal != nil {
			w.WriteHeader(refusal.status)
			result = map[string]string{"error": refusal.says}
		}
		_, _ = w.Write(marshal(result))
	}
}

var errPage = &pageError{http.StatusBadRequest, locale.DemoFailed}

func (p *page) addPerson(r *http.Request) (any, *pageError) {
	var ask struct {
		Name     string
		Platform Platform
		Phone    string
	}
	if json.NewDecoder(r.Body).Decode(&ask) != nil {
		return nil, errPage
	}
	name := strings.TrimSpace(ask.Name)
	if n := utf8.RuneCountInString(name); n < 1 || n > maxName {
		return nil, &pageError{http.StatusBadRequest, locale.DemoNameWrong}
	}
	phone, ok := samplePhone(ask.Phone)
	if !ok {
		return nil, &pageError{http.StatusBadRequest, locale.DemoPhoneWrong}
	}
	p.s.mu.Lock()
	bot, known := int64(0), false
	for key := range p.s.bots {
		if key.platform == ask.Platform {
			bot, known = key.id, true
		}
	}
	full := len(p.s.people) >= maxPeople
	p.s.mu.Unlock()
	switch {
	case !known:
		return nil, errPage
	case full:
		return nil, &pageError{http.StatusBadRequest, locale.DemoTooMany}
	}
	person := p.s.Person(ask.Platform, bot, name)
	person.SetPhone(phone)
	return map[string]string{"id": person.id}, nil
}

// samplePhone reads a mobile number as the page takes it: 09 and nine digits
// of any script.
func samplePhone(typed string) (string, bool) {
	var b strings.Builder
	for _, r := range locale.Latin(typed) {
		switch {
		case '0' <= r && r <= '9':
			b.WriteRune(r)
		case r == ' ', r == '-', 0x2066 <= r && r <= 0x2069:
		default:
			return "", false
		}
	}
	number := b.String()
	return number, len(number) == 11 && strings.HasPrefix(number, "09")
}

// act is something that a person does on the page.
func (p *page) act(r *http.Request) (any, *pageError) {
	var ask struct {
		Person, Do, Text  string
		Message, Row, Col int
	}
	if json.NewDecoder(r.Body).Decode(&ask) != nil {
		return nil, errPage
	}
	person := p.s.personOnPage(ask.Person)
	if person == nil {
		return nil, errPage
	}
	switch ask.Do {
	case "say":
		if text := strings.TrimSpace(ask.Text); text != "" && units(text) <= 4096 {
			person.Say(text)
			return struct{}{}, nil
		}
		return nil, &pageError{http.StatusBadRequest, locale.DemoTextWrong}
	case "press":
		if err := person.pressAt(ask.Message, ask.Row, ask.Col); err != nil {
			return nil, errPage
		}
	case "start":
		person.Start("")
	case "photo":
		person.Photo()
	case "sticker":
		person.Sticker()
	case "place":
		if at, ok := samplePlace(ask.Text); ok {
			person.Place(at.Latitude, at.Longitude)
			return struct{}{}, nil
		}
		return nil, errPage
	case "contact": // of somebody else, out of the address book
		person.SendContact("+989990009999", 0, false)
	case "block":
		person.Block()
	case "unblock":
		person.Unblock()
	default:
		return nil, errPage
	}
	return struct{}{}, nil
}

func (p *page) arrive(r *http.Request) (any, *pageError) {
	var ask struct{ Sample string }
	if json.NewDecoder(r.Body).Decode(&ask) != nil || p.s.onArrive == nil {
		return nil, errPage
	}
	if _, err := Arrival(ask.Sample); errors.Is(err, ErrNoSample) {
		return nil, errPage
	}
	ctx, stop := context.WithCancel(r.Context())
	defer stop()
	defer context.AfterFunc(p.s.life, stop)() //nolint:contextcheck // the second end of ctx: the server's
	if err := p.s.onArrive(ctx, ask.Sample); err != nil {
		return nil, &pageError{http.StatusInternalServerError, locale.DemoArriveFailed}
	}
	return map[string]string{"says": locale.DemoArrived}, nil
}
