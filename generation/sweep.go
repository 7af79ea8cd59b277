package generation

import (
	"context"
	"errors"
	"fmt"
	"path"

	"gocloud.dev/gcerrors"
)

// sweep deletes generations that have not been current for the time of grace, and then every blob that no generation lists and
// that is as old: a younger one may belong to a generation that is being published. It looks only where a generation goes.
func (p *Publisher) sweep(ctx context.Context, current *Manifest) error {
	b, now := p.cfg.Bucket, p.cfg.Now()
	numbers, err := b.numbers(ctx)
	if err != nil {
		return err
	}
	needed := map[string]bool{}
	replaced := current.CreatedAt // when the generation at hand ceased to be current
	gone := 0
	for i := len(numbers) - 1; i >= 0; i-- {
		m := current
		if numbers[i] != current.Number {
			if m, err = b.manifest(ctx, numbers[i]); err != nil && !errors.Is(err, ErrDamaged) {
				return err
			}
		}
		if numbers[i] < current.Number && now.Sub(replaced) > p.cfg.Grace {
			if err := b.delete(ctx, manifestKey(numbers[i])); err != nil {
				return err
			}
			gone++
		} else if m != nil {
			for _, f := range m.Files {
				needed[f.SHA256] = true
			}
		}
		if m != nil {
			replaced = m.CreatedAt
		}
	}
	if gone == 0 {
		return nil
	}
	for o, err := range b.list(ctx, blobs) {
		if err != nil {
			return err
		}
		if !needed[path.Base(o.Key)] && now.Sub(o.ModTime) > p.cfg.Grace {
			if err := b.delete(ctx, o.Key); err != nil {
				return err
			}
		}
	}
	return nil
}

// delete deletes what may be gone already.
func (b *Bucket) delete(ctx context.Context, key string) error {
	err := b.bucket.Delete(ctx, key)
	if err != nil && gcerrors.Code(err) != gcerrors.NotFound {
		return fmt.Errorf("bucket %s: delete %s: %w", b.url, key, err)
	}
	return nil
}
