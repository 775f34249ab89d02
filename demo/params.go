package demo

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// maxBody bounds a request's body, in bytes.
const maxBody = 1 << 20

// params are a call's parameters by name, whichever way they came: query,
// form, multipart or a JSON object. Values that are no strings are JSON.
type params map[string]string

// files are what was uploaded with a call, by the parameter's name.
type files map[string][]byte

// readParams reads a GET or POST request. The body wins over the query.
func readParams(w http.ResponseWriter, r *http.Request) (params, files, *apiError) {
	args, uploads := params{}, files{}
	args.take(r.URL.Query())
	switch r.Method {
	case http.MethodGet:
		return args, uploads, nil
	case http.MethodPost:
	default:
		return args, uploads, &apiError{http.StatusMethodNotAllowed, "Method Not Allowed"}
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	err := args.readBody(r, uploads)
	var tooBig *http.MaxBytesError
	switch {
	case errors.As(err, &tooBig):
		return args, uploads, &apiError{http.StatusRequestEntityTooLarge, "Request Entity Too Large"}
	case err != nil:
		return args, uploads, bad("can't parse the request's body")
	}
	return args, uploads, nil
}

func (a params) readBody(r *http.Request, uploads files) error {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch kind {
	case "application/x-www-form-urlencoded":
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return err
		}
		form, err := url.ParseQuery(string(body))
		a.take(form)
		return err
	case "multipart/form-data":
		if err := r.ParseMultipartForm(maxBody); err != nil { //nolint:gosec // readParams bounds the body
			return err
		}
		a.take(r.MultipartForm.Value)
		return errors.Join(uploads.take(r.MultipartForm.File), r.MultipartForm.RemoveAll())
	case "application/json":
		return a.readJSON(r.Body)
	}
	_, err := io.Copy(io.Discard, r.Body) // an unknown kind of body is ignored
	return err
}

// take reads the first file of each name.
func (f files) take(parts map[string][]*multipart.FileHeader) error {
	for name, all := range parts {
		part, err := all[0].Open()
		if err != nil {
			return err
		}
		f[name], err = io.ReadAll(part)
		if err = errors.Join(err, part.Close()); err != nil {
			return err
		}
	}
	return nil
}

func (a params) readJSON(body io.Reader) error {
	raw, err := io.ReadAll(body)
	if err != nil || len(bytes.TrimSpace(raw)) == 0 {
		return err
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal(raw, &object); err != nil {
		return err
	}
	for name, value := range object {
		var text string
		switch {
		case string(value) == "null":
		case json.Unmarshal(value, &text) == nil:
			a[name] = text
		default:
			a[name] = string(value)
		}
	}
	return nil
}

func (a params) take(values url.Values) {
	for name, all := range values {
		if len(all) > 0 {
			a[name] = all[0]
		}
	}
}

// integer returns a whole number; absent is the number to take when it does
// not parse either, as the platforms do.
func (a params) integer(name string, absent int64) int64 {
	n, err := strconv.ParseInt(a[name], 10, 64)
	if err != nil {
		return absent
	}
	return n
}

// flag returns a truth value: true, yes and 1, in any case.
func (a params) flag(name string) bool {
	switch strings.ToLower(a[name]) {
	case "true", "yes", "1":
		return true
	}
	return false
}
