package offices

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kartyar/card"
	"kartyar/desk/table"
)

func TestParse(t *testing.T) {
	const file = "دفترهای نمونه;;;\n" +
		"کد دفتر;نام دفتر;نوع;استان;شهر;نشانی;تلفن;ساعات کار;عرض جغرافیایی;طول جغرافیایی\n" +
		"۰۰۱۲;دفتر ونك;پیشخوان دولت;تهران;تهران;\"میدان ونک\nپلاک ۵\";۰۲۱۸۸۷۷;۸ تا ۱۴;۳۵٫۷۵۷;51.41\n" +
		"ab-1;ثبت احوال يزد;registry;یزد;یزد;;;;0;0\n"
	said, err := Parse(strings.NewReader(file))
	if err != nil || len(said.Refused) > 0 {
		t.Fatal(err, said.Refused)
	}
	want := []card.Office{
		{Code: "12", Name: "دفتر ونک", Kind: card.Pishkhan, Province: "تهران", City: "تهران", Address: "میدان ونک پلاک ۵",
			Phone: "۰۲۱۸۸۷۷", Hours: "۸ تا ۱۴", Latitude: 35.757, Longitude: 51.41, Located: true},
		{Code: "AB1", Name: "ثبت احوال یزد", Kind: card.Registry, Province: "یزد", City: "یزد"},
	}
	if diff := cmp.Diff(want, said.Offices); diff != "" {
		t.Error(diff)
	}
}

func TestParseRefusals(t *testing.T) {
	heading := "code,name,kind,latitude,longitude\n"
	for row, want := range map[string]RowError{
		"1,a,post,35,51":       {},
		"1,a,,,":               {},
		",a,,,":                {2, "code", ErrNeeded},
		"1.2E+11,a,,,":         {2, "code", ErrCode},
		"1,,,,":                {2, "name", ErrNeeded},
		"1,a,bank,,":           {2, "kind", ErrKind},
		"1,a,,91,51":           {2, "latitude", ErrCoordinate},
		"1,a,,NaN,51":          {2, "latitude", ErrCoordinate},
		"1,a,,35,":             {2, "longitude", ErrCoordinate},
		"1,a,,,51":             {2, "latitude", ErrCoordinate},
		"1,a\x00,,,":           {2, "name", ErrCharacters},
		"1,#N/A,,,":            {2, "name", ErrFormula},
		"1,\"a,,,":             {2, "", ErrBroken},
		"1,a,,,\n0001,b,,,":    {3, "code", ErrTwice},
		"0,a,,,\n\n,,,\n1,b":   {5, "", ErrCut},
		"0,a,,,\n\n,,,\n1,b\n": {},
	} {
		said, err := Parse(strings.NewReader(heading + row))
		refused := said.Refused
		switch {
		case err != nil:
			t.Errorf("%q: %v", row, err)
		case want.Err == nil && len(refused) > 0, want.Err != nil && (len(refused) != 1 || refused[0] != want):
			t.Errorf("%q: got %v, want %v", row, refused, want)
		}
	}
}

func TestParseWithoutName(t *testing.T) {
	_, err := Parse(strings.NewReader("code,city\n1,a\n"))
	if h := (&table.HeadingError{}); !errors.As(err, &h) || h.Column != "name" || !errors.Is(err, table.ErrNoHeading) {
		t.Errorf("got %v, want the missing name", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("code,name,kind,latitude,longitude\n1,a,post,35,51\n"))
	f.Add([]byte("\ufeffکد;نام\n۱;«ونک»\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		said, err := Parse(bytes.NewReader(file))
		all := said.Offices
		if err != nil {
			return
		}
		d := New(all)
		if d.Len() != len(all) {
			t.Fatalf("%d offices, %d in the directory", len(all), d.Len())
		}
		for _, o := range all {
			if code, known, err := d.Resolve(o.Code); err != nil || !known || code != o.Code {
				t.Fatalf("office %q resolves to %q, %v, %v", o.Code, code, known, err)
			}
			if found := d.Search(o.Code, 1); len(found) != 1 || found[0] != o {
				t.Fatalf("office %q is not found by its code", o.Code)
			}
		}
	})
}
