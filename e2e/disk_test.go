package e2e

import (
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// smallDisk mounts a disk of its own of so many megabytes, which takes root.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Skipf("no disk can be mounted here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// TestFullDisk lets the disk run full at several points of an ingest. Each says so and fails; once there is room, the same ingest is
// whole, and doctor finds nothing wrong.
func TestFullDisk(t *testing.T) {
	for _, size := range []string{"1m", "6m"} {
		t.Run(size, func(t *testing.T) {
			disk := smallDisk(t, size)
			data := filepath.Join(disk, "data")
			ingest := []string{"ingest", "--data", data, "--from", filepath.Join("..", "content", "data"), "csv"}
			out, err := exec.Command(program, ingest...).CombinedOutput()
			if err == nil {
				t.Fatalf("%s are enough:\n%s", size, out)
			}
			if text := string(out); !strings.Contains(text, "no space left on device") && !strings.Contains(text, "disk is full") || strings.Contains(text, "panic") {
				t.Errorf("with %s it says:\n%s", size, text)
			}
			if err := syscall.Mount("tmpfs", disk, "tmpfs", syscall.MS_REMOUNT, "size=200m"); err != nil {
				t.Fatal(err)
			}
			for _, command := range [][]string{ingest, {"doctor", "--data", data}} {
				if out, err := exec.Command(program, command...).CombinedOutput(); err != nil {
					t.Fatalf("with room again: %v\n%s", err, out)
				}
			}
			out, err = exec.Command(program, "trend", "--data", data, "--json", "cpu-transistors").Output()
			if err != nil || !strings.Contains(string(out), `"doubling_time_years"`) {
				t.Errorf("afterwards: %v, %.300s", err, out)
			}
		})
	}
}
