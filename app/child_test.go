package app

import (
	"encoding/base64"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// When root runs a command on another user's store, all that lies there stays
// that user's, and what the command writes is root's. The store of a service
// with a dynamic user lies behind a directory that is root's alone.
func TestRootLeavesTheStoreToItsOwner(t *testing.T) {
	for _, around := range []fs.FileMode{0o755, 0o700} {
		t.Run(around.String(), func(t *testing.T) { rootWorksOnAnothersStore(t, around) })
	}
}

func rootWorksOnAnothersStore(t *testing.T, around fs.FileMode) {
	if os.Geteuid() != 0 {
		t.Skip("needs root")
	}
	const owner = 65534
	home := openTemp(t)
	program := filepath.Join(home, "kartyar") // TestMain goes by the name
	copyExecutable(t, program)
	place := filepath.Join(home, "private", "place")
	err := errors.Join(
		os.Mkdir(filepath.Dir(place), around), os.Mkdir(place, 0o700), os.Chown(place, owner, owner),
		os.Symlink("private/place", filepath.Join(home, "place")),
	)
	if err != nil {
		t.Fatal(err)
	}
	work := t.TempDir() // which the owner cannot enter
	list := "national_code,stage,as_of\n9990000050,issuing,2026-11-01\n9990000051,issuing,2026-11-01\n"
	if err := os.WriteFile(filepath.Join(work, "list.csv"), []byte(list), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(want int, says string, args ...string) {
		t.Helper()
		cmd := exec.Command(program, args...)
		cmd.Dir, cmd.Stdin = work, strings.NewReader("9990000050\n")
		cmd.Env = []string{
			"STORE=badger:" + filepath.Join(home, "place", "data"),
			"SECRET_KEY=" + base64.StdEncoding.EncodeToString([]byte("0123456789abcdef0123456789abcdef")),
		}
		out, _ := cmd.CombinedOutput()
		if cmd.ProcessState.ExitCode() != want || !strings.Contains(string(out), says) {
			t.Fatalf("%v: status %d\n%s", args, cmd.ProcessState.ExitCode(), out)
		}
	}
	run(3, "1 applied, 0 unchanged, 1 refused", "import", "list.csv")
	run(1, "0 applied, 1 unchanged, 1 refused", "import", "-", "list.csv")
	run(0, "whole: 2 rows", "backup", "whole") // a person, and when the list came
	run(0, "erased: 1 applications", "erase")
	lost := filepath.Join(place, "data")
	if err := errors.Join(os.RemoveAll(lost), os.Remove(lost+".mark")); err != nil {
		t.Fatal(err)
	}
	run(0, "1 erasures after the backup were applied", "restore", "--erased", lost+".erased", "whole")
	run(0, "nothing was kept", "erase")
	files := 0
	err = filepath.WalkDir(place, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := os.Lstat(path)
		if err != nil {
			return err
		}
		files++
		if uid := info.Sys().(*syscall.Stat_t).Uid; uid != owner {
			t.Errorf("%s belongs to user %d", path, uid)
		}
		return nil
	})
	if err != nil || files < 5 {
		t.Errorf("%d files, %v", files, err)
	}
	if _, err := os.Stat(filepath.Join(work, "list.csv.refused.csv")); err != nil {
		t.Error(err)
	}
}

// openTemp returns a directory that every user may enter.
func openTemp(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "kartyar-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func copyExecutable(t *testing.T, to string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(self)
	if err == nil {
		err = os.WriteFile(to, content, 0o755)
	}
	if err == nil {
		err = os.Chmod(to, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
}
