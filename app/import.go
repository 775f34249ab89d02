package app

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"kartyar/desk"
	"kartyar/store"
)

type importCommand struct {
	Files  []string `arg:"" name:"file" help:"A list (XLSX, or CSV in UTF-8, UTF-16 or windows-1256); - is standard input, as CSV."`
	DryRun bool     `name:"dry-run" help:"Say what would happen and change nothing."`
	JSON   bool     `name:"json" help:"Print one JSON object a file."`
	Yes    bool     `name:"yes" help:"Apply a list that tells more than 500 people without asking."`
}

// Help is what `import --help` adds.
func (importCommand) Help() string {
	return `Columns are found by their headings, in any order, in English or Persian: national_code (needed), mobile, stage, office, as_of, application, receipt_code, shelf, note. ` +
		`A row that cannot be read never stops the others: it is refused with its line, column and reason in FILE.refused.csv, or FILE.refused.xlsx for a workbook. ` +
		`The same file again, in another order, or after a crash in the middle, gives the same store and no second alert.

Of a workbook the one visible sheet counts that has the headings; hidden sheets are passed over, hidden rows and columns are read, and of formulas the saved results.

A list that would tell more than 500 people asks on a terminal, and elsewhere needs --yes.

Exit status 3: done, but rows were refused or had a word for the stage that nobody knows. With several files the others go on when one fails, and the status is 1.`
}

// Run runs `import`.
func (c *importCommand) Run(ctx context.Context, p *Program) error {
	config, err := p.config()
	if err != nil {
		return err
	}
	forget := func() error { return nil }
	absent, _ := store.Absent(config.Store.Dir) // what is wrong with it is said as it is opened
	if absent && c.DryRun {
		if forget, err = config.tryApart(); err != nil {
			return err
		}
	}
	err = c.takeIn(ctx, p, config)
	if absent && !c.DryRun {
		p.tellOfNew(config)
	}
	return errors.Join(err, forget())
}

// tryApart has a dry run that finds no store work on one that is thrown away, so
// that it changes nothing there either.
func (c *Config) tryApart() (forget func() error, err error) {
	dir, err := os.MkdirTemp(filepath.Dir(filepath.Clean(c.Store.Dir)), ".dry-run-")
	if err != nil { // no such directory yet, or not ours
		dir, err = os.MkdirTemp("", "kartyar-dry-run-")
	}
	if err != nil {
		return nil, fmt.Errorf("making a store for the dry run: %w", err)
	}
	c.Store.Dir = filepath.Join(dir, "store")
	return func() error { return os.RemoveAll(dir) }, nil
}

// tellOfNew says that there is a store now where there was none: a mistyped STORE
// looks like that.
func (p *Program) tellOfNew(c Config) {
	if absent, err := store.Absent(c.Store.Dir); err == nil && !absent {
		p.complain("a new store was made at %s", c.Store.Dir)
	}
}

// takeIn imports one file after the other.
func (c *importCommand) takeIn(ctx context.Context, p *Program, config Config) error {
	way, err := reach(ctx, config, p.quietLog(config))
	if err != nil {
		return err
	}
	failed, refused := false, false
	for _, file := range c.Files {
		one := &importing{program: p, command: c, file: file}
		report, err := one.run(ctx, way)
		if err != nil {
			failed = true
			p.complain("%s: %s", one.name(), sentence(err))
		}
		refused = refused || report.Refused > 0 || len(report.UnknownWords) > 0
		if ctx.Err() != nil {
			break
		}
	}
	if err := way.close(); err != nil {
		return fmt.Errorf("closing the store: %w", err)
	}
	switch {
	case failed:
		return errToldAlready
	case refused:
		return errRefusedRows
	}
	return nil
}

// importing is the command's side of one file's import.
type importing struct {
	program *Program
	command *importCommand
	file    string
	bar     *bar
	refused *refusedFile
	delayed error // of the refused file: it stops nothing, and is said in the end
}

func (i *importing) name() string {
	if i.file == "-" {
		return "standard input"
	}
	return i.file
}

