package offices

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"kartyar/card"
)

// How much a word counts by where it stands.
const (
	nameWeight    = 1.0
	cityWeight    = 0.8
	addressWeight = 0.6
)

// What bounds a search.
const (
	queryLimit = 64  // characters of a query that are looked at
	likeness   = 0.5 // how like the query's words an office's must be, from 0 to 1
)

// index finds offices by the words of their texts. What was typed is compared
// with every word there is, which costs less than a millisecond: an index of
// trigrams loses a short word in which two letters are wrong.
type index struct {
	words   []word
	offices int
}

// word is a word of some offices' texts.
type word struct {
	runes   []rune
	letters uint64 // which letters are in it, see lettersOf
	in      []posting
}

// posting is an office that has a word, and the word's weight there.
type posting struct {
	office int32
	weight float32
}

func newIndex(all []card.Office) *index {
	x := &index{offices: len(all)}
	at := map[string]int{}
	for i, o := range all {
		for _, part := range []struct {
			text   string
			weight float32
		}{{o.Name, nameWeight}, {o.Code, nameWeight}, {o.City, cityWeight}, {o.Address, addressWeight}} {
			for _, w := range joined(strings.Fields(searched(part.text))) {
				n, known := at[w.text]
				if !known {
					n = len(x.words)
					at[w.text] = n
					x.words = append(x.words, word{runes: []rune(w.text), letters: lettersOf(w.text)})
				}
				x.words[n].post(posting{int32(i), part.weight})
			}
		}
	}
	return x
}

// post adds p, where an office stands once, with its highest weight. Offices
// come in rising order.
func (w *word) post(p posting) {
	if last := len(w.in) - 1; last >= 0 && w.in[last].office == p.office {
		w.in[last].weight = max(w.in[last].weight, p.weight)
		return
	}
	w.in = append(w.in, p)
}

// alikeLetters writes letters that people take for each other as one.
var alikeLetters = strings.NewReplacer("ئ", "ی", "آ", "ا", "ء", "")

// searched is a text as it is searched.
func searched(s string) string { return alikeLetters.Replace(fold(s)) }

// span is a word, or two neighbours without the space between them: a
// half-space is easily forgotten, and easily a space.
type span struct {
	text        string
	from, until int // of the words
}

func joined(words []string) []span {
	all := make([]span, 0, 2*len(words))
	for i, w := range words {
		all = append(all, span{w, i, i + 1})
		if i > 0 && !hasDigit(w) && !hasDigit(words[i-1]) {
			all = append(all, span{words[i-1] + w, i - 1, i + 1})
		}
	}
	return all
}

func hasDigit(s string) bool { return strings.ContainsFunc(s, unicode.IsDigit) }

// inAnyOrder is joined with the neighbours swapped too.
func inAnyOrder(words []string) []span {
	all := joined(words)
	for _, s := range all {
		if s.until-s.from == 2 {
			all = append(all, span{words[s.from+1] + words[s.from], s.from, s.until})
		}
	}
	return all
}

// Search returns at most limit offices that what was typed may mean, the
// likeliest first: by name, city, address or code, in any order of the words,
// with two typos in a word of five letters or more and one in a shorter one,
// and by the beginnings of words. It returns none for a text that is like
// nothing.
func (d *Directory) Search(text string, limit int) []card.Office {
	text = norm.NFKC.String(text)
	if runes := []rune(text); len(runes) > queryLimit {
		text = string(runes[:queryLimit])
	}
	found := d.index.search(strings.Fields(searched(text)))
	if i, is := d.byCode[card.FoldID(text)]; is {
		found = slices.DeleteFunc(found, func(other int) bool { return other == i })
		found = slices.Insert(found, 0, i)
	}
	return d.take(found[:min(len(found), max(limit, 0))])
}

// fit is how well an office fits one word of the query.
type fit struct{ alike, weighed float32 }

// rank puts an office that has all the words, wherever they stand, before one
// that has some of them in its name.
func (f fit) rank() float32 { return 2*f.alike + f.weighed }

// search returns the offices that fit the words, the best first; of equals, in
// the order of the directory.
func (x *index) search(words []string) []int {
	fits := make([][]fit, len(words))
	length := 0
	for i, w := range words {
		fits[i] = make([]fit, x.offices)
		length += len([]rune(w))
	}
	for _, s := range inAnyOrder(words) {
		typed := newTyped(s.text)
		for i := range x.words {
			w := &x.words[i]
			like := float32(typed.like(w))
			if like == 0 {
				continue
			}
			for _, p := range w.in {
				for n := s.from; n < s.until; n++ {
					f := &fits[n][p.office]
					f.alike, f.weighed = max(f.alike, like), max(f.weighed, like*p.weight)
				}
			}
		}
	}
	scores := make([]fit, x.offices)
	for n, w := range words {
		share := float32(len([]rune(w))) / float32(length)
		for o, f := range fits[n] {
			scores[o].alike += share * f.alike
			scores[o].weighed += share * f.weighed
		}
	}
	var found []int
	for o, f := range scores {
		if f.alike >= likeness {
			found = append(found, o)
		}
	}
	slices.SortStableFunc(found, func(a, b int) int { return cmp.Compare(scores[b].rank(), scores[a].rank()) })
	return found
}

// lettersOf returns a set of the letters of w, by the last six bits of each.
func lettersOf(w string) (set uint64) {
	for _, r := range w {
		set |= 1 << (r & 63)
	}
	return set
}

// typedWord is a word of a query.
type typedWord struct {
	runes   []rune
	letters uint64
	most    int // typos that are forgiven
}

// newTyped forgives no typo in a number: with one digit changed it is another.
func newTyped(text string) typedWord {
	t := typedWord{runes: []rune(text), letters: lettersOf(text), most: 2}
	switch {
	case hasDigit(text), len(t.runes) < 3:
		t.most = 0
	case len(t.runes) < 5:
		t.most = 1
	}
	return t
}

// like returns how like the typed word is to w: 1 for equal words, a little
// less when it is the beginning of w, less for each typo, and 0 when it has
// more typos than are forgiven.
func (t *typedWord) like(w *word) float64 {
	n, m := len(t.runes), len(w.runes)
	// Each letter that w does not have is a typo, which rules most words out.
	if m < n-t.most || bits.OnesCount64(t.letters&^w.letters) > t.most {
		return 0
	}
	whole, beginning := typos(t.runes, w.runes[:min(m, n+t.most)])
	like := 0.0
	if m <= n+t.most && whole <= t.most {
		like = 1 - float64(whole)/float64(max(n, m))
	}
	if beginning <= t.most && (beginning == 0 || n > 3) {
		like = max(like, 0.95-1.2*float64(beginning)/float64(n))
	}
	return like
}

// typos returns how many characters must be changed, left out, put in or
// swapped with their neighbour to make b of a (optimal string alignment), and
// how many to make some beginning of b.
func typos(a, b []rune) (whole, beginning int) {
	var rows [3][queryLimit + 8]int
	b = b[:min(len(b), queryLimit+7)]
	for j := range len(b) + 1 {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		row, above, before := &rows[i%3], &rows[(i+2)%3], &rows[(i+1)%3]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(above[j]+1, row[j-1]+1, above[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	last := rows[len(a)%3][:len(b)+1]
	return last[len(b)], slices.Min(last)
}
