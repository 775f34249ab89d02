package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"kartyar/alert"
	"kartyar/store"
)

type restoreCommand struct {
	File     string `arg:"" help:"The backup."`
	Erased   string `required:"" xor:"ledger" placeholder:"FILE" help:"The ledger of erasures of the store that was lost (DIR.erased): what was erased after the backup is erased again."`
	NoLedger bool   `required:"" xor:"ledger" help:"There is none any more: what was erased after the backup comes back."`
}

// Help is what `restore --help` adds.
func (restoreCommand) Help() string {
	return `One of --erased and --no-ledger has to be given. A backup opens with the SECRET_KEY of its store alone. ` +
		`What the backup still had to send is held back, for some of it may have been sent since: "kartyar serve --resume-outbox" sends it. ` +
		`Messages from people that waited for an answer in it are dropped. A restore that was interrupted has changed nothing and can be run again.`
}

// restoreReport is what a restore did.
type restoreReport struct {
	Finished   bool      `json:"finished,omitempty"` // only brought an earlier one to its end
	Rows       uint64    `json:"rows"`
	At         time.Time `json:"at"` // of the backup
	Erased     int       `json:"erased"`
	Unanswered int       `json:"unanswered"`
	Held       int       `json:"held"`
	MayRepeat  int       `json:"may_repeat"`
}

var errServing = errors.New("`serve` runs on this store; a backup is restored into an empty place, never while it runs")

// Run runs `restore`.
func (c *restoreCommand) Run(ctx context.Context, p *Program) error {
	config, err := p.config()
	if err != nil {
		return err
	}
	if config.Key == nil {
		return &ConfigError{[]string{keyMissing}}
	}
	r := request{Do: doRestore}
	if c.Erased != "" {
		if r.Ledger, err = readWhole(ctx, c.Erased); err != nil {
			return fmt.Errorf("%s: %w", c.Erased, plainPathError(err))
		}
		if len(r.Ledger) == 0 {
			return fmt.Errorf("%s: %w", c.Erased, store.ErrLedgerDamaged)
		}
	}
	file, _, err := openList(ctx, c.File)
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	defer func() { _ = file.Close() }()
	conn, err := reachRestore(ctx, config, &r, p.quietLog(config))
	if err != nil {
		return err
	}
	var report restoreReport
	err = converse(ctx, conn, r, file, func(event, *speaker) error { return nil }, &report)
	if errors.Is(err, context.Canceled) {
		return errors.New("it was interrupted; nothing was restored, and the same command again begins anew")
	}
	if err != nil {
		return fmt.Errorf("%s: nothing was restored: %w", c.File, saidError{err})
	}
	return c.say(p, config.Store.Dir, report)
}

func (c *restoreCommand) say(p *Program, dir string, report restoreReport) error {
	if report.Finished {
		return p.print("%s: the store of an earlier restore, which was interrupted at its very end, is now in its place; %s was not read\n", dir, c.File)
	}
	err := p.print("%s: %d rows, as of %s; %d erasures after the backup were applied; %d messages of people that waited for an answer were dropped\n",
		dir, report.Rows, report.At.Format(time.RFC3339), report.Erased, report.Unanswered)
	if err == nil && report.Held > 0 {
		err = p.print("%d alerts and reminders of the backup are held back, %d of which may have been sent since; `kartyar serve` sends what is new, `kartyar serve --resume-outbox` sends them too\n",
			report.Held, report.MayRepeat)
	}
	return err
}

// reachRestore is the way to who makes the store: this process or, when root
// runs it in another user's place, a child that is that user.
func reachRestore(ctx context.Context, c Config, r *request, log zerolog.Logger) (net.Conn, error) {
	conn, err := dialControl(ctx, c.Store.Dir)
	if err == nil {
		return nil, errors.Join(errServing, conn.Close())
	}
	if !errors.Is(err, errNoServer) {
		return nil, err
	}
	o, err := c.opening()
	if err != nil {
		return nil, err
	}
	r.Open = &o
	uid, gid, err := ownersOf(o.Dir)
	if err != nil {
		return nil, err
	}
	if os.Geteuid() == 0 && uid != 0 {
		return startChild(ctx, filepath.Dir(o.Dir), uid, gid)
	}
	near, far := net.Pipe()
	var serving sync.WaitGroup
	serving.Go(func() {
		defer func() { _ = far.Close() }()
		session, r, err := newSession(far)
		if err != nil {
			return
		}
		restoreFor(ctx, session, r, log)
	})
	return &childConn{near, sync.OnceValue(func() error { serving.Wait(); return nil })}, nil
}

// restoreFor restores what a command sends.
func restoreFor(ctx context.Context, session *session, r request, log zerolog.Logger) {
	_ = session.answer(ctx, func(ctx context.Context) (any, error) {
		report, err := restore(ctx, session, r, log)
		if errors.Is(err, store.ErrInUse) {
			err = errServing
		}
		return report, err
	})
}

func restore(ctx context.Context, session *session, request request, log zerolog.Logger) (report restoreReport, err error) {
	o := request.Open
	if report.Finished, err = store.FinishRestore(o.Dir); report.Finished || err != nil {
		return report, err
	}
	r, err := store.BeginRestore(ctx, store.Options{Dir: o.Dir, Key: o.Key, Log: log}, session.upload(ctx), request.Ledger)
	if err != nil {
		return report, err
	}
	held, err := settleRestored(ctx, r, o.Rules, time.Now())
	if err != nil {
		return report, errors.Join(err, r.Abort())
	}
	return restoreReport{
		Rows: r.Rows, At: r.Backup.At, Erased: len(r.Erasures), Unanswered: r.Unanswered,
		Held: held.Messages, MayRepeat: held.MayRepeat,
	}, r.Finish()
}

// settleRestored does with the rows of a backup what the rules say.
func settleRestored(ctx context.Context, r *store.Restoring, rules alert.Rules, now time.Time) (held alert.Held, err error) {
	err = r.Store.Update(ctx, func(tx *store.Tx) error { return alert.Hold(tx, now) })
	if err == nil {
		err = rules.EraseAgain(ctx, r.Store, now, r.Erasures)
	}
	if err == nil {
		err = r.Store.ClearErased(ctx)
	}
	if errors.Is(err, store.ErrNoRoom) {
		err = nil // they are erased; `serve` takes their bytes away once there is room
	}
	if err != nil {
		return held, fmt.Errorf("settling the restored store: %w", err)
	}
	return alert.HeldOutbox(ctx, r.Store, now)
}
