package offices

import (
	"cmp"
	"math"
	"slices"
	"strings"

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
	queryLimit = 64   // characters of a query that are looked at
	near       = 0.25 // share of the best office's score that a candidate must have
	reranked   = 100  // best by trigrams that are compared word by word
	likeness   = 0.5  // how like the query's words an office's must be, from 0 to 1
)

// trigram is three characters, 21 bits each; words are padded with spaces, so
// that their beginnings count more.
type trigram uint64

// posting is an office that has a trigram.
type posting struct {
	office int32
	weight float32
}

// index finds offices by the trigrams of their folded texts: unlike an index
// of words it survives typos, and order does not matter to it.
type index struct {
	postings map[trigram][]posting
	words    [][]word // of each office
}

// word is a word of an office's texts.
type word struct {
	runes  []rune
	weight float64
}

func newIndex(all []card.Office) *index {
	x := &index{postings: map[trigram][]posting{}, words: make([][]word, len(all))}
	for i, o := range all {
		for _, part := range []struct {
			text   string
			weight float64
		}{{o.Name, nameWeight}, {o.Code, nameWeight}, {o.City, cityWeight}, {o.Address, addressWeight}} {
			for _, w := range strings.Fields(fold(part.text)) {
				x.words[i] = append(x.words[i], word{[]rune(w), part.weight})
			}
		}
		for _, w := range x.words[i] {
			for _, g := range trigrams(w.runes) {
				x.post(g, posting{int32(i), float32(w.weight)})
			}
		}
	}
	return x
}

// post adds p to the postings of g, where an office stands once, with its
// highest weight. Offices come in rising order.
func (x *index) post(g trigram, p posting) {
	all := x.postings[g]
	if last := len(all) - 1; last >= 0 && all[last].office == p.office {
		all[last].weight = max(all[last].weight, p.weight)
		return
	}
	x.postings[g] = append(all, p)
}

// trigrams returns the trigrams of a word with two spaces before it and one
// after.
func trigrams(w []rune) []trigram {
	padded := append(append([]rune("  "), w...), ' ')
	all := make([]trigram, 0, len(w)+1)
	for i := range len(w) + 1 {
		all = append(all, trigram(padded[i])<<42|trigram(padded[i+1])<<21|trigram(padded[i+2]))
	}
	return all
}

// Search returns at most limit offices that what was typed may mean, the
// likeliest first: by name, city, address or code, in any order of the words,
// with a typo or two in them, and by the beginnings of words. It returns none
// for a text that is like nothing.
func (d *Directory) Search(text string, limit int) []card.Office {
	text = norm.NFKC.String(text)
	if runes := []rune(text); len(runes) > queryLimit {
		text = string(runes[:queryLimit])
	}
	found := d.index.search(card.Fold(text))
	if i, is := d.byCode[card.FoldID(text)]; is {
		found = slices.DeleteFunc(found, func(other int) bool { return other == i })
		found = slices.Insert(found, 0, i)
	}
	return d.take(found[:min(len(found), max(limit, 0))])
}

// match is an office and how well it fits.
type match struct {
	office int
	score  float64
}

// search returns the offices that fit a folded query, the best first; of
// equals, in the order of the directory.
func (x *index) search(query string) []int {
	var words [][]rune
	for w := range strings.FieldsSeq(query) {
		words = append(words, []rune(w))
	}
	best := x.candidates(words)
	kept := best[:0]
	for _, m := range best {
		like := x.like(words, m.office)
		if like < likeness {
			continue
		}
		kept = append(kept, match{m.office, 2*like + m.score})
	}
	sortMatches(kept)
	found := make([]int, len(kept))
	for i, m := range kept {
		found[i] = m.office
	}
	return found
}

// candidates returns the offices that share most trigrams with the words. A
// trigram counts for more the fewer offices have it.
func (x *index) candidates(words [][]rune) []match {
	scores := make([]float64, len(x.words))
	seen := map[trigram]bool{}
	highest := 0.0
	for _, w := range words {
		for i, g := range trigrams(w) {
			if seen[g] || i == len(w) && len(w) > 2 { // the last word may be half typed
				continue
			}
			seen[g] = true
			postings := x.postings[g]
			rarity := math.Log(1 + float64(len(x.words))/float64(1+len(postings)))
			for _, p := range postings {
				scores[p.office] += rarity * float64(p.weight)
				highest = max(highest, scores[p.office])
			}
		}
	}
	var best []match
	for i, score := range scores {
		if score > 0 && score >= near*highest {
			best = append(best, match{i, score / highest})
		}
	}
	sortMatches(best)
	return best[:min(len(best), reranked)]
}

func sortMatches(all []match) {
	slices.SortFunc(all, func(a, b match) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.office, b.office))
	})
}

// like returns how like the words are to an office's, from 0 to 1: each is
// compared with the word most like it.
func (x *index) like(words [][]rune, office int) float64 {
	sum, length := 0.0, 0
	for _, w := range words {
		best := 0.0
		for _, o := range x.words[office] {
			best = max(best, o.weight*alike(w, o.runes))
		}
		sum += best * float64(len(w))
		length += len(w)
	}
	if length == 0 {
		return 0
	}
	return sum / float64(length)
}

// alike returns 1 for equal words, a little less when a is the beginning of b,
// and less for each typo.
func alike(a, b []rune) float64 {
	if len(b) > len(a) && slices.Equal(a, b[:len(a)]) {
		return 0.95
	}
	longer := max(len(a), len(b))
	if gap := longer - min(len(a), len(b)); 2*gap > longer {
		return 0
	}
	return 1 - float64(typos(a, b))/float64(longer)
}

// typos returns how many characters must be changed, left out, put in or
// swapped with their neighbour to make b of a (optimal string alignment).
func typos(a, b []rune) int {
	var rows [3][queryLimit + 1]int
	a, b = a[:min(len(a), queryLimit)], b[:min(len(b), queryLimit)]
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
	return rows[len(a)%3][len(b)]
}
