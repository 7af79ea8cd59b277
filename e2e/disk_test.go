package e2e

import (
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/scalebook/scalebook/testpart"
)

// smallDisk mounts a disk of its own of so many megabytes, which takes root.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		testpart.Missing(t, "a disk of its own, which takes root: %v", err)
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

// A disk that can't be written to is called that, and nobody is advised to remove what is on it.
func TestReadOnlyDisk(t *testing.T) {
	disk := smallDisk(t, "200m")
	data := filepath.Join(disk, "data")
	if out, err := exec.Command(program, "ingest", "--data", data, "--from", filepath.Join("..", "content", "reports"), "reports").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if err := syscall.Mount("tmpfs", disk, "tmpfs", syscall.MS_REMOUNT|syscall.MS_RDONLY, "size=200m"); err != nil {
		t.Fatal(err)
	}
	for _, command := range [][]string{{"doctor"}, {"serve", "--addr", "127.0.0.1:0"}, {"trend", "cpu-transistors"}} {
		out, err := exec.Command(program, append(command, "--data", data)...).CombinedOutput()
		if text := string(out); err == nil || !strings.Contains(text, "read-only file system") || strings.Contains(text, "remove") {
			t.Errorf("%s: %v, %s", command[0], err, text)
		}
	}
	if out, err := exec.Command(program, "search", "--data", data, "추론").Output(); err != nil || len(out) == 0 {
		t.Errorf("search, which writes nothing: %v", err)
	}
}
