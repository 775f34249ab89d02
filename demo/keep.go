package demo

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
)

// keptPerson is what of a person outlives the server. Ids are given in the
// order of arrival, so that the order is kept too.
type keptPerson struct {
	Platform Platform `json:"platform"`
	Bot      int64    `json:"bot"`
	Name     string   `json:"name"`
	Phone    string   `json:"phone"`
	Begun    bool     `json:"begun,omitempty"`
	Blocked  bool     `json:"blocked,omitempty"`
}

// KeepPeople has the people outlive the server, as a platform's do: who they
// are, and whether the bot may write to them. It reads the file at path, if there
// is one, and writes it whenever that changes; report hears what fails then.
// What was said is not kept. It is called once, after the bots are added and
// before there are people.
func (s *Server) KeepPeople(path string, report func(error)) error {
	text, err := os.ReadFile(path)
	var all []keptPerson
	switch {
	case errors.Is(err, os.ErrNotExist):
	case err != nil:
		return fmt.Errorf("reading the demo's people: %w", err)
	default:
		if err := json.Unmarshal(text, &all); err != nil {
			return fmt.Errorf("reading the demo's people in %s: %w; delete it to begin without them", path, err)
		}
	}
	for _, kept := range all {
		s.mu.Lock()
		known := s.bots[botKey{kept.Platform, kept.Bot}] != nil
		s.mu.Unlock()
		if !known {
			return fmt.Errorf("the demo's people in %s are of another demo; delete it to begin without them", path)
		}
		p := s.Person(kept.Platform, kept.Bot, kept.Name)
		s.mu.Lock()
		p.user.phone, p.user.blocked, p.chat.begun = kept.Phone, kept.Blocked, kept.Begun
		s.mu.Unlock()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keep = func() {
		if err := s.writePeople(path); err != nil {
			report(err)
		}
	}
	s.keep()
	return nil
}

// writePeople replaces the file at path. The caller holds mu.
func (s *Server) writePeople(path string) error {
	var all []keptPerson
	for _, p := range s.people {
		all = append(all, keptPerson{p.b.platform, p.b.id, p.user.name, p.user.phone, p.chat.begun, p.user.blocked})
	}
	next := path + ".new"
	err := os.WriteFile(next, marshal(all), 0o600)
	if err == nil {
		err = os.Rename(next, path)
	}
	if err != nil {
		return fmt.Errorf("keeping the demo's people: %w", err)
	}
	return nil
}
