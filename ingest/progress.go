package ingest

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// Progress is told how a run goes.
type Progress interface {
	Start(job Job)
	Rows(done, total int)
	Done(o Outcome)
}

type silent struct{}

func (silent) Start(Job)     {}
func (silent) Rows(int, int) {}
func (silent) Done(Outcome)  {}

// NewProgress writes progress to w: a bar that redraws itself on a terminal, a line per source elsewhere.
func NewProgress(w io.Writer, terminal bool) Progress {
	return &writtenProgress{w: w, terminal: terminal}
}

type writtenProgress struct {
	w        io.Writer
	terminal bool
	name     string
	drawn    time.Time
}

func (p *writtenProgress) Start(job Job) {
	p.name = job.Name
	if p.terminal {
		fmt.Fprintf(p.w, "\r\x1b[K%s …", p.name)
	}
}

const barWidth = 30

func (p *writtenProgress) Rows(done, total int) {
	if !p.terminal || total == 0 || done < total && time.Since(p.drawn) < 100*time.Millisecond {
		return
	}
	p.drawn = time.Now()
	filled := barWidth * done / total
	fmt.Fprintf(p.w, "\r\x1b[K%s [%s%s] %d/%d", p.name, strings.Repeat("█", filled), strings.Repeat("·", barWidth-filled), done, total)
}

func (p *writtenProgress) Done(o Outcome) {
	if p.terminal {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
	if o.Err != nil || o.Broken() != nil {
		return // the command says it, once
	}
	fmt.Fprintf(p.w, "%s: %s\n", o.Source, o.Summary())
}

// Summary says in one line what a run did.
func (o Outcome) Summary() string {
	if o.Err != nil {
		return o.Err.Error()
	}
	var parts []string
	add := func(n int, what string) {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, what))
		}
	}
	add(o.Added, "added")
	add(o.Revised, "revised")
	add(o.Withdrawn, "withdrawn")
	add(o.Shelved.Added, "reports added")
	add(o.Shelved.Updated, "reports updated")
	add(o.Shelved.Removed, "reports removed")
	add(o.Shelved.Reread, "reports unchanged but read anew")
	if len(parts) == 0 {
		parts = append(parts, "nothing changed")
	}
	add(o.Shelved.SetAside, "set aside")
	if o.Quarantined > 0 {
		parts = append(parts, fmt.Sprintf("%d quarantined", o.Quarantined))
	}
	return strings.Join(parts, ", ")
}

// Broken words the rows that could not be read, the first in full; nil where there is none.
func (o Outcome) Broken() error {
	var first string
	n := 0
	for _, r := range o.Rejected {
		if !r.Tolerated {
			if n++; n == 1 {
				first = r.String()
			}
		}
	}
	switch n {
	case 0:
		return nil
	case 1:
		return errors.New(first)
	}
	return fmt.Errorf("%s (and %d more)", first, n-1)
}
