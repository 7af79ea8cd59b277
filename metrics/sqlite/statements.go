package sqlite

import (
	"context"
	"database/sql"
	"sync"
)

// statements prepares each text once per database and keeps it.
type statements struct {
	mu       sync.Mutex
	prepared map[statementKey]*sql.Stmt
}

type statementKey struct {
	db   *sql.DB
	text string
}

func (s *statements) on(ctx context.Context, db *sql.DB, text string) (*sql.Stmt, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := statementKey{db, text}
	if stmt, ok := s.prepared[key]; ok {
		return stmt, nil
	}
	stmt, err := db.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	if s.prepared == nil {
		s.prepared = map[statementKey]*sql.Stmt{}
	}
	s.prepared[key] = stmt
	return stmt, nil
}

func (s *statements) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, stmt := range s.prepared {
		stmt.Close()
	}
	s.prepared = nil
}
