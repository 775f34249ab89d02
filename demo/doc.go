// Package demo speaks the Bot API on loopback, strictly, as Telegram and as
// Bale do, with a page in the browser where anyone can be a citizen. The tests
// talk to the same server: they act as people through Person, read what the
// bots did from the Journal, and break the network with SetFault.
//
// What the two platforms refuse, forget and repeat is here too, since that is
// what a bot has to live with. Where nobody has seen a platform's wording, the
// server takes the other platform's and says so in the code.
//
// A Server holds its state in memory and listens nowhere by itself: it is an
// http.Handler for a listener on loopback.
package demo
