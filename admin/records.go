package admin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"kartyar/desk"
	"kartyar/desk/manifest"
	"kartyar/store"
)

// The content types that a list may have. What it really is shows in its
// bytes, as with a file.
var tables = []string{
	"text/csv",
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	"application/x-ndjson", "application/jsonl",
}

// refusedMost is how many refused rows an answer names; all are counted.
const refusedMost = 100

// refusedRow names a refused row, without what stands in it.
type refusedRow struct {
	Line   int    `json:"line"`
	Column string `json:"column,omitempty"`
	Reason string `json:"reason"`
}

type recordsAnswer struct {
	desk.ImportReport
	RefusedRows []refusedRow `json:"refused_rows"`
}

type officesAnswer struct {
	desk.OfficesReport
	RefusedRows []refusedRow `json:"refused_rows"`
}

// knows refuses a request with a parameter that is none of names: it may be a
// mistyped dry_run.
func knows(w http.ResponseWriter, r *http.Request, names ...string) bool {
	given, err := url.ParseQuery(r.URL.RawQuery)
	known := err == nil
	for name := range given {
		known = known && slices.Contains(names, name)
	}
	switch {
	case known:
		return true
	case len(names) == 0:
		answerProblem(w, problem{Status: http.StatusBadRequest, Detail: "this path takes no parameters"})
	default:
		answerProblem(w, problem{Status: http.StatusBadRequest, Detail: "the parameters of this path are " + strings.Join(names, " and ")})
	}
	return false
}

// records takes in a list.
func (s *Server) records(w http.ResponseWriter, r *http.Request) {
	if !knows(w, r, "yes", "dry_run") {
		return
	}
	how := desk.ImportOptions{}
	for name, flag := range map[string]*bool{"yes": &how.Yes, "dry_run": &how.DryRun} {
		if given := r.URL.Query().Get(name); given != "" {
			value, err := strconv.ParseBool(given)
			if err != nil {
				answerProblem(w, problem{Status: http.StatusBadRequest, Detail: fmt.Sprintf("%s is 1 or 0", name)})
				return
			}
			*flag = value
		}
	}
	refused := []refusedRow{}
	how.Refused = func(line manifest.Line) error {
		if len(refused) < refusedMost {
			refused = append(refused, refusedRow{line.Number, line.Column, line.Reason.String()})
		}
		return nil
	}
	s.upload(w, r, func(ctx context.Context, list io.Reader) (any, error) {
		report, err := s.Desk.TakeIn(ctx, how, list)
		return recordsAnswer{report, refused}, err
	})
}

// offices takes in the office directory.
func (s *Server) offices(w http.ResponseWriter, r *http.Request) {
	if !knows(w, r) {
		return
	}
	s.upload(w, r, func(ctx context.Context, file io.Reader) (any, error) {
		report, err := s.Desk.LoadOffices(ctx, file)
		refused := []refusedRow{}
		for _, reason := range report.Reasons[:min(refusedMost, len(report.Reasons))] {
			refused = append(refused, refusedRow{reason.Line, reason.Column, reason.Err.Error()})
		}
		return officesAnswer{report, refused}, err
	})
}

// upload has do read the body of a request, and answers.
func (s *Server) upload(w http.ResponseWriter, r *http.Request, do func(context.Context, io.Reader) (any, error)) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || !slices.Contains(tables, kind) {
		w.Header().Set("Accept-Post", strings.Join(tables, ", "))
		answerProblem(w, problem{Status: http.StatusUnsupportedMediaType, Detail: "send " + strings.Join(tables, ", ")})
		return
	}
	if r.ContentLength > s.bodyMost {
		s.tooLong(w)
		return
	}
	select {
	case s.uploads <- struct{}{}:
		defer func() { <-s.uploads }()
	default:
		w.Header().Set("Retry-After", "30")
		answerProblem(w, problem{Status: http.StatusServiceUnavailable, Detail: "other uploads are being taken in; send it again in a moment"})
		return
	}
	body := &patient{
		Reader: http.MaxBytesReader(w, r.Body, s.bodyMost), control: http.NewResponseController(w),
		each: s.readTime, until: time.Now().Add(bodyTime),
	}
	result, err := do(r.Context(), body)
	s.beginAnswer(w)
	if err != nil {
		s.failed(w, r, err)
		return
	}
	answerJSON(w, http.StatusOK, result)
}

// beginAnswer gives an answer that took long to find its time from now on.
func (s *Server) beginAnswer(w http.ResponseWriter) {
	if err := http.NewResponseController(w).SetWriteDeadline(time.Now().Add(s.writeTime)); err != nil {
		s.Log.Debug().Err(err).Msg("an answer of the admin endpoint has no deadline")
	}
}

