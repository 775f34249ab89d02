package manifest

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"kartyar/card"
	"kartyar/desk/table"
)

var (
	now   = time.Date(2026, 11, 23, 9, 15, 30, 500, time.UTC)
	keyer = card.NewKeyer([]byte("a secret for tests"))
)

var errNoOffice = errors.New("no such office")

// resolve knows the offices 12 and VANAK, the latter as «دفتر ونک» too.
func resolve(text string) (code string, known bool, err error) {
	switch code := card.FoldID(text); {
	case code == "12", code == "VANAK":
		return code, true, nil
	case card.Fold(text) == "دفتر ونک":
		return "VANAK", true, nil
	case strings.ContainsAny(code, "0123456789"):
		return code, false, nil
	}
	return "", false, errNoOffice
}

func options() Options { return Options{Now: now, Keyer: keyer, Resolve: resolve} }

// readAll returns all lines of a file, with cells that stay.
func readAll(t testing.TB, file []byte, o Options) ([]Line, Summary) {
	t.Helper()
	r, err := Open(bytes.NewReader(file), o)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	var lines []Line
	for {
		line, err := r.Next()
		if errors.Is(err, io.EOF) {
			return lines, r.Summary()
		}
		if err != nil {
			t.Fatalf("Next: %v", err)
		}
		line.Cells = append([]string(nil), line.Cells...)
		lines = append(lines, line)
	}
}

func person(code string) card.PersonKey        { return keyer.Person(card.NationalCode(code)) }
func phone(number string) card.PhoneKey        { return keyer.Phone(card.Mobile(number)) }
func tehran(s string) time.Time                { return utc(s + "+03:30") }
func utc(s string) time.Time                   { t, _ := time.Parse(time.RFC3339, s); return t.UTC() }
func receiptID(code string) card.ApplicationID { return keyer.ApplicationID("", code) }

