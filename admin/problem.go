package admin

import (
	"encoding/json"
	"net/http"
)

// problem is an error as RFC 9457 has it, with members of our own.
type problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail,omitempty"`
	// People is how many people the list would tell.
	People int `json:"people,omitempty"`
}

func answerProblem(w http.ResponseWriter, p problem) {
	p.Type, p.Title = "about:blank", http.StatusText(p.Status)
	answer(w, "application/problem+json", p.Status, p)
}

// answerJSON answers that it is done.
func answerJSON(w http.ResponseWriter, status int, value any) {
	answer(w, "application/json", status, value)
}

func answer(w http.ResponseWriter, kind string, status int, value any) {
	text, err := json.Marshal(value)
	if err != nil {
		status, text = http.StatusInternalServerError, []byte(`{"type":"about:blank","title":"Internal Server Error","status":500}`)
		kind = "application/problem+json"
	}
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(status)
	_, _ = w.Write(append(text, '\n'))
}

// plainAnswer turns the mux's own answers into problems.
type plainAnswer struct {
	http.ResponseWriter
	told bool
}

// WriteHeader begins the problem; Allow, which the mux has set, stays.
func (p *plainAnswer) WriteHeader(status int) {
	p.told = true
	detail := "there is nothing at this path"
	if status == http.StatusMethodNotAllowed {
		detail = "this path takes another method, see Allow"
	}
	answerProblem(p.ResponseWriter, problem{Status: status, Detail: detail})
}

// Write leaves out the mux's own text.
func (p *plainAnswer) Write(text []byte) (int, error) {
	if !p.told {
		p.WriteHeader(http.StatusNotFound)
	}
	return len(text), nil
}