// patient reads a body from a client that may be slow, but not for ever.
type patient struct {
	io.Reader
	control *http.ResponseController
	each    time.Duration
	until   time.Time
}

// Read gives each piece its time. When the body has come the connection waits
// for nothing.
func (p *patient) Read(b []byte) (int, error) {
	deadline := time.Now().Add(p.each)
	if deadline.After(p.until) {
		deadline = p.until
	}
	if err := p.control.SetReadDeadline(deadline); err != nil {
		return 0, fmt.Errorf("giving a body its time: %w", err)
	}
	n, err := p.Reader.Read(b)
	if errors.Is(err, io.EOF) {
		_ = p.control.SetReadDeadline(time.Time{})
	}
	return n, err
}

func (s *Server) tooLong(w http.ResponseWriter) {
	w.Header().Set("Connection", "close")
	answerProblem(w, problem{
		Status: http.StatusRequestEntityTooLarge,
		Detail: fmt.Sprintf("a body has at most %d MiB; send the list in parts, each with its heading row", s.bodyMost>>20),
	})
}

// failed answers what ended an upload or a report.
func (s *Server) failed(w http.ResponseWriter, r *http.Request, err error) {
	var long *http.MaxBytesError
	var yes *desk.NeedsYesError
	text, expected := s.Sentence(err)
	switch {
	case errors.As(err, &long):
		s.tooLong(w)
	case errors.As(err, &yes):
		answerProblem(w, problem{
			Status: http.StatusConflict, People: yes.People,
			Detail: fmt.Sprintf("the list would tell %d people; nothing was applied. If that is right, send it again with ?yes=1", yes.People),
		})
	case errors.Is(err, os.ErrDeadlineExceeded):
		w.Header().Set("Connection", "close")
		answerProblem(w, problem{Status: http.StatusRequestTimeout, Detail: "the body came too slowly; nothing was applied"})
	case errors.Is(err, store.ErrNoRoom):
		answerProblem(w, problem{Status: http.StatusInsufficientStorage, Detail: store.ErrNoRoom.Error()})
	case expected:
		answerProblem(w, problem{Status: http.StatusUnprocessableEntity, Detail: text})
	case r.Context().Err() != nil:
		answerProblem(w, problem{Status: http.StatusServiceUnavailable, Detail: "it was interrupted; what was done stays done, and the same list again does the rest"})
	default:
		s.Log.Error().Err(err).Str("path", r.URL.Path).Msg("a request of the admin endpoint failed")
		answerProblem(w, problem{Status: http.StatusInternalServerError, Detail: "it failed, and the log says why; the same again does the rest and nothing twice"})
	}
}

// report answers with the pile: JSON, or CSV when that is asked for.
func (s *Server) report(w http.ResponseWriter, r *http.Request) {
	if !knows(w, r, "format", "office") {
		return
	}
	format := r.URL.Query().Get("format")
	if format == "" && strings.HasPrefix(strings.TrimSpace(r.Header.Get("Accept")), "text/csv") {
		format = "csv"
	}
	if format != "" && format != "csv" && format != "json" {
		answerProblem(w, problem{Status: http.StatusBadRequest, Detail: "format is json or csv"})
		return
	}
	report, err := s.Desk.Report(r.Context(), r.URL.Query().Get("office"))
	s.beginAnswer(w)
	if err != nil {
		s.failed(w, r, err)
		return
	}
	if report.Damaged > 0 { // CSV has no place for it
		s.Log.Error().Int("persons", report.Damaged).
			Msg("persons are not in the report, since what the store holds of them is damaged: restore a backup, or erase them")
	}
	if format == "csv" {
		w.Header().Set("Content-Type", "text/csv; charset=utf-8")
		if err := report.WriteCSV(w); err != nil {
			s.Log.Debug().Err(err).Msg("a report was not read to its end")
		}
		return
	}
	answerJSON(w, http.StatusOK, report)
}

// health says that the program runs.
func (s *Server) health(w http.ResponseWriter, _ *http.Request) {
	answerJSON(w, http.StatusOK, map[string]bool{"alive": true})
}

// ready says whether every part works.
func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	all := struct {
		Ready bool   `json:"ready"`
		Parts []Part `json:"parts"`
	}{true, s.Ready(r.Context())}
	status := http.StatusOK
	for _, part := range all.Parts {
		if !part.OK {
			all.Ready, status = false, http.StatusServiceUnavailable
		}
	}
	answerJSON(w, status, all)
}
