package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"sync"

	"github.com/scalebook/scalebook/metrics"
)

// wordsKept bounds each dictionary in memory; beyond it the dictionary starts afresh.
const wordsKept = 1 << 20

// number returns the number of a string, giving it one within the transaction if it has none.
func (w *writer) number(ctx context.Context, text string) (int64, error) {
	if n, ok := w.store.numbers[text]; ok {
		return n, nil
	}
	var n int64
	err := w.stmt(textNumber).QueryRowContext(ctx, text).Scan(&n)
	if errors.Is(err, sql.ErrNoRows) {
		var added sql.Result
		if added, err = w.stmt(insertText).ExecContext(ctx, text, textSum(text)); err == nil {
			n, err = added.LastInsertId()
		}
	}
	if err != nil {
		return 0, err
	}
	if len(w.store.numbers) >= wordsKept {
		clear(w.store.numbers)
	}
	w.store.numbers[text] = n
	return n, nil
}

func textSum(text string) int64 { return int64(crc32.Checksum([]byte(text), castagnoli)) }

// dictionary is what readers have seen of the table text. The table only grows, so it is never out of date.
type dictionary struct {
	mu    sync.RWMutex
	words map[int64]string
}

const wordsByNumber = `SELECT id, value FROM text WHERE id IN (SELECT value FROM json_each(?))`

// lookup returns a function that spells the numbers of the given rows.
func (s *Store) lookup(ctx context.Context, rows []revision) (func(int64) string, error) {
	found := map[int64]string{}
	var missing []int64
	s.texts.mu.RLock()
	for i := range rows {
		for _, n := range rows[i].texts() {
			if _, ok := found[n]; ok {
				continue
			}
			word, ok := s.texts.words[n]
			if !ok {
				missing = append(missing, n)
			}
			found[n] = word
		}
	}
	s.texts.mu.RUnlock()
	if len(missing) > 0 {
		if err := s.fetchWords(ctx, missing, found); err != nil {
			return nil, err
		}
	}
	return func(n int64) string { return found[n] }, nil
}

func (s *Store) fetchWords(ctx context.Context, numbers []int64, into map[int64]string) error {
	list, err := json.Marshal(numbers)
	if err != nil {
		return err
	}
	stmt, err := s.stmts.on(ctx, s.read, wordsByNumber)
	if err != nil {
		return err
	}
	rows, err := stmt.QueryContext(ctx, string(list))
	if err != nil {
		return err
	}
	defer rows.Close()
	got := map[int64]string{}
	for rows.Next() {
		var n int64
		var word string
		if err := rows.Scan(&n, &word); err != nil {
			return err
		}
		got[n], into[n] = word, word
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if len(got) < len(numbers) {
		return fmt.Errorf("%w: %d strings of the dictionary are gone", metrics.ErrDamaged, len(numbers)-len(got))
	}
	s.texts.mu.Lock()
	defer s.texts.mu.Unlock()
	if s.texts.words == nil || len(s.texts.words)+len(got) > wordsKept {
		s.texts.words = make(map[int64]string, len(got))
	}
	for n, word := range got {
		s.texts.words[n] = word
	}
	return nil
}
