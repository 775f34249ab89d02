package guard

import (
	"path/filepath"
	"strings"
)

// maxFrames bounds the frames of a logged stack.
const maxFrames = 20

// ownFrames picks the program's own frames, but for this package's, out of a stack as debug.Stack
// prints it: function, file and line, without arguments, which may be what a
// person wrote.
func ownFrames(stack []byte) []string {
	var frames []string
	lines := strings.Split(string(stack), "\n")
	for n, line := range lines {
		if !strings.HasPrefix(line, "kartyar/") || strings.HasPrefix(line, "kartyar/guard.") || len(frames) == maxFrames {
			continue
		}
		frame := strings.TrimPrefix(line, "kartyar/")
		if open := strings.LastIndexByte(frame, '('); open > 0 {
			frame = frame[:open]
		}
		if n+1 < len(lines) {
			place, _, _ := strings.Cut(strings.TrimSpace(lines[n+1]), " +0x")
			frame += " " + filepath.Base(place)
		}
		frames = append(frames, frame)
	}
	return frames
}
