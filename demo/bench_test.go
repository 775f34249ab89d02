package demo

import (
	"net/http/httptest"
	"strings"
	"testing"
)

// What the server itself costs, without a network: a send of a text.
func BenchmarkSendMessage(b *testing.B) {
	s := New(Options{})
	defer s.Close()
	s.AddBot(Telegram, token, botID, "sample_bot")
	p := s.Person(Telegram, botID, "سارا")
	p.Say("سلام")
	body := `{"chat_id":7100000001,"text":"کارت شما رسید"}`
	b.ReportAllocs()
	for b.Loop() {
		r := httptest.NewRequest("POST", "http://127.0.0.1/telegram/bot"+token+"/sendMessage", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code != 200 {
			b.Fatal(w.Body)
		}
	}
}
