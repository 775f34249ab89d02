package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

var example = source{
	Dir: "..", Version: "v9.8.7", Commit: "0123456789abcdef0123456789abcdef01234567",
	Time: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC),
}

// unpacked reads a tarball; each file by its path.
func unpacked(t *testing.T, tarball []byte) map[string]*tar.Header {
	t.Helper()
	unzipped, err := gzip.NewReader(bytes.NewReader(tarball))
	if err != nil {
		t.Fatal(err)
	}
	if !unzipped.ModTime.IsZero() || unzipped.Name != "" {
		t.Errorf("the gzip header has a time or a name: %v", unzipped.Header)
	}
	headers := map[string]*tar.Header{}
	for r := tar.NewReader(unzipped); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return headers
		}
		if err != nil {
			t.Fatal(err)
		}
		headers[h.Name] = h
	}
}

func TestRelease(t *testing.T) {
	out := t.TempDir()
	sums, err := build(t.Context(), example, []string{runtime.GOARCH}, out)
	if err != nil {
		t.Fatal(err)
	}
	name := "kartyar-v9.8.7-linux-" + runtime.GOARCH
	tarball, err := os.ReadFile(filepath.Join(out, name+".tar.gz"))
	if err != nil {
		t.Fatal(err)
	}
	kept, err := os.ReadFile(filepath.Join(out, "SHA256SUMS"))
	if err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("%x  %s.tar.gz\n", sha256.Sum256(tarball), name); sums != want || string(kept) != want {
		t.Errorf("checksums are\n%s%swant\n%s", sums, kept, want)
	}
	headers := unpacked(t, tarball)
	for _, paper := range append([]string{"kartyar", "THIRD_PARTY.txt"}, papers...) {
		if headers[name+"/"+paper] == nil {
			t.Errorf("%s is not in the tarball", paper)
		}
	}
	for _, h := range headers {
		if h.Uid != 0 || h.Gid != 0 || h.Uname != "" || !h.ModTime.Equal(example.Time) {
			t.Errorf("%s is of user %d %q, group %d, time %v", h.Name, h.Uid, h.Uname, h.Gid, h.ModTime)
		}
	}

	if said, err := exec.Command("tar", "-xzf", filepath.Join(out, name+".tar.gz"), "-C", out).CombinedOutput(); err != nil {
		t.Fatalf("tar: %v: %s", err, said)
	}
	said, err := exec.Command(filepath.Join(out, name, "kartyar"), "version").CombinedOutput()
	if err != nil {
		t.Fatalf("kartyar version: %v: %s", err, said)
	}
	for _, want := range []string{"kartyar v9.8.7\n", "commit 0123456789abcdef0123456789abcdef01234567\n"} {
		if !strings.Contains(string(said), want) {
			t.Errorf("kartyar version says\n%snot %q", said, want)
		}
	}
	others, err := os.ReadFile(filepath.Join(out, name, "THIRD_PARTY.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"github.com/dgraph-io/badger/v4 v", "Apache License", "The Go Authors"} {
		if !bytes.Contains(others, []byte(want)) {
			t.Errorf("THIRD_PARTY.txt does not have %q", want)
		}
	}
	if bytes.Contains(others, []byte("/home/")) || bytes.Contains(others, []byte(os.TempDir())) {
		t.Error("THIRD_PARTY.txt has a path of this machine")
	}
}

func TestArchiveDoesNotDependOnOrder(t *testing.T) {
	a, b := file{"a", 0o644, []byte("1")}, file{"b/c", 0o755, []byte("2")}
	one, err := archive("root", []file{a, b}, example.Time)
	if err != nil {
		t.Fatal(err)
	}
	other, err := archive("root", []file{b, a}, example.Time.Local().Add(time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(one, other) {
		t.Error("the same files give two tarballs")
	}
}

func TestADynamicProgramIsRefused(t *testing.T) {
	shell, err := os.ReadFile("/bin/sh")
	if err != nil {
		t.Skip("no dynamic program to try")
	}
	if mustBeStatic(shell) == nil {
		t.Error("/bin/sh passes as static")
	}
}

func TestAModuleWithoutALicenceIsRefused(t *testing.T) {
	if terms(new(bytes.Buffer), t.TempDir(), true) == nil {
		t.Error("a directory without a licence passes")
	}
}

// What docs/operating.md leads to comes with it.
func TestPapers(t *testing.T) {
	text, err := os.ReadFile("../docs/operating.md")
	if err != nil {
		t.Fatal(err)
	}
	links := regexp.MustCompile(`\]\(([^)#:]+)\)`).FindAllStringSubmatch(string(text), -1)
	if len(links) == 0 {
		t.Fatal("docs/operating.md leads nowhere")
	}
	for _, link := range links {
		if !slices.Contains(papers, "docs/"+link[1]) {
			t.Errorf("docs/operating.md leads to %s, which is in no tarball", link[1])
		}
	}
}
