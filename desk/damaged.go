package desk

import (
	"context"
	"fmt"
	"slices"

	"kartyar/desk/manifest"
)

// refuseDamaged refuses a row whose person is damaged in the store. It is passed
// on later, by passOnDamaged: not all rows carry their cells.
func (im *importing) refuseDamaged(q *queued, cause error) {
	im.report.Refused++
	if len(im.damaged) == 0 && im.opt.Damaged != nil {
		im.opt.Damaged(q.line, cause)
	}
	im.damaged = append(im.damaged, q.line)
}

// passOnDamaged passes on the rows that were refused because their persons are
// damaged in the store. For their cells the list is read once more: that is
// rare, and to carry the cells of every row would make each list twice as long.
func (im *importing) passOnDamaged(ctx context.Context, raw *spool) error {
	if len(im.damaged) == 0 || im.opt.Refused == nil {
		return nil
	}
	slices.Sort(im.damaged)
	list, err := im.open(raw)
	if err != nil {
		return fmt.Errorf("reading a list again: %w", err)
	}
	for read := 1; len(im.damaged) > 0; read++ {
		line, err := list.Next()
		if err != nil {
			return fmt.Errorf("reading a list again: %w", noEOF(err))
		}
		if line.Number == im.damaged[0] {
			im.damaged = im.damaged[1:]
			line.Reason = manifest.ReasonDamaged
			if err := im.passOn(line); err != nil {
				return err
			}
		}
		if read%giveWayRows == 0 {
			im.giveWay(ctx)
		}
		if err := ctx.Err(); read%progressRows == 0 && err != nil {
			return err
		}
	}
	return nil
}
