package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"debug/elf"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// papers are the files beside the program; a name with a slash is kept.
var papers = []string{
	".env.example", "CHANGELOG.md", "LICENSE", "README.md", "settings.example.toml",
	"docs/architecture.md", "docs/clerk.md", "docs/operating.md", "docs/performance.md", "docs/reliability.md", "docs/dependencies.md",
	"docs/alerts.yml", "docs/grafana.json",
	"packaging/kartyar.service",
}

// build writes a tarball for each architecture and SHA256SUMS into the
// directory out, and returns what SHA256SUMS says.
func build(ctx context.Context, s source, arches []string, out string) (sums string, err error) {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return "", fmt.Errorf("making the place for the release: %w", err)
	}
	for _, arch := range arches {
		name := fmt.Sprintf("kartyar-%s-linux-%s", s.Version, arch)
		tarball, err := pack(ctx, s, arch, name)
		if err != nil {
			return "", fmt.Errorf("%s: %w", arch, err)
		}
		if err := os.WriteFile(filepath.Join(out, name+".tar.gz"), tarball, 0o644); err != nil {
			return "", fmt.Errorf("writing the release: %w", err)
		}
		sums += fmt.Sprintf("%x  %s.tar.gz\n", sha256.Sum256(tarball), name)
	}
	if err := os.WriteFile(filepath.Join(out, "SHA256SUMS"), []byte(sums), 0o644); err != nil {
		return "", fmt.Errorf("writing the checksums: %w", err)
	}
	return sums, nil
}

// pack builds for one architecture and returns the tarball, whose files stand
// in the directory name.
func pack(ctx context.Context, s source, arch, name string) ([]byte, error) {
	binary, remove, err := compile(ctx, s, arch)
	if err != nil {
		return nil, err
	}
	defer remove()
	program, err := os.ReadFile(binary)
	if err != nil {
		return nil, fmt.Errorf("reading the program: %w", err)
	}
	if err := mustBeStatic(program); err != nil {
		return nil, err
	}
	thirdParty, err := licences(ctx, s.Dir, binary)
	if err != nil {
		return nil, err
	}
	files := []file{{"kartyar", 0o755, program}, {"THIRD_PARTY.txt", 0o644, thirdParty}}
	for _, paper := range papers {
		text, err := os.ReadFile(filepath.Join(s.Dir, paper))
		if err != nil {
			return nil, fmt.Errorf("reading what goes with the program: %w", err)
		}
		files = append(files, file{paper, 0o644, text})
	}
	return archive(name, files, s.Time)
}

// ldflags stamps the version, for `kartyar version`; Dockerfile has the same.
func ldflags(s source) string {
	return fmt.Sprintf("-s -w -buildid= -X kartyar/app.version=%s -X kartyar/app.commit=%s", s.Version, s.Commit)
}

// compile builds the program in a directory that remove takes away. Nothing
// of this machine's Go settings changes what comes out.
func compile(ctx context.Context, s source, arch string) (binary string, remove func(), err error) {
	dir, err := os.MkdirTemp("", "kartyar-binary-")
	if err != nil {
		return "", nil, fmt.Errorf("making a place for the program: %w", err)
	}
	remove = func() { _ = os.RemoveAll(dir) }
	binary = filepath.Join(dir, "kartyar")
	command := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-mod=readonly", "-ldflags", ldflags(s), "-o", binary, ".")
	command.Dir = s.Dir
	command.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+arch, "GOAMD64=v1", "GOARM64=v8.0", "GOFLAGS=", "GOEXPERIMENT=", "GOWORK=off")
	if said, err := command.CombinedOutput(); err != nil {
		remove()
		return "", nil, fmt.Errorf("building: %w\n%s", err, said)
	}
	return binary, remove, nil
}

// mustBeStatic refuses a program that would need anything of the machine that
// it runs on.
func mustBeStatic(program []byte) error {
	f, err := elf.NewFile(bytes.NewReader(program))
	if err != nil {
		return fmt.Errorf("reading the program: %w", err)
	}
	libraries, err := f.ImportedLibraries()
	if err != nil {
		return fmt.Errorf("reading which libraries the program needs: %w", err)
	}
	if len(libraries) > 0 {
		return fmt.Errorf("the program is not static, it needs %s", strings.Join(libraries, ", "))
	}
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP {
			return errors.New("the program is not static, it needs a loader")
		}
	}
	return nil
}
