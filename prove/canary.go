package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf16"
)

// canary is something private that is given to the program and looked for in
// all that it writes.
type canary struct{ name, text string }

// form is a canary as it might be written.
type form struct {
	canary canary
	name   string
	bytes  []byte
}

// formLeast is how many bytes a form has at least: shorter ones are found
// anywhere by chance.
const formLeast = 8

// forms are the ways in which a canary might be written.
func (c canary) forms() (all []form) {
	add := func(name, text string) {
		known := func(f form) bool { return string(f.bytes) == text }
		if len(text) >= formLeast && !slices.ContainsFunc(all, known) {
			all = append(all, form{c, name, []byte(text)})
		}
	}
	add("raw", c.text)
	for name, text := range c.written() {
		add(name, text)
		add(name+", escaped", fmt.Sprintf("%+q", text)[1:len(fmt.Sprintf("%+q", text))-1])
		add(name+", URL", url.QueryEscape(text))
		add(name+", URL path", url.PathEscape(text))
		add(name+", hex", hex.EncodeToString([]byte(text)))
		add(name+", HEX", strings.ToUpper(hex.EncodeToString([]byte(text))))
		for _, enc := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			for shift := range 3 { // where it may begin in a group of three
				add(name+", base64", inBase64(enc, text, shift))
			}
		}
		for order, swapped := range []bool{false, true} {
			add(fmt.Sprint(name, ", UTF-16 ", order), inUTF16(text, swapped))
		}
	}
	return all
}

// written are the notations of a canary: of a number, in other digits and in
// groups.
func (c canary) written() map[string]string {
	all := map[string]string{"raw": c.text}
	if strings.Trim(c.text, "0123456789") != "" || len(c.text) < 10 {
		return all
	}
	groups := [][]int{{3, 3, 4}, {3, 6, 1}, {4, 3, 4}, {4, 3, 2, 2}}
	for _, g := range groups {
		for _, between := range []string{" ", "-", "."} {
			if parts, fits := split(c.text, g); fits {
				all[fmt.Sprintf("in groups %v %q", g, between)] = strings.Join(parts, between)
			}
		}
	}
	for name, zero := range map[string]rune{"Persian digits": '۰', "Arabic digits": '٠'} {
		all[name] = strings.Map(func(r rune) rune { return zero + r - '0' }, c.text)
	}
	if c.text[0] == '0' { // a mobile
		all["international"] = "98" + c.text[1:]
		all["without its zero"] = c.text[1:]
	}
	return all
}

func split(text string, lengths []int) (parts []string, fits bool) {
	for _, n := range lengths {
		if n > len(text) {
			return nil, false
		}
		parts, text = append(parts, text[:n]), text[n:]
	}
	return parts, text == ""
}

// inBase64 is what of a text in base64 does not depend on what stands around
// it, when it begins at some byte of a group.
func inBase64(enc *base64.Encoding, text string, shift int) string {
	whole := enc.EncodeToString([]byte(strings.Repeat("\x00", shift) + text))
	from, to := 0, len(whole)
	if shift > 0 {
		from = shift + 1
	}
	if (shift+len(text))%3 != 0 {
		to--
	}
	return whole[from:to]
}

func inUTF16(text string, bigEndian bool) string {
	var out []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		pair := []byte{byte(unit), byte(unit >> 8)}
		if bigEndian {
			slices.Reverse(pair)
		}
		out = append(out, pair...)
	}
	return string(out)
}

// finding is a canary found in a file.
type finding struct {
	form form
	file string
}

func (f finding) String() string {
	return fmt.Sprintf("%s (%s) in %s", f.form.canary.name, f.form.name, f.file)
}

// look looks for canaries, in all their forms, in all files under a directory
// but those that may have them.
func look(dir string, canaries []canary, allowed func(name string) bool) (found []finding, size int, err error) {
	var forms []form
	for _, c := range canaries {
		forms = append(forms, c.forms()...)
	}
	err = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() || allowed(entry.Name()) {
			return ignoreGone(err)
		}
		content, err := os.ReadFile(path)
		content = bytes.TrimRight(content, "\x00") // of files that are made larger than they are
		size += len(content)
		for _, f := range forms {
			if bytes.Contains(content, f.bytes) {
				found = append(found, finding{f, entry.Name()})
			}
		}
		return ignoreGone(err)
	})
	return found, size, err
}
