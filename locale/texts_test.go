package locale

import (
	"fmt"
	"html"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// flows are the headings of docs/texts.md, by the file that a text stands in; a
// file that is not here goes by its name.
var flows = map[string]string{
	"text_words.go":     "نام‌ها",
	"text_buttons.go":   "دکمه‌های اصلی",
	"text_common.go":    "همه‌جا",
	"text_start.go":     "شروع و راهنما",
	"text_about.go":     "معرفی ربات",
	"text_proof.go":     "شناختن صاحب کارت",
	"text_status.go":    "وضعیت کارت",
	"way.go":            "مسیر کارت",
	"text_terms.go":     "هزینه، مدارک و مهلت",
	"text_follow.go":    "خبر خواستن و یادآوری",
	"text_people.go":    "چند نفر در یک گفت‌وگو",
	"text_office.go":    "انتخاب دفتر",
	"text_nearest.go":   "نزدیک‌ترین دفتر",
	"text_questions.go": "پرسش‌ها",
	"text_settings.go":  "تنظیمات و حریم خصوصی",
	"text_invite.go":    "دعوت‌ها",
	"text_alert.go":     "خبرها",
	"text_alarm.go":     "هشدارهای مسئول برنامه",
	"text_family.go":    "همراهان",
	"text_demo.go":      "صفحهٔ نمایشی",
	"ussd.go":           "کد دستوری",
}

// shortText is how many letters fit in a line of the list of texts.
const shortText = 40

// textsPage is the whole catalogue for a reader, from right to left.
func textsPage(t *testing.T) string {
	t.Helper()
	file := map[string]string{}
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		for text := range exported(t, name) {
			file[text] = name
		}
	}
	var b strings.Builder
	b.WriteString("<!-- Written by `go test ./locale -update`; do not edit. With their buttons the texts stand in handlers/testdata. -->\n\n" +
		"<div dir=\"rtl\">\n\n# همهٔ نوشته‌های کارت‌یار\n\nمقدارها نمونه‌اند. نامی که پس از هر نوشته آمده، نام آن در برنامه است.\n")
	flow := ""
	for _, s := range Samples() {
		name, _, _ := strings.Cut(s.Name, "/")
		if now := flows[file[name]]; now == "" {
			flow = flowHeading(&b, flow, file[name])
		} else {
			flow = flowHeading(&b, flow, now)
		}
		if !strings.Contains(s.Text, "\n") && utf8.RuneCountInString(s.Text) <= shortText {
			fmt.Fprintf(&b, "* %s <sub dir=\"ltr\">%s</sub>\n", html.EscapeString(strings.ReplaceAll(s.Text, "*", "\\*")), s.Name)
			continue
		}
		fmt.Fprintf(&b, "\n<pre dir=\"rtl\">\n%s\n</pre>\n<sub dir=\"ltr\">%s</sub>\n\n", html.EscapeString(s.Text), s.Name)
	}
	return strings.TrimRight(b.String(), "\n") + "\n\n</div>\n"
}

func flowHeading(b *strings.Builder, before, now string) string {
	if now != before {
		b.WriteString("\n## " + now + "\n\n")
	}
	return now
}

// docs/texts.md is for whoever reads all that a citizen may read.
func TestTextsPageIsCurrent(t *testing.T) {
	const page = "../docs/texts.md"
	now := textsPage(t)
	if *update {
		if err := os.WriteFile(page, []byte(now), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(kept), now); diff != "" {
		t.Errorf("docs/texts.md is not current; run `go test ./locale -update` and read the difference (-kept +now):\n%s", diff)
	}
}

// longText is more than an elderly reader takes in from one message, in
// letters; what shows all of something is longer.
const longText = 700

// One message asks one thing: it has one question at most, and can be read at
// one go. The exceptions say why.
func TestAMessageAsksOneThing(t *testing.T) {
	exceptions := map[string]string{
		"Privacy": "its questions are headings",
	}
	for _, s := range Samples() {
		name, variant, _ := strings.Cut(s.Name, "/")
		if exceptions[name] != "" {
			continue
		}
		if n := strings.Count(s.Text, "؟"); n > 1 {
			t.Errorf("%s asks %d questions", s.Name, n)
		}
		if n := utf8.RuneCountInString(s.Text); n > longText && variant != "several" {
			t.Errorf("%s has %d letters", s.Name, n)
		}
		if n := strings.Count(s.Text, "لطفاً"); n > 1 {
			t.Errorf("%s says «لطفاً» %d times", s.Name, n)
		}
	}
}
