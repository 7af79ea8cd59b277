package influxtest

import (
	"context"
	"os/exec"
	"path/filepath"
	"testing"

	influxdb2 "github.com/influxdata/influxdb-client-go/v2"

	"github.com/scalebook/scalebook/testpart"
)

// startV2 runs influxd 2.7 until the test ends, set up with an organisation and a token.
func startV2(t *testing.T) *Server {
	t.Helper()
	binary, err := built("influxd2")
	if err != nil {
		if _, err := exec.LookPath("cargo"); err != nil {
			t.Skipf("InfluxDB 2.7 is not built, and can't be without cargo: %v", err)
		}
		testpart.Missing(t, "influxd 2.7 is built by make influxd2: %v", err)
	}
	s := &Server{Org: "scalebook", Token: "secret-of-the-test", folder: t.TempDir()}
	s.start(t, func(address string) error {
		s.args = []string{
			binary, "--http-bind-address", address, "--bolt-path", filepath.Join(s.folder, "influxd.bolt"),
			"--sqlite-path", filepath.Join(s.folder, "influxd.sqlite"), "--engine-path", filepath.Join(s.folder, "engine"), "--reporting-disabled",
		}
		return nil
	})
	if err := s.setUp(t.Context()); err != nil {
		t.Fatalf("set influxd 2 up: %v", err)
	}
	return s
}

func (s *Server) setUp(ctx context.Context) error {
	client := influxdb2.NewClient(s.URL, "")
	defer client.Close()
	_, err := client.SetupWithToken(ctx, "scalebook", "password-of-the-test", s.Org, "first", 0, s.Token)
	return err
}
