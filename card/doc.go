// Package card is the domain: what a national code, a mobile number, a stage,
// an office and a record of a card are, and how two records of one card become
// one. It knows no store, no platform and no language, and imports only the
// standard library.
package card
