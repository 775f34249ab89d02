// Package admin is the program's face to other systems: lists and offices by
// HTTP, the report, and what tells whether all is well. It knows HTTP alone;
// what is asked for is done by those who are handed to it.
package admin
