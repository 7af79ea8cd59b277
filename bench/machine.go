package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// Machine is where and when a part was measured.
type Machine struct {
	Date     string            `json:"date"`
	CPU      string            `json:"cpu"`
	Cores    int               `json:"cores"`
	OS       string            `json:"os"`
	Load     string            `json:"load"` // before the part began, over 1, 5 and 15 minutes
	Versions map[string]string `json:"versions"`
}

func describeMachine() Machine {
	m := Machine{Date: time.Now().UTC().Format(time.DateOnly), Cores: runtime.NumCPU(), Versions: map[string]string{"Go": runtime.Version()}}
	m.CPU = field("/proc/cpuinfo", "model name", ":")
	m.OS = strings.Trim(field("/etc/os-release", "PRETTY_NAME", "="), `"`)
	if raw, err := os.ReadFile("/proc/loadavg"); err == nil {
		m.Load = strings.Join(strings.Fields(string(raw))[:3], " ")
	}
	for name, command := range map[string][]string{"nginx": {"nginx", "-v"}, "wrk": {"wrk", "-v"}} {
		out, _ := exec.Command(command[0], command[1:]...).CombinedOutput() // wrk -v exits with 1; what is not installed has no version
		first, _, _ := strings.Cut(string(out), "\n")
		if first, _, _ = strings.Cut(first, " Copyright"); first != "" {
			m.Versions[name] = strings.TrimPrefix(first, "nginx version: ")
		}
	}
	return m
}

// field returns the value of the first line of a file that begins with name.
func field(path, name, separator string) string {
	raw, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(raw)) {
		if key, value, ok := strings.Cut(line, separator); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// processorTime returns the processor time of a process and of its children, in the steps of 10 ms that Linux counts.
func processorTime(pid int) (time.Duration, error) {
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return 0, err
	}
	parent := strconv.Itoa(pid)
	var total time.Duration
	for _, path := range stats {
		raw, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended meanwhile
		}
		id, _, _ := strings.Cut(string(raw), " ")
		_, rest, _ := strings.Cut(string(raw), ") ") // the name before it may hold spaces
		fields := strings.Fields(rest)
		if len(fields) < 13 || id != parent && fields[1] != parent { // fields[1] is the parent, field 4 of proc(5)
			continue
		}
		for _, ticks := range fields[11:13] { // utime and stime, fields 14 and 15
			n, err := strconv.ParseInt(ticks, 10, 64)
			if err != nil {
				return 0, fmt.Errorf("times of process %s: %w", id, err)
			}
			total += time.Duration(n) * 10 * time.Millisecond
		}
	}
	return total, nil
}
