package demo

import "net/http"

// newPage serves the chat page.
func newPage(*Server) http.Handler { return http.NotFoundHandler() }
