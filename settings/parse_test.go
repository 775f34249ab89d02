package settings

import (
	"errors"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kartyar/card"
)

// The example loads as it is, and with all its lines in force.
func TestExample(t *testing.T) {
	text, err := os.ReadFile("../settings.example.toml")
	if err != nil {
		t.Fatal(err)
	}
	if s, err := Parse(text, nil); err != nil || len(s.Words) > 0 || s.Opening != "" {
		t.Errorf("as it is: %+v, %v", s, err)
	}
	inForce := regexp.MustCompile(`(?m)^#(\S)`).ReplaceAll(text, []byte("$1"))
	for _, file := range [][]byte{inForce, []byte(strings.ReplaceAll("\ufeff"+string(inForce), "\n", "\r\n"))} {
		s, err := Parse(file, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Terms("خراسان رضوی"); got.KeepDays != 45 || len(got.Bring) != 3 || got.Fee != "۷۰ هزار تومان، فقط با کارت بانکی" {
			t.Errorf("in the province: %+v", got)
		}
		want := Terms{
			Bring:    []string{"کارت قبلی یا شناسنامه", "رسید درخواست"},
			Fee:      "صدور نخستین ۶۰ هزار تومان، المثنی ۱۱۰ هزار تومان",
			KeepDays: 60,
		}
		if diff := cmp.Diff(want, s.Terms("فارس")); diff != "" {
			t.Error(diff)
		}
		if len(strings.Split(s.Opening, "\n")) != 2 || s.OpeningAgain == "" {
			t.Errorf("opening %q, again %q", s.Opening, s.OpeningAgain)
		}
		for _, stage := range card.Stages() {
			found := false
			for _, s := range s.Words {
				found = found || s == stage
			}
			if !found {
				t.Errorf("%s has no word", stage)
			}
		}
	}
}

func TestOverrides(t *testing.T) {
	s, err := Parse([]byte(`
everywhere.fee = "١٢ هزار تومان، NCR24.IR"
[province]
"استان كرمانشاه" = { keep_days = 30 }
[province."آذربایجان‌غربی"]
bring = "كارت ملي"
`), nil)
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]Terms{
		"":               {Fee: "۱۲ هزار تومان، NCR24.IR"},
		"کرمانشاه":       {Fee: "۱۲ هزار تومان، NCR24.IR", KeepDays: 30},
		"آذربایجان غربی": {Fee: "۱۲ هزار تومان، NCR24.IR", Bring: []string{"کارت ملی"}},
		"قم":             {Fee: "۱۲ هزار تومان، NCR24.IR"},
	}
	for province, want := range tests {
		if diff := cmp.Diff(want, s.Terms(province)); diff != "" {
			t.Errorf("%s: %s", province, diff)
		}
	}
	if diff := cmp.Diff([]string{"استان کرمانشاه"}, s.Unknown([]string{"آذربایجان غربی", "قم"})); diff != "" {
		t.Error(diff)
	}
	if n := len(s.Provinces()); n != 2 {
		t.Errorf("%d provinces", n)
	}
}

func TestKeptUntil(t *testing.T) {
	tehran := time.FixedZone("Tehran", 3*3600+1800)
	arrived := time.Date(2026, 11, 22, 21, 0, 0, 0, time.UTC) // the 23rd in Tehran
	if got, want := (Terms{KeepDays: 60}).KeptUntil(arrived, tehran), time.Date(2027, 1, 22, 0, 0, 0, 0, tehran); !got.Equal(want) {
		t.Errorf("kept until %v, want %v", got, want)
	}
	if got := (Terms{}).KeptUntil(arrived, tehran); !got.IsZero() {
		t.Errorf("kept until %v though nobody said so", got)
	}
	if got := (Terms{KeepDays: 60}).KeptUntil(time.Time{}, tehran); !got.IsZero() {
		t.Errorf("kept until %v though it never came", got)
	}
}

