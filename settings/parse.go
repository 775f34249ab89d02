package settings

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"

	"kartyar/card"
)

// Limit is how long a file of settings may be, in bytes.
const Limit = 256 << 10

// Problem is one thing that is wrong with a file.
type Problem struct {
	Line int // from 1
	Says string
}

// Error is everything that is wrong with a file, in the order of its lines.
type Error struct{ Problems []Problem }

func (e *Error) Error() string {
	var lines []string
	for _, p := range e.Problems {
		lines = append(lines, fmt.Sprintf("line %d: %s", p.Line, p.Says))
	}
	return strings.Join(lines, "; ")
}

// Parse reads a file of settings. own are the words for stages that the
// program itself has, which nothing can give another meaning; it may be nil.
// What is wrong with the file is an *Error.
func Parse(file []byte, own map[string]card.Stage) (*Settings, error) {
	r := &reader{own: map[string]card.Stage{}, words: map[string]word{}}
	for w, stage := range own {
		r.own[foldWord(w)] = stage
	}
	r.s = &Settings{Words: map[string]card.Stage{}, provinces: map[string]province{}}
	switch {
	case len(file) > Limit:
		r.wrong(1, "the file is longer than %d bytes", Limit)
	case bytes.HasPrefix(file, []byte("\xff\xfe")), bytes.HasPrefix(file, []byte("\xfe\xff")):
		r.wrong(1, "the file is UTF-16; save it as UTF-8")
	default:
		r.read(bytes.TrimPrefix(file, []byte("\xef\xbb\xbf")))
	}
	if len(r.problems) > 0 {
		slices.SortStableFunc(r.problems, func(a, b Problem) int { return a.Line - b.Line })
		return nil, &Error{r.problems}
	}
	return r.s, nil
}

// reader reads a file into settings. It goes through the file's syntax tree
// itself, because only there has every value its line, so that all that is
// wrong can be said at once.
type reader struct {
	s        *Settings
	parser   unstable.Parser
	own      map[string]card.Stage // by foldWord
	words    map[string]word       // by foldWord
	problems []Problem
}

type word struct {
	stage card.Stage
	line  int
}

// value is a value of the file with the key that it stands under.
type value struct {
	key  string
	line int
	node *unstable.Node
}

func (r *reader) wrong(line int, format string, args ...any) {
	r.problems = append(r.problems, Problem{line, fmt.Sprintf(format, args...)})
}

func (r *reader) read(file []byte) {
	// What is no TOML, and keys that stand twice, are the library's to find.
	var any map[string]any
	if err := toml.Unmarshal(file, &any); err != nil {
		line := 1
		var at *toml.DecodeError
		if errors.As(err, &at) {
			line, _ = at.Position()
		}
		r.wrong(line, "%s (texts stand in quotation marks, \"so\")", strings.TrimPrefix(err.Error(), "toml: "))
	}
	r.parser.Reset(file)
	var table []string
	for r.parser.NextExpression() {
		switch e := r.parser.Expression(); e.Kind {
		case unstable.Table:
			var line int
			table, line = r.path(e.Key())
			r.table(table, line)
		case unstable.ArrayTable:
			var line int
			table, line = r.path(e.Key())
			r.wrong(line, "write [%s], with one pair of brackets", strings.Join(table, "."))
		case unstable.KeyValue:
			r.keyValue(table, e)
		}
	}
}

func (r *reader) path(keys unstable.Iterator) (path []string, line int) {
	for keys.Next() {
		if line == 0 {
			line = r.lineOf(keys.Node(), 1)
		}
		path = append(path, string(keys.Node().Data))
	}
	return path, line
}

// lineOf returns the line of a node, or otherwise where it has none.
func (r *reader) lineOf(n *unstable.Node, otherwise int) int {
	if n.Raw.Length == 0 {
		return otherwise
	}
	return r.parser.Shape(n.Raw).Start.Line
}

const tables = `there are [everywhere], [province."…"], [texts] and [words]`

// table looks at a table's heading.
func (r *reader) table(path []string, line int) {
	switch {
	case len(path) == 1 && slices.Contains([]string{"everywhere", "province", "texts", "words"}, path[0]):
	case len(path) == 2 && path[0] == "province":
	default:
		r.wrong(line, "unknown part [%s]; %s", strings.Join(path, "."), tables)
	}
}

func (r *reader) keyValue(table []string, e *unstable.Node) {
	keys, line := r.path(e.Key())
	path := slices.Concat(table, keys)
	if e.Value().Kind == unstable.InlineTable {
		for inner := e.Value().Children(); inner.Next(); {
			r.keyValue(path, inner.Node())
		}
		return
	}
	v := value{key: path[len(path)-1], line: line, node: e.Value()}
	switch {
	case len(path) == 2 && path[0] == "everywhere":
		r.term(&r.s.everywhere, v)
	case len(path) == 3 && path[0] == "province":
		r.province(path[1], v)
	case len(path) == 2 && path[0] == "texts":
		r.text(v)
	case len(path) == 2 && path[0] == "words":
		r.stageWords(v)
	case len(table) > 0 && (table[0] == "everywhere" || table[0] == "province" || table[0] == "texts" || table[0] == "words"):
		r.wrong(line, "unknown key %q in [%s]", strings.Join(keys, "."), strings.Join(table, "."))
	case len(table) > 0: // said of the table already
	default:
		r.wrong(line, "unknown key %q; %s", strings.Join(keys, "."), tables)
	}
}

