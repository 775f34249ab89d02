package locale

import (
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestSamplesKeepTheHouseStyle(t *testing.T) {
	for _, s := range Samples() {
		for _, fault := range Lint(s.Text, s.Platform) {
			t.Errorf("%s: %s", s.Name, fault)
		}
	}
}

// The golden file is the catalogue as a reviewer reads it.
func TestSamplesAreAsReviewed(t *testing.T) {
	var b strings.Builder
	for _, s := range Samples() {
		b.WriteString("# " + s.Name + "\n" + s.Text + "\n\n")
	}
	const golden = "testdata/texts.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("texts differ from the reviewed ones (-want +got; -update after review):\n%s", diff)
	}
}

func TestEveryTextHasASample(t *testing.T) {
	sampled := map[string]bool{}
	seen := map[string]bool{}
	for _, s := range Samples() {
		if seen[s.Name] {
			t.Errorf("two samples are named %s", s.Name)
		}
		seen[s.Name] = true
		name, _, _ := strings.Cut(s.Name, "/")
		sampled[name] = true
	}
	texts := exported(t, "text_*.go")
	for name := range texts {
		if !sampled[name] {
			t.Errorf("%s has no sample", name)
		}
	}
	all := exported(t, "*.go")
	for name := range sampled {
		if !all[name] {
			t.Errorf("a sample is named %s, which is no text of this package", name)
		}
	}
}

// exported returns the exported functions, constants and variables of the
// files that match; methods and variables stand for texts too.
func exported(t *testing.T, pattern string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no files match %s: %v", pattern, err)
	}
	names := map[string]bool{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range tree.Decls {
			for _, name := range declared(decl) {
				if name.IsExported() {
					names[name.Name] = true
				}
			}
		}
	}
	return names
}

func declared(decl ast.Decl) (names []*ast.Ident) {
	switch decl := decl.(type) {
	case *ast.FuncDecl:
		names = append(names, decl.Name)
	case *ast.GenDecl:
		for _, spec := range decl.Specs {
			if values, ok := spec.(*ast.ValueSpec); ok {
				names = append(names, values.Names...)
			}
		}
	}
	return names
}

// The words that the interface's description promises.
func TestMainButtons(t *testing.T) {
	const promised = "«وضعیت کارت من» · «ارسال شمارهٔ همراه» · «انتخاب دفتر» · «خبرم کن» · «دیگر خبرم نکن» · «تحویل گرفتم» · «بعداً یادم بینداز» · «راهنما» · «حذف اطلاعات من» · «بازگشت»"
	buttons := []string{
		ButtonStatus, ButtonShareContact, ButtonChooseOffice, ButtonSubscribe, ButtonUnsubscribe,
		ButtonCollected, ButtonRemindLater, ButtonHelp, ButtonDeleteMyData, ButtonBack,
	}
	if got := "«" + strings.Join(buttons, "» · «") + "»"; got != promised {
		t.Errorf("buttons are\n%s, promised\n%s", got, promised)
	}
}
