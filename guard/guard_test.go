package guard

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestRun(t *testing.T) {
	boom := errors.New("boom")
	for _, err := range []error{nil, boom} {
		if got := Run(func() error { return err }); !errors.Is(got, err) {
			t.Errorf("got %v, want %v", got, err)
		}
	}
	err := Run(func() error { fall("private"); return nil })
	var fell *Panic
	if !errors.As(err, &fell) || strings.Contains(err.Error(), "private") || err.Error() != "a panic" {
		t.Errorf("got %v", err)
	}
}

func fall(value string) { panic(value) }

func TestOwnFrames(t *testing.T) {
	stack := "goroutine 7 [running]:\n" +
		"runtime/debug.Stack()\n\t/go/src/runtime/debug/stack.go:26 +0x5e\n" +
		"panic({0x1, 0x2})\n\t/go/src/runtime/panic.go:783 +0x132\n" +
		"kartyar/handlers.(*Handlers).step(0xc0001, {0xc0002, 0x4})\n\t/home/somebody/kartyar/handlers/step.go:12 +0x1d\n" +
		"kartyar/store.(*Store).run.func1(...)\n\tkartyar/store/committer.go:205\n"
	stack = strings.Replace(stack, "kartyar/store", "kartyar/guard.Run(0xc0003)\n\t/home/somebody/kartyar/guard/guard.go:30 +0x1d\nkartyar/store", 1)
	want := []string{"handlers.(*Handlers).step step.go:12", "store.(*Store).run.func1 committer.go:205"}
	if got := ownFrames([]byte(stack)); !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}
