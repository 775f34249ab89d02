package manifest

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"

	"kartyar/card"
	"kartyar/desk/table"
)

// encodings are how the field writes its files; windows-1256 has neither ی nor
// Persian digits and comes with ي.
var encodings = map[string]func(string) ([]byte, error){
	"utf-8":                  func(s string) ([]byte, error) { return []byte(s), nil },
	"utf-8 bom":              func(s string) ([]byte, error) { return []byte("\ufeff" + s), nil },
	"utf-16 le":              utf16(unicode.LittleEndian, unicode.UseBOM),
	"utf-16 be":              utf16(unicode.BigEndian, unicode.UseBOM),
	"utf-16 le without mark": utf16(unicode.LittleEndian, unicode.IgnoreBOM),
	"utf-16 be without mark": utf16(unicode.BigEndian, unicode.IgnoreBOM),
	"windows-1256": func(s string) ([]byte, error) {
		return charmap.Windows1256.NewEncoder().Bytes([]byte(strings.ReplaceAll(s, "ی", "ي")))
	},
}

func utf16(order unicode.Endianness, mark unicode.BOMPolicy) func(string) ([]byte, error) {
	return func(s string) ([]byte, error) { return unicode.UTF16(order, mark).NewEncoder().Bytes([]byte(s)) }
}

var headings = [][]string{
	{"national_code", "کد ملی", "کدملی", "شماره ملی", "National Code"},
	{"mobile", "شماره همراه", "موبایل"},
	{"stage", "مرحله", "وضعیت"},
	{"office", "کد دفتر", "دفتر"},
	{"as_of", "تاریخ وضعیت", "تاریخ"},
	{"receipt_code", "کد رهگیری", "کد رهگیری رسید"},
	{"note", "توضیح", "توضیحات"},
	{"نام", "other"},
}

var cellsOf = [][]string{
	{"9007212214", "0012345679", "4351332123", "123", "", "9007212212"},
	{"09120619582", "+989916990287", "", "021"},
	{"ready", "تحویل شده", "نقص مدرک", "گمشده", ""},
	{"12", "دفتر ونک", "998", "", "جای دیگر"},
	{"1405/09/02", "2026-11-20T10:00:00Z", "", "1405/12/30"},
	{"AB12345678", "", "1.2E+11"},
	{"نقص مدرک؛ عکس", "", "دو\nسطر", `او گفت "بیا"`, "=1+1", "a,b;c\td", " جا "},
	{"مریم", "-5", "'x"},
}

// drawRows draws rows of cells in the order of headings.
func drawRows(t *rapid.T) [][]string {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) []string {
		row := make([]string, len(cellsOf))
		for i, choice := range cellsOf {
			row[i] = rapid.SampledFrom(choice).Draw(t, "cell")
		}
		return row
	}), 1, 12).Draw(t, "rows")
}

// write writes a table by the given delimiter and line end, with quotation
// marks where they are needed.
func write(rows [][]string, delimiter, lineEnd string) string {
	var b strings.Builder
	for _, row := range rows {
		for i, cell := range row {
			if i > 0 {
				b.WriteString(delimiter)
			}
			if strings.ContainsAny(cell, "\"\r\n,;\t") {
				cell = `"` + strings.ReplaceAll(cell, `"`, `""`) + `"`
			}
			b.WriteString(cell)
		}
		b.WriteString(lineEnd)
	}
	return b.String()
}

type outcome struct {
	Row    card.Row
	Reason Reason
}

func outcomes(t testing.TB, file []byte) []outcome {
	lines, _ := readAll(t, file, options())
	var all []outcome
	for _, line := range lines {
		all = append(all, outcome{line.Row, line.Reason})
	}
	return all
}

func first(all []string) string { return all[0] }

func names() []string {
	var plain []string
	for _, h := range headings {
		plain = append(plain, first(h))
	}
	return plain
}