// Everything that is wrong is said with its line, all at once.
func TestProblems(t *testing.T) {
	own := map[string]card.Stage{"تحویل شده": card.StageCollected}
	tests := []struct {
		name, file string
		want       []string // line and a part of what is said
	}{
		{"unknown keys", "[everywhere]\nfes = \"x\"\nkeep_days = 3\n[province.\"قم\"]\nhours = 5\n", []string{`2: unknown key "fes"; there are bring, fee`, `5: unknown key "hours"`}},
		{"unknown parts", "a = 1\n[everywere]\nfee = \"x\"\n[[province]]\n[texts.more]\nx = 1", []string{
			`1: unknown key "a"`, "2: unknown part [everywere]", "4: write [province]", "5: unknown part [texts.more]", `6: unknown key "x"`}},
		{"wrong types", "[everywhere]\nfee = 5\nbring = [1, \"x\"]\nkeep_days = \"60\"\n[texts]\nopening = [\"x\"]", []string{
			"2: fee must be a text", "3: bring must hold texts", "4: keep_days must be a number", "6: opening must be a text"}},
		{"ranges", "[everywhere]\nkeep_days = 0\n[province.\"قم\"]\nkeep_days = 3651\nbring = []", []string{"2: keep_days must", "4: keep_days must", "5: bring is empty"}},
		{"texts", "[everywhere]\nfee = \"*4*6090#\"\nbring = [\n  \"کارت\",\n  \"ر\\u202eسید\",\n  \" \",\n  \"a\\nb\",\n]\n[texts]\nopening = \"a\\u0007\"", []string{
			`2: fee holds '*', which Bale`, "5: bring holds an invisible mark", "6: bring is empty", "7: bring must stand in one line", "10: opening holds a character"}},
		{"long", "[texts]\nopening = \"" + strings.Repeat("ن", 501) + "\"", []string{"2: opening has 501 characters, more than 500"}},
		{"words", "[words]\nready = [\"آماده‌ی باجه\", \"چاپ\"]\nprinting = [\"x\"]\nissuing = [\"چاپ\", \"--\"]\nreturned = [\"تحويل  شده\"]\nunknown = [\"y\"]", []string{
			`3: unknown stage "printing"; the stages are registered`, `4: the word "چاپ" stands under ready too, in 2`, "4: issuing holds a word without a letter",
			"5: the word \"تحويل  شده\" means collected", `6: unknown stage "unknown"`}},
		{"one province twice", "[province.\"قم\"]\nkeep_days = 1\n[province.\"استان قم\"]\nfee = \"x\"\n[province.\"?\"]\nfee = \"x\"", []string{"4: the province", `6: "?" is no name`}},
		{"twice", "[everywhere]\nfee = \"a\"\nfee = \"b\"", []string{"3: "}},
		{"no TOML", "[everywhere]\nfes = 1\nfee = بدون گیومه\n", []string{`2: unknown key "fes"`, "3: "}},
		{"UTF-16", "\xff\xfe[\x00", []string{"1: the file is UTF-16"}},
		{"no UTF-8", "[everywhere]\nfee = \"\xc7\xe1\"", []string{"2: "}},
		{"too long", strings.Repeat("#", Limit+1), []string{"1: the file is longer"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, err := Parse([]byte(test.file), own)
			var all *Error
			if !errors.As(err, &all) || s != nil {
				t.Fatalf("%+v, %v", s, err)
			}
			said := strings.ReplaceAll(err.Error(), "line ", "")
			parts := strings.Split(said, "; ")
			for _, want := range test.want {
				if !strings.Contains(said, want) {
					t.Errorf("%q is not in\n%s", want, strings.Join(parts, "\n"))
				}
			}
			if len(all.Problems) != len(test.want) {
				t.Errorf("%d problems, want %d:\n%s", len(all.Problems), len(test.want), said)
			}
		})
	}
}

// Whatever stands in a file, it is refused with a line or fit to be shown.
func FuzzParse(f *testing.F) {
	example, err := os.ReadFile("../settings.example.toml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(regexp.MustCompile(`(?m)^#(\S)`).ReplaceAll(example, []byte("$1")))
	f.Add([]byte("province.x = { bring = [\"a\", { b = 1 }], y.z = 2 }"))
	f.Add([]byte("[everywhere]\nkeep_days = 0x_1"))
	f.Fuzz(func(t *testing.T, file []byte) {
		s, err := Parse(file, nil)
		if err != nil {
			var all *Error
			if !errors.As(err, &all) || len(all.Problems) == 0 {
				t.Fatalf("no problem is named: %v", err)
			}
			lines := strings.Count(string(file), "\n") + 1
			for _, p := range all.Problems {
				if p.Line < 1 || p.Line > lines || p.Says == "" {
					t.Errorf("line %d of %d: %q", p.Line, lines, p.Says)
				}
			}
			return
		}
		for _, name := range append(s.Provinces(), "") {
			terms := s.Terms(name)
			texts := append([]string{s.Opening, s.OpeningAgain, terms.Fee}, terms.Bring...)
			for _, text := range texts {
				if strings.ContainsAny(text, markdown+"يك\u202e") || len([]rune(text)) > openingMost {
					t.Errorf("%q is not fit to be shown", text)
				}
			}
			if terms.KeepDays < 0 || terms.KeepDays > keepMost {
				t.Errorf("%d days", terms.KeepDays)
			}
		}
	})
}
