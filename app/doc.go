// Package app is the only place that wires: it reads the configuration, makes
// the parts, runs them and closes them in reverse. The commands live here, the
// control socket beside the store by which they work while `serve` runs, and
// the demo.
package app
