package locale

import (
	"regexp"
	"strings"
	"sync"
	"unicode"
)

func notLetter(r rune) bool { return !unicode.IsLetter(r) && r != '\u200c' }

// rule makes a lintRule. In pattern ⟨ and ⟩ stand for a word's beginning and
// end, ¬ for the half-space.
func rule(says, pattern string, except ...string) lintRule {
	pattern = strings.NewReplacer(
		"⟨", `(?:^|[^\p{L}\p{Mn}\x{200C}])`,
		"⟩", `(?:$|[^\p{L}\p{Mn}\x{200C}])`,
		"¬", `\x{200C}`,
	).Replace(pattern)
	return lintRule{says: says, pattern: regexp.MustCompile(pattern), except: except}
}

// lintRules are the house's spelling and the messengers' and the reader's
// needs, as patterns.
var lintRules = sync.OnceValue(func() []lintRule {
	return []lintRule{
		rule("an Arabic letter for ی or ک", `[يىك]`),
		rule("ۀ in one character, in place of ه and a hamza above", `ۀ`),
		rule("a kashida", `ـ`),
		rule("an Arabic-Indic digit", `[٠-٩]`),
		rule("a Latin digit outside an isolate", `[0-9]`),
		rule("ASCII punctuation in place of « » ، ؛ ؟ ٪", `["'’“”,;?%]`),
		rule("three dots in place of …", `\.\.\.`),
		rule("an exclamation mark", `[!！]`),
		rule("a Markdown character", "[*_\\[\\]()`]"),
		rule("a directional mark that is not an isolate", `[\x{200E}\x{200F}\x{061C}\x{202A}-\x{202E}\x{2067}]`),
		rule("a control character or a broken one", `[\x{0}-\x{1F}\x{7F}\x{FFFD}]`),

		rule("two spaces", `  `),
		rule("a space at a line's edge", `^\s|\s$`),
		rule("a space before a punctuation mark", `\s[،؛؟.:»]`),
		rule("a space after «", `«\s`),
		rule("no space after a punctuation mark", `[،؛؟][^\s»]`),
		rule("a half-space that is not between letters", `(?:^|[^\p{L}\p{Mn}])¬|¬(?:$|[^\p{L}])`),

		rule("می apart from its verb", `⟨ن?می \p{L}`),
		rule("می joined to its verb",
			`⟨ن?می(?:شو|شد|کن|کرد|خواه|خواست|توان|رس|گوی|ده|داد|آی|آم|رو|رفت|بین|دید|گیر|گرفت|فرست|دان[یم]|مان[دی]|زن|نویس|یاب|پذیر)`),
		rule("ها apart from its word", `\p{L} ها(?:ی|یی|یم|یت|یش|یمان|یتان|یشان)?⟩`),
		rule("a half-space after a letter that joins nothing", `[اآأدذرزژوؤء]¬`),
		rule("ها joined to its word", `\p{L}*[^ اآأدذرزژوؤء\P{L}]ها(?:ی|یی|یم|یت|یش|یمان|یتان|یشان)?⟩`,
			"تنها", "تنهایی", "بها", "بهای", "نهایی", "انتها", "انتهای"),
		rule("تر apart from its word", `\p{L} تر(?:ین)?⟩`),
		rule("a verb's ending apart from its stem", `ه (?:ام|ای|ایم|اید|اند)⟩`),
		rule("ی in place of the hamza above ه", `ه[ ¬]ی⟩`),
		rule("کارت in the plural after a number",
			`(?:[۰-۹]|⟨(?:دو|سه|چهار|پنج|شش|هفت|هشت|نه|ده|چند)) کارت[ ¬]?ها`),
	}
})