func (r *reader) province(name string, v value) {
	folded := foldName(name)
	shown, err := clean(name, nameMost)
	if err != nil || folded == "" {
		r.wrong(v.line, "%q is no name of a province", name)
		return
	}
	p := r.s.provinces[folded]
	if p.name != "" && p.name != shown {
		r.wrong(v.line, "the province %q stands in the file as %q too; write it in one way", shown, p.name)
	}
	p.name = shown
	r.term(&p.Terms, v)
	r.s.provinces[folded] = p
}

func (r *reader) term(t *Terms, v value) {
	switch v.key {
	case "bring":
		t.Bring = r.texts(v, bringMost, paperMost)
	case "fee":
		t.Fee = r.oneText(v, feeMost)
	case "keep_days":
		t.KeepDays = r.days(v)
	default:
		r.wrong(v.line, "unknown key %q; there are bring, fee and keep_days", v.key)
	}
}

func (r *reader) text(v value) {
	switch v.key {
	case "opening":
		r.s.Opening = r.lines(v, openingMost)
	case "opening_again":
		r.s.OpeningAgain = r.lines(v, openingMost)
	default:
		r.wrong(v.line, "unknown key %q; there are opening and opening_again", v.key)
	}
}

func (r *reader) stageWords(v value) {
	stage, ok := stageNamed(v.key)
	if !ok {
		var names []string
		for _, s := range card.Stages() {
			names = append(names, s.String())
		}
		r.wrong(v.line, "unknown stage %q; the stages are %s", v.key, strings.Join(names, ", "))
		return
	}
	for _, e := range r.strings(v) {
		folded := foldWord(e.text)
		before, twice := r.words[folded]
		means, taken := r.own[folded]
		switch {
		case folded == "":
			r.wrong(e.line, "%s holds a word without a letter", v.key)
		case len([]rune(e.text)) > wordMost:
			r.wrong(e.line, "a word of %s is longer than %d characters", v.key, wordMost)
		case taken && means != stage:
			r.wrong(e.line, "the word %q means %s, and cannot mean %s", e.text, means, stage)
		case twice && before.stage != stage:
			r.wrong(e.line, "the word %q stands under %s too, in line %d", e.text, before.stage, before.line)
		default:
			r.words[folded] = word{stage, e.line}
			r.s.Words[e.text] = stage
		}
	}
}

func stageNamed(name string) (card.Stage, bool) {
	for _, s := range card.Stages() {
		if s.String() == name {
			return s, true
		}
	}
	return card.StageUnknown, false
}

// element is a text of the file with its line.
type element struct {
	text string
	line int
}

// strings returns the texts of a list, or of a single text.
func (r *reader) strings(v value) (all []element) {
	switch v.node.Kind {
	case unstable.String:
		return []element{{string(v.node.Data), r.lineOf(v.node, v.line)}}
	case unstable.Array:
	default:
		r.wrong(v.line, "%s must be a list of texts, as in [\"…\", \"…\"]", v.key)
		return nil
	}
	for items := v.node.Children(); items.Next(); {
		line := r.lineOf(items.Node(), v.line)
		if items.Node().Kind != unstable.String {
			r.wrong(line, "%s must hold texts alone, in quotation marks", v.key)
			continue
		}
		all = append(all, element{string(items.Node().Data), line})
	}
	if len(all) == 0 {
		r.wrong(v.line, "%s is empty; leave the line out", v.key)
	}
	return all
}

func (r *reader) texts(v value, most, longest int) (texts []string) {
	all := r.strings(v)
	if len(all) > most {
		r.wrong(v.line, "%s has %d texts, more than %d", v.key, len(all), most)
	}
	for _, e := range all {
		text, err := clean(e.text, longest)
		if err != nil {
			r.wrong(e.line, "%s %v", v.key, err)
		}
		texts = append(texts, text)
	}
	return texts
}

func (r *reader) oneText(v value, longest int) string {
	if !r.isText(v) {
		return ""
	}
	text, err := clean(string(v.node.Data), longest)
	if err != nil {
		r.wrong(v.line, "%s %v", v.key, err)
	}
	return text
}

func (r *reader) lines(v value, longest int) string {
	if !r.isText(v) {
		return ""
	}
	text, err := cleanLines(string(v.node.Data), longest)
	if err != nil {
		r.wrong(v.line, "%s %v", v.key, err)
	}
	return text
}

func (r *reader) isText(v value) bool {
	if v.node.Kind != unstable.String {
		r.wrong(v.line, "%s must be a text in quotation marks", v.key)
		return false
	}
	return true
}

func (r *reader) days(v value) int {
	days, err := strconv.ParseInt(string(v.node.Data), 0, 32)
	if v.node.Kind != unstable.Integer || err != nil || days < 1 || days > keepMost {
		r.wrong(v.line, "%s must be a number of days from 1 to %d, without quotation marks", v.key, keepMost)
		return 0
	}
	return int(days)
}
