// Package handlers is the conversation: what a person wrote or pressed, and
// what they are answered. It sends nothing; it writes replies and alerts, and
// does its effects through alert's rules, all in the caller's transaction.
//
// A newcomer begins in routes.go, the table of all triggers. Each flow has one
// file: start, proof (contact, national code, receipt code), status, people,
// office, follow (news, reminders, «تحویل گرفتم»), settings, forget, questions, and alert
// for what is said unasked.
package handlers
