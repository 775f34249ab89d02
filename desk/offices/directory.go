package offices

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"kartyar/card"
)

// Errors of Resolve.
var (
	ErrAmbiguous = errors.New("several offices have this name")
	ErrNoSuch    = errors.New("no office has this name")
)

// Directory is all offices, indexed. It never changes, so any number of
// goroutines may use it; a new file makes a new Directory.
type Directory struct {
	offices   []card.Office // in Persian order of their names
	byCode    map[string]int
	byName    map[string]int // folded; ambiguous for names that several offices have
	provinces []string
	cities    map[string][]string // by folded province
	in        map[[2]string][]int // by folded province and city
	index     *index
	located   bool
}

// ambiguous stands in Directory.byName for a name of several offices.
const ambiguous = -1

// New returns the directory of all. Of two offices with one code the later one
// counts.
func New(all []card.Office) *Directory {
	d := &Directory{
		byCode: map[string]int{},
		byName: map[string]int{},
		cities: map[string][]string{},
		in:     map[[2]string][]int{},
	}
	for _, o := range all {
		if i, is := d.byCode[o.Code]; is {
			d.offices[i] = o
			continue
		}
		d.byCode[o.Code] = len(d.offices)
		d.offices = append(d.offices, o)
	}
	sorted(d.offices, func(o card.Office) string { return o.Name }, func(a, b card.Office) int { return cmp.Compare(a.Code, b.Code) })
	for i, o := range d.offices {
		d.add(i, o)
	}
	byItself := func(s string) string { return s }
	sorted(d.provinces, byItself, cmp.Compare)
	for _, cities := range d.cities {
		sorted(cities, byItself, cmp.Compare)
	}
	d.index = newIndex(d.offices)
	return d
}

func (d *Directory) add(i int, o card.Office) {
	d.byCode[o.Code] = i
	d.located = d.located || o.Located
	if folded := fold(o.Name); folded != "" {
		if _, is := d.byName[folded]; is {
			i = ambiguous
		}
		d.byName[folded] = i
	}
	p, c := fold(o.Province), fold(o.City)
	if _, is := d.cities[p]; !is {
		d.provinces = append(d.provinces, o.Province)
		d.cities[p] = nil
	}
	if _, is := d.in[[2]string{p, c}]; !is {
		d.cities[p] = append(d.cities[p], o.City)
	}
	d.in[[2]string{p, c}] = append(d.in[[2]string{p, c}], d.byCode[o.Code])
}

// fold is card.Fold for text that may not be in NFKC.
func fold(s string) string { return card.Fold(norm.NFKC.String(s)) }

// Len returns how many offices there are.
func (d *Directory) Len() int { return len(d.offices) }

// Located reports whether it is known of any office where it is.
func (d *Directory) Located() bool { return d.located }

// ByCode returns the office with a code that is folded by card.FoldID.
func (d *Directory) ByCode(code string) (o card.Office, known bool) {
	i, known := d.byCode[code]
	if !known {
		return card.Office{}, false
	}
	return d.offices[i], true
}

// Provinces returns the names of the provinces in Persian order; "" is among
// them when some office names none.
func (d *Directory) Provinces() []string { return slices.Clone(d.provinces) }

// Cities returns the names of a province's cities in Persian order.
func (d *Directory) Cities(province string) []string { return slices.Clone(d.cities[fold(province)]) }

// In returns the offices of a city in Persian order of their names.
func (d *Directory) In(province, city string) []card.Office {
	return d.take(d.in[[2]string{fold(province), fold(city)}])
}

func (d *Directory) take(places []int) []card.Office {
	all := make([]card.Office, len(places))
	for n, i := range places {
		all[n] = d.offices[i]
	}
	return all
}

// Resolve returns the code of the office that a list means by text: a code, or
// a name that one office alone has. What looks like a code is one, known or
// not. A name of several offices gives ErrAmbiguous, a name of none ErrNoSuch,
// and a number rounded by a spreadsheet card.ErrRounded.
func (d *Directory) Resolve(text string) (code string, known bool, err error) {
	text = norm.NFKC.String(text)
	code, err = card.ParseID(text)
	if err != nil {
		return "", false, err
	}
	if _, known = d.byCode[code]; known {
		return code, true, nil
	}
	switch i, is := d.byName[card.Fold(text)]; {
	case is && i == ambiguous:
		return "", false, ErrAmbiguous
	case is:
		return d.offices[i].Code, true, nil
	case codeLike(text, code):
		return code, false, nil
	}
	return "", false, ErrNoSuch
}

// codeLike tells a code from a name: Latin letters and digits only, and a
// digit among them or one word.
func codeLike(text, code string) bool {
	if code == "" || len(code) > codeLimit {
		return false
	}
	digit := false
	for _, r := range code {
		if r >= unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return false
		}
		digit = digit || unicode.IsDigit(r)
	}
	return digit || len(strings.Fields(text)) == 1
}

// sorted sorts all in Persian order of what text returns, then by next.
func sorted[T any](all []T, text func(T) string, next func(a, b T) int) {
	keys := make(map[string]string, len(all))
	for _, v := range all {
		keys[text(v)] = sortKey(text(v))
	}
	slices.SortStableFunc(all, func(a, b T) int {
		return cmp.Or(cmp.Compare(keys[text(a)], keys[text(b)]), next(a, b))
	})
}

// alphabet is the Persian one. Code points put پ, چ, ژ, ک, گ and ی behind the
// others, and x/text/collate weighs a megabyte.
const alphabet = "آابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی"

// sortKey returns a string that sorts bytewise as s does in Persian: folded,
// numbers by their value, Latin behind Persian.
func sortKey(s string) string {
	var key []byte
	folded := []rune(fold(s))
	for i := 0; i < len(folded); i++ {
		r := folded[i]
		if unicode.IsDigit(r) {
			j := i
			for j < len(folded) && unicode.IsDigit(folded[j]) {
				j++
			}
			number := strings.TrimLeft(string(folded[i:j]), "0")
			key = append(append(key, 2, byte(min(len(number), 255))), number...)
			i = j - 1
			continue
		}
		switch at := strings.IndexRune(alphabet, r); {
		case r == ' ':
			key = append(key, 1)
		case at >= 0:
			key = append(key, 3, byte(at/2))
		default:
			key = append(append(key, 4), string(r)...)
		}
	}
	return string(key)
}
