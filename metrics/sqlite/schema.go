package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/scalebook/scalebook/metrics"
)

//go:embed migrations/*.sql
var migrations embed.FS

// applicationID marks the file as a ledger of scalebook ("scbk"); https://www.sqlite.org/pragma.html#pragma_application_id
const applicationID = 0x7363626b

// migrate brings the schema to the newest version: migration n, in order of name, takes user_version from n-1 to n. All
// that is missing is applied in one transaction.
func migrate(ctx context.Context, db *sql.DB) error {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()

	var id, version, tables int
	for pragma, into := range map[string]*int{
		"PRAGMA application_id":              &id,
		"PRAGMA user_version":                &version,
		"SELECT count(*) FROM sqlite_schema": &tables,
	} {
		if err := tx.QueryRowContext(ctx, pragma).Scan(into); err != nil {
			return err
		}
	}
	switch {
	case id != applicationID && tables > 0:
		return fmt.Errorf("%w: it is a SQLite database of another program", metrics.ErrDamaged)
	case version > len(names):
		return fmt.Errorf("%w: it was written by a newer scalebook (schema %d, this one knows %d)", metrics.ErrDamaged, version, len(names))
	case version == len(names):
		return nil
	}
	for _, name := range names[version:] {
		statements, err := migrations.ReadFile(name)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, string(statements)); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	mark := fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, len(names))
	if _, err := tx.ExecContext(ctx, mark); err != nil {
		return err
	}
	return tx.Commit()
}
