package store_test

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"kartyar/store"
)

// Files that the system does not give to who opens the store, as those of another
// user, are said to be that. Nobody is told to restore a backup over it, and with
// the files given back the store opens whole.
func TestFilesOfAnotherOwnerAreNoDamage(t *testing.T) {
	if os.Geteuid() == 0 {
		runAsNobody(t)
		return
	}
	dir := filepath.Join(t.TempDir(), "data")
	s := openSmall(t, dir)
	fill(t, s, 0, 300, 10_000) // so that there are tables
	closeStore(t, s)
	files, err := os.ReadDir(dir)
	if err != nil || len(files) < 4 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	paths := []string{dir + ".mark", dir + ".erased"}
	for _, file := range files {
		if file.Name() == "SOUND" {
			continue // only spares reading tables again, and is made anew
		}
		paths = append(paths, filepath.Join(dir, file.Name()))
	}
	for _, path := range paths {
		for _, given := range []fs.FileMode{0, 0o400} { // as another user's are are: private, or for all to read
			t.Run(filepath.Base(path)+" "+given.String(), func(t *testing.T) { isNotGiven(t, dir, path, given) })
		}
	}
	s = openSmall(t, dir)
	defer closeStore(t, s)
	whole := 0
	if err := s.View(t.Context(), func(tx *store.Tx) error {
		all, err := tx.Offices()
		whole = len(all)
		return err
	}); err != nil || whole != 300 {
		t.Errorf("%d of 300 offices are left, %v", whole, err)
	}
}

// isNotGiven opens a store of which one file has a mode that keeps it from its
// user, and restores it.
func isNotGiven(t *testing.T, dir, path string, mode fs.FileMode) {
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	s, err := store.OpenSmall(store.Options{Dir: dir, Key: testKey}, smallTable)
	if err == nil {
		closeStore(t, s)
	}
	if !errors.Is(err, fs.ErrPermission) || errors.Is(err, store.ErrDamaged) {
		t.Errorf("opened with %v", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
}

// runAsNobody runs a test, which root may not, in a process of a user who has no
// rights: root opens any file.
func runAsNobody(t *testing.T) {
	t.Helper()
	const nobody = 65534
	home, err := os.MkdirTemp("", "kartyar-test-") // t.TempDir is inside what is root's alone
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(home) })
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile(self)
	binary := filepath.Join(home, "test")
	err = errors.Join(err, os.WriteFile(binary, program, 0o755), os.Chmod(binary, 0o755), os.Chown(home, nobody, nobody))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary, "-test.run=^"+t.Name()+"$", "-test.v", "-test.count=1")
	cmd.Dir, cmd.Env = home, append(os.Environ(), "TMPDIR="+home)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()+" ") {
		t.Errorf("as another user: %v\n%s", err, out)
	}
}
