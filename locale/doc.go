// Package locale is the Persian of the program: digits, the Solar Hijri
// calendar, the direction of mixed text, the folding of what people type, and
// the catalogue of everything a person reads.
//
// # The catalogue
//
// Files named text_*.go hold the texts, one file for each flow, to be read
// from top to bottom. A text is an exported constant or an exported function
// that returns a string; what varies in it are the function's parameters, a
// struct when several of one type would stand side by side. Each file ends
// with its samples, the texts with example values, and [Samples] gathers them.
// Tests render all samples into a golden file, hold them against [Lint], and
// fail when a text has no sample.
//
// A text that differs between messengers takes a [card.Platform]: Bale reads
// every message as its own Markdown and cannot escape it.
package locale