// The same rows give the same records, however the file is written.
func TestAnyFormSameRows(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		rows := drawRows(rt)
		want := outcomes(t, []byte(write(append([][]string{names()}, rows...), ",", "\n")))

		order := rapid.Permutation([]int{0, 1, 2, 3, 4, 5, 6, 7}).Draw(rt, "columns")
		permuted := make([][]string, 0, len(rows)+1)
		for n, row := range append([][]string{nil}, rows...) {
			var cells []string
			for _, i := range order {
				if n == 0 {
					cells = append(cells, rapid.SampledFrom(headings[i]).Draw(rt, "heading"))
				} else {
					cells = append(cells, row[i])
				}
			}
			permuted = append(permuted, cells)
		}
		delimiter := rapid.SampledFrom([]string{",", ";", "\t"}).Draw(rt, "delimiter")
		lineEnd := rapid.SampledFrom([]string{"\n", "\r\n", "\r", "\r\n\r\n"}).Draw(rt, "line end")
		title := rapid.SampledFrom([]string{"", "فهرست کارت" + lineEnd, "استان، تهران" + delimiter + delimiter + lineEnd}).Draw(rt, "title")
		name := rapid.SampledFrom(keys(encodings)).Draw(rt, "encoding")
		file, err := encodings[name](title + write(permuted, delimiter, lineEnd))
		if err != nil {
			rt.Fatal(err)
		}
		if diff := cmp.Diff(want, outcomes(t, file)); diff != "" {
			rt.Fatalf("%s: %s", name, diff)
		}
	})
}

func keys[V any](m map[string]V) []string {
	var all []string
	for k := range m {
		all = append(all, k)
	}
	slices.Sort(all)
	return all
}

// Refused rows, written out and read again, are refused for the same reasons;
// written out once more, the file has grown no further columns.
func TestRefusedFileIsReadAgain(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		delimiter := rapid.SampledFrom([]string{",", ";", "\t"}).Draw(rt, "delimiter")
		file := []byte(write(append([][]string{names()}, drawRows(rt)...), delimiter, "\r\n"))
		lines, _ := readAll(t, file, options())
		once := refused(t, file)
		again, _ := readAll(t, once, options())
		lines = slices.DeleteFunc(lines, func(l Line) bool { return l.Reason == 0 })
		if len(again) != len(lines) {
			rt.Fatalf("%d rows refused, %d read again", len(lines), len(again))
		}
		for i := range lines {
			if lines[i].Reason != again[i].Reason || lines[i].Column != again[i].Column {
				rt.Fatalf("row %d: %v in %s, then %v in %s", i, lines[i].Reason, lines[i].Column, again[i].Reason, again[i].Column)
			}
		}
		head, _, _ := bytes.Cut(once, []byte("\n"))
		twice, _, _ := bytes.Cut(refused(t, once), []byte("\n"))
		if !bytes.Equal(head, twice) {
			rt.Fatalf("heading row %q became %q", head, twice)
		}
	})
}

// refused returns the refused file of file.
func refused(t testing.TB, file []byte) []byte {
	t.Helper()
	r, err := Open(bytes.NewReader(file), options())
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w, err := NewRefusals(&out, r.Heading(), r.Delimiter())
	if err != nil {
		t.Fatal(err)
	}
	for {
		line, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if line.Reason != 0 {
			if err := w.Add(line); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// What a cell says does not change by being guarded, and no guarded cell
// begins like a formula.
func TestGuardIsTakenOff(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		cell := rapid.StringOfN(rapid.SampledFrom([]rune("=+-@'\t\r\n ＝＠x۱")), 0, 6, -1).Draw(rt, "cell")
		plain, _ := table.Clean(cell)
		guarded, _ := table.Clean(Guard(cell))
		if plain != guarded {
			rt.Fatalf("%q says %q, guarded %q", cell, plain, guarded)
		}
		if strings.IndexAny(Guard(cell), "=+-@\t\r\n＝＋－＠") == 0 {
			rt.Fatalf("%q begins like a formula", Guard(cell))
		}
	})
}

func TestRefusedFile(t *testing.T) {
	file := "کد ملی;دفتر;توضیح\n9007212212;12;=HYPERLINK(\"x\")\n9007212214;12\n;12;a;b\n"
	want := "\ufeffکد ملی;دفتر;توضیح;ردیف;ستون;علت\n" +
		"9007212212;12;\"'=HYPERLINK(\"\"x\"\")\";2;کد ملی;\"" + ReasonCodeChecksum.Sentence() + "\"\n" +
		";12;a;4;کد ملی;کد ملی خالی است.;b\n"
	want = strings.ReplaceAll(want, "\""+ReasonCodeChecksum.Sentence()+"\"", ReasonCodeChecksum.Sentence())
	if diff := cmp.Diff(want, string(refused(t, []byte(file)))); diff != "" {
		t.Error(diff)
	}
}

func FuzzRead(f *testing.F) {
	plain := write([][]string{names(), {"9007212214", "09120619582", "ready", "12", "1405/09/02", "AB12345678", "x", "y"}}, ",", "\r\n")
	for _, encode := range encodings {
		file, err := encode(plain)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(file)
	}
	f.Add([]byte("sep=;\nنام;کد ملی;دفتر\r\"a\nb\";=\"\"0012345679\"\";12\r\r\n\"open"))
	f.Fuzz(func(t *testing.T, file []byte) {
		r, err := Open(bytes.NewReader(file), options())
		if err != nil {
			return
		}
		rows, last := 0, 0
		for {
			line, err := r.Next()
			if errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("memory gave an error: %v", err)
			}
			rows++
			if line.Number <= last {
				t.Fatalf("line %d after line %d", line.Number, last)
			}
			last = line.Number
			if good := line.Reason == 0; good == (line.Row == (card.Row{})) || good && line.Row.State.IsZero() {
				t.Fatalf("line %d: %v and %+v", line.Number, line.Reason, line.Row)
			}
		}
		if s := r.Summary(); s.Good+s.Refused != s.Rows || s.Rows != rows {
			t.Fatalf("%d rows read, %+v", rows, s)
		}
	})
}

