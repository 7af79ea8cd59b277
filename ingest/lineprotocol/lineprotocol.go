// Package lineprotocol reads observations written as InfluxDB line protocol, in files of any size.
package lineprotocol

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/influxdata/line-protocol/v2/lineprotocol"

	"github.com/scalebook/scalebook/ingest"
)

// Connector reads the kind "lineprotocol".
type Connector struct{}

// Kind implements [ingest.Connector].
func (Connector) Kind() string { return "lineprotocol" }

// Streams implements [ingest.Streamer].
func (Connector) Streams() {}

// Read implements [ingest.Connector]. It reads every file named *.lp, *.line, *.influx or *.txt, or the only file there is.
func (Connector) Read(ctx context.Context, in ingest.Input, sink ingest.Sink) error {
	var named, all []string
	err := fs.WalkDir(in.Files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return errors.Join(err, ctx.Err())
		}
		all = append(all, name)
		if slices.Contains([]string{".lp", ".line", ".influx", ".txt"}, strings.ToLower(path.Ext(name))) {
			named = append(named, name)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(named) == 0 && len(all) == 1 {
		named = all
	}
	if len(named) == 0 {
		return errors.New("no .lp, .line, .influx or .txt file in it")
	}
	r := reader{in: in, sink: sink, names: names{in: in, metrics: map[string]string{}, subjects: map[string]string{}}}
	for _, name := range named {
		if err := r.read(name); err != nil {
			return err
		}
	}
	return nil
}

// longest is the length of a line beyond which it is set aside unread, so that no input can fill the memory.
const longest = 1 << 20

// reader reads the files of one input.
type reader struct {
	in        ingest.Input
	sink      ingest.Sink
	names     names
	file      string
	precision lineprotocol.Precision
}

func (r *reader) read(name string) error {
	file, err := r.in.Files.Open(name)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	defer file.Close()
	r.file, r.precision = name, lineprotocol.Nanosecond
	lines := ingest.Text(file)
	var long []byte
	for row := 1; ; row++ {
		line, err := readLine(lines, &long)
		if errors.Is(err, errTooLong) {
			err = r.sink.Quarantine(ingest.Rejected{File: name, Row: row, Reason: err.Error()})
			if err != nil {
				return err
			}
			continue
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("%s: %w", name, err)
		}
		if rowErr := r.line(row, bytes.TrimSpace(line)); rowErr != nil {
			return rowErr
		}
		if err != nil {
			return nil
		}
	}
}

var errTooLong = fmt.Errorf("a line of more than %d bytes", longest)

// readLine returns the next line. A line that is longer than the reader's buffer is gathered in long.
func readLine(r *bufio.Reader, long *[]byte) ([]byte, error) {
	line, err := r.ReadSlice('\n')
	if !errors.Is(err, bufio.ErrBufferFull) {
		return line, err
	}
	*long = append((*long)[:0], line...)
	tooLong := false
	for errors.Is(err, bufio.ErrBufferFull) {
		line, err = r.ReadSlice('\n')
		if tooLong = tooLong || len(*long)+len(line) > longest; !tooLong {
			*long = append(*long, line...)
		}
	}
	if tooLong {
		return nil, errors.Join(errTooLong, ignoreEOF(err))
	}
	return *long, err
}

// ignoreEOF drops the end of the input, which the next reading meets again.
func ignoreEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// line reads one line: a point, a comment, or nothing.
func (r *reader) line(row int, line []byte) error {
	if len(line) == 0 {
		return nil
	}
	if line[0] == '#' {
		r.comment(string(line[1:]))
		return nil
	}
	p, bad := parse(line, r.precision)
	if bad == nil {
		o, known, rejected := p.observation(&r.names)
		if rejected == nil {
			o.Source.File, o.Source.Row = r.file, row
			return r.observe(p, o, known)
		}
		bad = rejected
	}
	return r.sink.Quarantine(ingest.Rejected{File: r.file, Row: row, Column: bad.column, Value: bad.value, Reason: bad.reason})
}

// comment reads "# precision=s", which says what the timestamps of the lines below it count.
func (r *reader) comment(text string) {
	value, ok := strings.CutPrefix(strings.TrimSpace(text), "precision=")
	if !ok {
		return
	}
	switch value {
	case "s":
		r.precision = lineprotocol.Second
	case "ms":
		r.precision = lineprotocol.Millisecond
	case "us":
		r.precision = lineprotocol.Microsecond
	case "ns":
		r.precision = lineprotocol.Nanosecond
	}
}