func (i *importing) run(ctx context.Context, way *access) (report desk.ImportReport, err error) {
	file, size, err := i.open(ctx)
	if err != nil {
		return report, err
	}
	defer func() { _ = file.Close() }()
	r := request{Do: doImport, DryRun: i.command.DryRun, Yes: i.command.Yes}
	conn, err := way.dial(&r)
	if err != nil {
		return report, err
	}
	i.bar = newBar(i.program.Stderr, i.name())
	defer func() { i.bar.close() }()
	i.refused = &refusedFile{list: i.file, skip: i.command.DryRun}
	if i.file == "-" {
		i.refused.list = "stdin"
	}
	on := func(e event, say *speaker) error { return i.on(ctx, e, say) }
	err = converse(ctx, conn, r, i.bar.reading(file, size), on, &report)
	i.bar.close()
	if err != nil {
		i.refused.drop()
		return report, err
	}
	report.File = i.file
	i.delayed = errors.Join(i.delayed, i.refused.close())
	if err := i.say(report); err != nil {
		return report, err
	}
	if i.delayed != nil {
		return report, fmt.Errorf("the list is done, but its refused rows could not be written out: %w; where a copy of it can stand with room beside it, the same list again writes them, and nobody is told twice", i.delayed)
	}
	return report, nil
}

// open opens the file; size is 0 when it is not known.
func (i *importing) open(ctx context.Context) (file io.ReadCloser, size int64, err error) {
	if i.file == "-" {
		text, err := textOf(ctx, i.program.Stdin)
		return io.NopCloser(text), 0, err
	}
	return openList(ctx, i.file)
}

// on takes an event of the import.
func (i *importing) on(ctx context.Context, e event, say *speaker) error {
	switch {
	case e.Progress != nil:
		i.bar.step(*e.Progress)
	case e.Heading != nil:
		i.refused.heading = *e.Heading
	case e.Refused != nil:
		if err := i.refused.add(*e.Refused); err != nil && i.delayed == nil {
			i.delayed = err
		}
	case e.Confirm > 0:
		yes, err := i.confirm(ctx, e.Confirm)
		if err != nil {
			return err
		}
		say.answer(yes)
	}
	return nil
}

// confirm asks the person at the terminal, if there is one who can answer.
func (i *importing) confirm(ctx context.Context, people int) (bool, error) {
	if i.file == "-" || !isTerminal(i.program.Stdin) || !isTerminal(i.program.Stderr) {
		return false, nil // the answer says that --yes is needed
	}
	i.bar.close()
	_, _ = fmt.Fprintf(i.program.Stderr, "%s would tell %d people now. Apply it? [y/N] ", i.name(), people)
	line, err := interruptibly(ctx, func() (string, error) {
		typed, _ := bufio.NewReader(i.program.Stdin).ReadString('\n')
		return strings.ToLower(strings.TrimSpace(typed)), nil
	})
	switch {
	case err != nil:
		_, _ = fmt.Fprintln(i.program.Stderr)
		return false, err
	case line == "y", line == "yes":
		i.bar = newBar(i.program.Stderr, i.name())
		return true, nil
	}
	return false, errors.New("nothing was applied")
}

// say prints what became of the file.
func (i *importing) say(r desk.ImportReport) error {
	if i.command.JSON {
		line, err := json.Marshal(r)
		if err != nil {
			return fmt.Errorf("writing the result: %w", err)
		}
		return i.program.print("%s\n", line)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s: ", i.name())
	if i.command.DryRun {
		b.WriteString("dry run, nothing was changed: ")
	}
	fmt.Fprintf(&b, "%d rows: %d applied, %d unchanged, %d refused", r.Rows, r.Applied, r.Unchanged, r.Refused)
	if r.Refused > 0 && !i.command.DryRun && i.delayed == nil {
		fmt.Fprintf(&b, " (see %s)", i.refused.path())
	}
	fmt.Fprintf(&b, "; %d arrivals, %d alerts; %.1f s\n", r.Arrivals, r.Alerts, r.Seconds)
	for _, line := range i.refused.shown {
		fmt.Fprintf(&b, "  refused: %s\n", line)
	}
	counted(&b, "words for the stage that nobody knows, kept as they stand", r.UnknownWords)
	counted(&b, "offices that are not in the directory, taken as they stand", r.UnknownOffices)
	b.WriteString(unreadLines(r.Unread))
	return i.program.print("%s", b.String())
}

// unreadLines says what of a file was passed over.
func unreadLines(u desk.Unread) (lines string) {
	if len(u.UnreadColumns) > 0 {
		lines = fmt.Sprintf("  columns that were not read: %s\n", strings.Join(u.UnreadColumns, ", "))
	}
	if len(u.UnreadSheets) > 0 {
		lines += fmt.Sprintf("  sheets that were not read, since no row of theirs names the columns: %s\n", strings.Join(u.UnreadSheets, ", "))
	}
	return lines
}

func counted(b *strings.Builder, what string, rows map[string]int) {
	if len(rows) == 0 {
		return
	}
	fmt.Fprintf(b, "  %s:", what)
	for _, name := range slices.Sorted(maps.Keys(rows)) {
		fmt.Fprintf(b, " %q (%d)", name, rows[name])
	}
	b.WriteByte('\n')
}