// listReader is a list of blocks*1000 rows that exists only as it is read.
type listReader struct {
	heading, block string
	blocks, next   int // block 0 is the heading
	left           string
}

func newListReader(blocks int) *listReader {
	var block strings.Builder
	for n := range 1000 {
		fmt.Fprintf(&block, "%s,0912%07d,ready,12,1405/09/02,R%09d\n", code(n+1_000_000), n, n)
	}
	return &listReader{heading: "کد ملی,شماره همراه,مرحله,دفتر,تاریخ,کد رهگیری\n", block: block.String(), blocks: blocks}
}

func (l *listReader) Read(p []byte) (int, error) {
	if l.left == "" {
		switch {
		case l.next > l.blocks:
			return 0, io.EOF
		case l.next == 0:
			l.left = l.heading
		default:
			l.left = l.block
		}
		l.next++
	}
	n := copy(p, l.left)
	l.left = l.left[n:]
	return n, nil
}

func (l *listReader) Seek(int64, int) (int64, error) {
	l.next, l.left = 0, ""
	return 0, nil
}

// code returns a national code whose check digit holds.
func code(n int) string {
	digits, sum := fmt.Sprintf("%09d", n), 0
	for i := range 9 {
		sum += int(digits[i]-'0') * (10 - i)
	}
	if sum %= 11; sum >= 2 {
		sum = 11 - sum
	}
	return digits + string(rune('0'+sum))
}

var manyRows = flag.Int("rows", 200_000, "how many rows TestManyRows reads")

// Any number of rows is read in the memory of a few.
func TestManyRows(t *testing.T) {
	r, err := Open(newListReader(*manyRows/1000), options())
	if err != nil {
		t.Fatal(err)
	}
	base := heap()
	for n := 1; ; n++ {
		if _, err := r.Next(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if n%(*manyRows/4) == 0 {
			if grown := heap() - base; grown > 1<<20 {
				t.Fatalf("after %d rows %d bytes more are held", n, grown)
			}
		}
	}
	if s := r.Summary(); s.Good != *manyRows/1000*1000 {
		t.Errorf("got %+v, want %d good", s, *manyRows)
	}
}

func BenchmarkNext(b *testing.B) {
	var file bytes.Buffer
	if _, err := io.Copy(&file, newListReader(100)); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(file.Len() / 100_000))
	b.ReportAllocs()
	in := bytes.NewReader(file.Bytes())
	r, err := Open(in, options())
	if err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	for b.Loop() {
		if _, err := r.Next(); errors.Is(err, io.EOF) {
			if r, err = Open(in, options()); err != nil {
				b.Fatal(err)
			}
		} else if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/time.Since(began).Seconds(), "rows/s")
}
