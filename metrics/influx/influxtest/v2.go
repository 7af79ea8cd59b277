package influxtest

import (
	"context"
	"path/filepath"
	"testing"

	influxdb2 "github.com/influxdata/influxdb-client-go/v2"
)

// startV2 runs influxd 2 until the test ends, set up with an organisation and a token.
func startV2(t testing.TB, binary string) *Server {
	t.Helper()
	s := &Server{Name: "2.7", Org: "scalebook", Token: "secret-of-the-test", folder: t.TempDir()}
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