func TestReadExcelList(t *testing.T) {
	file := "فهرست ارسال کارت,,,\r\nاستان تهران,,,\r\n\r\n" +
		"ردیف,کد‌ملی,تلفن همراه,وضعيت,کد دفتر,تاریخ,کد رهگیری رسید,قفسه,توضیحات,شماره درخواست\r\n" +
		"۱,۹۰۰۷۲۱۲۲۱۴,۰۹۱۲۰۶۱۹۵۸۲,آماده‌ي تحويل,۱۲,1405/9/2,ab-12 34,الف ۳,,\r\n" +
		",,,,,,,,,\r\n" +
		"2,\"=\"\"0012345679\"\"\",'+989120619582,Collected,دفتر ونك,1405/09/01 10:30,,,\"دو\nسطر\",77\r\n" +
		"3,12345679.0,,گم شد,,,,,,\r\n"
	got, summary := readAll(t, []byte(file), Options{Now: now, Keyer: keyer, Resolve: resolve,
		Words: map[string]card.Stage{"آماده‌ی تحویل": card.StageReady}})
	want := []Line{
		{Number: 5, Row: card.Row{
			Today: true, Person: person("9007212214"), Phone: phone("+989120619582"), ID: receiptID("AB1234"), Receipt: keyer.Receipt("AB1234"),
			State: card.State{Stage: card.StageReady, Office: "12", Shelf: "الف ۳", AsOf: tehran("2026-11-23T00:00:00")},
		}},
		{Number: 7, Row: card.Row{
			Person: person("0012345679"), Phone: phone("+989120619582"), ID: keyer.ApplicationID("77", ""),
			State: card.State{Stage: card.StageCollected, Office: "VANAK", Note: "دو سطر", AsOf: tehran("2026-11-22T10:30:00")},
		}},
		{Number: 9, Row: card.Row{
			Person: person("0012345679"), Undated: true,
			State: card.State{Word: "گم شد", AsOf: now.Truncate(time.Second)},
		}},
	}
	for i := range got {
		got[i].Cells = nil
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	wantSummary := Summary{Rows: 3, Good: 3, UnknownRows: 1, UnknownWords: map[string]int{"گم شد": 1}, UnknownOffices: map[string]int{}}
	if diff := cmp.Diff(wantSummary, summary); diff != "" {
		t.Error(diff)
	}
}

// A date without an hour, or with the one that a workbook gives it, is told from
// others on the day of the import alone.
func TestToday(t *testing.T) {
	of := map[string]bool{
		"1405/09/02": true, "2026-11-23": true, "2026-11-23 00:00:00": true, "2026-11-23T00:00:00+03:30": true,
		"1405/09/01": false, "1405/09/02 00:01": false, "1405/09/02 14:30": false, "1405/09/03": false, "2026-11-23T00:00:00Z": false, "": false,
	}
	for date, want := range of {
		lines, _ := readAll(t, []byte("national_code,office,as_of\n0012345679,12,"+date+"\n"), options())
		if got := lines[0].Row.Today; got != want || lines[0].Reason != 0 {
			t.Errorf("%q: today %v, %v", date, got, lines[0].Reason)
		}
	}
	// It is still yesterday in London.
	late := options()
	late.Now = time.Date(2026, 11, 23, 21, 0, 0, 0, time.UTC)
	lines, _ := readAll(t, []byte("national_code,office,as_of\n0012345679,12,1405/09/03\n"), late)
	if !lines[0].Row.Today {
		t.Error("the day is not Tehran's")
	}
}

func TestRefusals(t *testing.T) {
	heading := "national_code,mobile,stage,office,as_of,receipt_code,note\n"
	for _, c := range []struct {
		row    string
		reason Reason
		column string
	}{
		{"9007212214,,ready,12,,,", 0, ""},
		{",09120619582,ready,12,,,", ReasonCodeEmpty, "national_code"},
		{"9007212,,ready,12,,,", ReasonCodeLength, "national_code"},
		{"90O7212214,,ready,12,,,", ReasonCodeLetters, "national_code"},
		{"9007212212,,ready,12,,,", ReasonCodeChecksum, "national_code"},
		{"1111111111,,ready,12,,,", ReasonCodeChecksum, "national_code"},
		{"9.01E+09,,ready,12,,,", ReasonRounded, "national_code"},
		{"9007212214,02188776655,ready,12,,,", ReasonMobile, "mobile"},
		{"9007212214,9.12E+09,ready,12,,,", ReasonRounded, "mobile"},
		{"9007212214,9120619582.0,ready,12,,,", 0, ""},
		{"9007212214,-,ready,12,,,", 0, ""},
		{"9007212214,,,12,,,", ReasonStageEmpty, "stage"},
		{"9007212214,,ready,,,,", ReasonOfficeEmpty, "office"},
		{"9007212214,,dispatched,,,,", ReasonOfficeEmpty, "office"},
		{"9007212214,,collected,,,,", 0, ""},
		{"9007212214,,ready,شعبهٔ گمشده,,,", ReasonOffice, "office"},
		{"9007212214,,ready,1.2E+11,,,", ReasonRounded, "office"},
		{"9007212214,,ready,99,,,", 0, ""},
		{"9007212214,,ready,12,دیروز,,", ReasonDate, "as_of"},
		{"9007212214,,ready,12,1405/12/30,,", ReasonDateInvalid, "as_of"},
		{"9007212214,,ready,12,2026-11-24T09:15:31Z,,", ReasonDateAhead, "as_of"},
		{"9007212214,,ready,12,2026-11-24T09:15:30Z,,", 0, ""},
		{"9007212214,,ready,12,1305/09/02,,", ReasonDateOld, "as_of"},
		{"9007212214,,ready,12,1389/12/29,,", ReasonDateOld, "as_of"},
		{"9007212214,,ready,12,1390/01/02,,", 0, ""},
		{"9007212214,,ready,09120619582,,,", ReasonMisplaced, "office"},
		{"9007212214,,ready,9007212214,,,", ReasonMisplaced, "office"},
		{"9007212214,,۰۹۱۲۰۶۱۹۵۸۲,12,,,", ReasonMisplaced, "stage"},
		{"9007212214,,9007212214.0,12,,,", ReasonMisplaced, "stage"},
		{"9007212214,,ready,12,,1.2E+11,", ReasonRounded, "receipt_code"},
		{"9007212214,,ready,12,,,a\x00b", ReasonCharacters, "note"},
		{"9007212214,,ready,12,,,\"never closed", ReasonBroken, ""},
		{"9007212214", ReasonStageEmpty, "stage"},
		{"9007212214,,collected,,,,,,more,cells", 0, ""},
	} {
		lines, summary := readAll(t, []byte(heading+c.row+"\n"), options())
		if len(lines) != 1 || lines[0].Reason != c.reason || lines[0].Column != c.column {
			t.Errorf("%q: got %v, want %v in %q", c.row, lines, c.reason, c.column)
			continue
		}
		if bad := c.reason != 0; bad != (summary.Refused == 1) || bad == (summary.Good == 1) || summary.Rows != 1 {
			t.Errorf("%q: summary %+v", c.row, summary)
		}
		if c.reason != 0 && c.reason.Sentence() == "" {
			t.Errorf("%v has no sentence", c.reason)
		}
	}
}

func TestStageWords(t *testing.T) {
	words := stageWords(map[string]card.Stage{"رسید": card.StageReady, "READY": card.StageRejected, "رد شد": card.StageReturned})
	for word, want := range map[string]card.Stage{
		"Ready": card.StageReady, "آمادهٔ تحویل در دفتر": card.StageReady, "آماده تحويل در دفتر": card.StageReady,
		"تائید مدارک": card.StageApproved, "تأیید مدارک": card.StageApproved, "ارسال‌به‌دفتر": card.StageDispatched,
		"تحویل‌شده": card.StageCollected, "رسید": card.StageReady, "رد شد": card.StageReturned,
	} {
		if got := words[table.Key(word)]; got != want {
			t.Errorf("%s: got %v, want %v", word, got, want)
		}
	}
	if _, is := words[table.Key("unknown")]; is {
		t.Error("the word unknown is a stage")
	}
	// No variant may stand for two stages.
	seen := map[string]card.Stage{}
	for s, all := range variants {
		for _, word := range append(all, shown[s]) {
			if before, is := seen[table.Key(word)]; is && before != s {
				t.Errorf("%s means %v and %v", word, before, s)
			}
			seen[table.Key(word)] = s
		}
	}
}

func TestNoStageColumnIsReady(t *testing.T) {
	lines, _ := readAll(t, []byte("کد ملی;دفتر;کد دفتر\n9007212214;دفتر ونک;12\n"), options())
	if got := lines[0].Row.State; got.Stage != card.StageReady || got.Office != "12" {
		t.Errorf("got %+v, want ready at 12, since the code stands above the name", got)
	}
}

// A column of some other status does no harm beside one of stages.
func TestOtherHeadingsOfStages(t *testing.T) {
	for _, heading := range []string{"وضعیت کارت", "مرحله کارت", "Status", "stage,status", "وضعیت,وضعیت تأهل"} {
		lines, _ := readAll(t, []byte("کد ملی,کد دفتر,"+heading+"\n9007212214,12,collected,x\n"), options())
		if got := lines[0].Row.State.Stage; got != card.StageCollected {
			t.Errorf("%s: got %v", heading, got)
		}
	}
}

func TestUnreadColumns(t *testing.T) {
	heading := append([]string{"national_code", "نام", "دفتر", "تاریخ رسیدن"}, addedHeadings...)
	r, err := Open(strings.NewReader(strings.Join(heading, ",")+"\n"), options())
	if err != nil {
		t.Fatal(err)
	}
	if columns, sheets := r.Unread(); !slices.Equal(columns, []string{"نام", "تاریخ رسیدن"}) || len(sheets) != 0 {
		t.Errorf("got %q and %q", columns, sheets)
	}
}

// JSON lines name the program's own columns, and not all of them.
func TestObjectsWithoutStageAreReady(t *testing.T) {
	file := `{"national_code":"9007212214","office":"12"}`
	lines, _ := readAll(t, []byte(file), options())
	if got := lines[0].Row.State; got.Stage != card.StageReady || got.Office != "12" {
		t.Errorf("got %+v", got)
	}
	r, err := Open(strings.NewReader(file), options())
	if err != nil {
		t.Fatal(err)
	}
	if columns, sheets := r.Unread(); len(columns)+len(sheets) > 0 {
		t.Errorf("%q and %q were not read", columns, sheets)
	}
}

// A list that was copied in part loses nothing: its last row comes back.
func TestCutListLosesItsLastRowAlone(t *testing.T) {
	file := "national_code,stage,office,as_of,shelf\n9007212214,ready,12,1405/09/02,\n9007212214,ready,1"
	lines, summary := readAll(t, []byte(file), options())
	if summary.Good != 1 || lines[1].Reason != ReasonCut {
		t.Errorf("got %+v, %v", summary, lines[1].Reason)
	}
	for row, want := range map[string]Reason{
		"9007212214,12": 0, "9007212214,120": ReasonCut, "9007212214,120,": 0, "9007212214,120\n": 0,
	} {
		lines, _ := readAll(t, []byte("national_code,office\n"+row), options())
		if lines[0].Reason != want {
			t.Errorf("%q: got %v, want %v", row, lines[0].Reason, want)
		}
	}
}

func TestSummaryNamesAreBounded(t *testing.T) {
	file := "national_code,stage,office\n"
	for i := range 300 {
		file += "9007212214,word " + strings.Repeat("x", i) + ",k9" + strings.Repeat("7", i) + "\n"
	}
	_, summary := readAll(t, []byte(file), options())
	if summary.UnknownRows != 300 || len(summary.UnknownWords) > 100 || len(summary.UnknownOffices) > 100 {
		t.Errorf("got %d rows, %d words, %d offices", summary.UnknownRows, len(summary.UnknownWords), len(summary.UnknownOffices))
	}
}

func TestFilesThatAreNoList(t *testing.T) {
	for name, c := range map[string]struct {
		file   string
		want   error
		column string
	}{
		"empty":        {"", table.ErrEmpty, ""},
		"only blank":   {"\ufeff \r\n\r\n", table.ErrEmpty, ""},
		"cut workbook": {"PK\x03\x04 and so on", table.ErrDamaged, ""},
		"binary":       {"\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00", table.ErrBinary, ""},
		"UTF-32":       {"\xff\xfe\x00\x00n\x00\x00\x00", table.ErrCharset, ""},
		"no heading":   {"9007212214,12\n", table.ErrNoHeading, "national_code"},
		"no office":    {"national_code\n9007212214\n", table.ErrNoHeading, "office"},
		"two alike":    {"national_code,office,کد ملی\n", table.ErrTwoHeadings, "national_code"},
		"other stage":  {"کد ملی,تلفن همراه,وضعیت پروندهٔ کارت,دفتر\n", ErrStageHeading, "وضعیت پروندهٔ کارت"},
		"above":        {"متقاضی,,وضعیت پرونده,دفتر\nکد ملی,موبایل,,\n", ErrStageHeading, "وضعیت پرونده"},
		"below":        {"کد ملی,موبایل,,دفتر\n,,وضعیت پرونده,\n", ErrStageHeading, "وضعیت پرونده"},
		"the same":     {"national_code,card_status,office\n", ErrStageHeading, "card_status"},
		"two the same": {"national_code,stage,stage\n", table.ErrTwoHeadings, "stage"},
	} {
		_, err := Open(strings.NewReader(c.file), options())
		if !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
		if h := (&table.HeadingError{}); c.column != "" && (!errors.As(err, &h) || h.Column != c.column) {
			t.Errorf("%s: got %v, want column %s", name, err, c.column)
		}
	}
}

func TestDamageCostsItsRowOnly(t *testing.T) {
	good := "national_code,stage,note\n9007212214,collected,سلام\n"
	utf16, _ := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes([]byte(good + "9007212214,collected,x"))
	for name, c := range map[string]struct {
		file        []byte
		good, wrong int
	}{
		"half a UTF-16 character": {utf16[:len(utf16)-1], 1, 1},
		"half a UTF-8 character":  {[]byte(good + "9007212214,collected,\xd8"), 1, 1},
		"one bad byte":            {[]byte(good + "9007212214,collected,\xff\n9007212214,collected,\n"), 2, 1},
		"a stray quotation mark":  {[]byte(good + "9007212214,collected,\"x\n9007212214,collected,\n9007212214,collected,\"y\"\n"), 3, 1},
		"a NUL":                   {[]byte(good + "9007212214,collected,\x00\n9007212214,collected,\n"), 2, 1},
		"an endless row":          {[]byte(good + "9007212214,collected," + strings.Repeat("x", 1<<20) + "\n9007212214,collected,\n"), 2, 1},
	} {
		_, s := readAll(t, c.file, options())
		if s.Good != c.good || s.Refused != c.wrong {
			t.Errorf("%s: got %d good and %d refused, want %d and %d", name, s.Good, s.Refused, c.good, c.wrong)
		}
	}
}

func TestTellingByteAtTheEnd(t *testing.T) {
	file := []byte("national_code,stage,note\n" + strings.Repeat("9007212214,collected,\n", 20_000))
	note, _ := charmap.Windows1256.NewEncoder().Bytes([]byte("9007212214,collected,نقص مدرك\n"))
	lines, s := readAll(t, append(file, note...), options())
	if got := lines[len(lines)-1].Row.State.Note; s.Refused != 0 || got != "نقص مدرک" {
		t.Errorf("got note %q, %d refused", got, s.Refused)
	}
}

// heap returns the bytes that are in use.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
