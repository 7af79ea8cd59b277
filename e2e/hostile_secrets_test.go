package e2e

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// secrets is what an operator tells the program and nobody else may learn, by where it is told. Nothing else holds these words.
var secrets = map[string]string{
	"API token": "quokka-api", "InfluxDB token": "quokka-influx", "password of InfluxDB": "quokka-influx-password", "parameter of InfluxDB": "quokka-influx-parameter",
	"S3 key": "quokka-s3", "password of the bucket": "quokka-bucket-password", "parameter of the bucket": "quokka-bucket-parameter",
	"password of a source": "quokka-source-password", "parameter of a source": "quokka-source-parameter", "fragment of a source": "quokka-source-fragment",
	"password of the collector": "quokka-collector", "token of a client": "quokka-client", "cookie of a client": "quokka-cookie",
}

// told fails for each secret in what the program said.
func told(t *testing.T, where, said string) {
	t.Helper()
	for what, secret := range secrets {
		for _, form := range []string{secret, url.QueryEscape(secret + "!")} {
			if i := strings.Index(said, form); i >= 0 {
				t.Errorf("%s tells the %s: …%s…", where, what, said[max(0, i-120):min(len(said), i+80)])
			}
		}
	}
}

// TestHostileSecrets runs commands that fail, and some that don't, with secrets in every place where one can be told, and looks
// for them in all that the program writes.
func TestHostileSecrets(t *testing.T) {
	in, full := t.TempDir(), t.TempDir()
	write(t, filepath.Join(in, "scores.csv"), "metric,subject,time,value\nexam,a,2024-01-01,0.5\n")
	source := "http://operator:" + secrets["password of a source"] + "@127.0.0.1:1/scores.csv?key=" + secrets["parameter of a source"] + "#" + secrets["fragment of a source"]
	influx := "http://operator:" + secrets["password of InfluxDB"] + "@127.0.0.1:1/?key=" + secrets["parameter of InfluxDB"]
	bucket := "s3://operator:" + secrets["password of the bucket"] + "@scalebook?region=us-east-1&use_path_style=true&endpoint=http://127.0.0.1:1&key=" + secrets["parameter of the bucket"]
	collector := "http://operator:" + secrets["password of the collector"] + "@127.0.0.1:1"
	write(t, filepath.Join(in, "sources.yaml"), "- {name: scores, kind: csv, location: \""+source+"\"}\n")
	environment := append(os.Environ(), "SCALEBOOK_API_TOKEN="+secrets["API token"], "SCALEBOOK_INFLUX_TOKEN="+secrets["InfluxDB token"], "SCALEBOOK_INFLUX_BUCKET=test",
		"AWS_ACCESS_KEY_ID=operator", "AWS_SECRET_ACCESS_KEY="+secrets["S3 key"], "AWS_EC2_METADATA_DISABLED=true", "AWS_MAX_ATTEMPTS=1")
	say := func(influx string, args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), program, args...)
		cmd.Env = append(environment, "SCALEBOOK_INFLUX_URL="+influx)
		out, err := cmd.CombinedOutput()
		if len(out) == 0 {
			t.Errorf("%v says nothing: %v", args, err)
		}
		return string(out)
	}
	const broken = "\x7f" // no address has this, so that the error may quote the address
	for _, c := range []struct {
		name, influx string
		args         []string
	}{
		{"ingest of an address", influx, []string{"ingest", "--data", full, "--from", source, "csv"}},
		{"ingest of an address that is none", influx, []string{"ingest", "--data", full, "--from", source + broken, "csv"}},
		{"ingest of git", influx, []string{"ingest", "--data", full, "--from", strings.Replace(source, "scores.csv", "scores.git", 1), "reports"}},
		{"ingest of a configuration", influx, []string{"ingest", "--data", full, "--config", filepath.Join(in, "sources.yaml")}},
		{"InfluxDB out of reach", influx, []string{"ingest", "--data", t.TempDir(), "--metrics", "influx", "--from", in, "csv"}},
		{"InfluxDB at no address", influx + broken, []string{"ingest", "--data", t.TempDir(), "--metrics", "influx", "--from", in, "csv"}},
		{"InfluxDB of another scheme", "ftp" + strings.TrimPrefix(influx, "http"), []string{"ingest", "--data", t.TempDir(), "--metrics", "influx", "--from", in, "csv"}},
		{"bucket out of reach", influx, []string{"ingest", "--data", full, "--bucket", bucket, "--from", in, "csv"}},
		{"bucket at no address", influx, []string{"ingest", "--data", full, "--bucket", bucket + broken, "--from", in, "csv"}},
		{"bucket of an unknown kind", influx, []string{"ingest", "--data", full, "--bucket", "ftp" + strings.TrimPrefix(bucket, "s3"), "--from", in, "csv"}},
		{"reader without its bucket", influx, []string{"serve", "--addr", "127.0.0.1:99999", "--data", t.TempDir(), "--metrics", "influx", "--bucket", bucket}},
		{"collector at no address", influx, []string{"ingest", "--data", full, "--traces", collector + broken, "--from", in, "csv"}},
		{"collector out of reach", influx, []string{"ingest", "--data", full, "--traces", collector, "--from", in, "csv"}},
		{"doctor", influx, []string{"doctor", "--data", full}},
		{"doctor of what is out of reach", influx, []string{"doctor", "--data", full, "--metrics", "influx"}},
	} {
		t.Run(c.name, func(t *testing.T) { told(t, "the program", say(c.influx, c.args...)) })
	}
	kept := 0
	err := filepath.WalkDir(full, func(path string, e os.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		kept++
		b, err := os.ReadFile(path)
		told(t, path, string(b))
		return err
	})
	if err != nil || kept < 3 {
		t.Errorf("%d files in the data directory, %v", kept, err)
	}
}

// TestHostileSecretsServed asks a server that holds secrets, with secrets of clients, and looks for them in its answers, on the
// operator's listener too, and in its log.
func TestHostileSecretsServed(t *testing.T) {
	in, data := t.TempDir(), t.TempDir()
	write(t, filepath.Join(in, "scores.csv"), "metric,subject,time,value\nexam,a,2024-01-01,0.5\n")
	upstream := httptest.NewServer(http.NotFoundHandler())
	defer upstream.Close()
	host := strings.TrimPrefix(upstream.URL, "http://")
	source := "http://operator:" + secrets["password of a source"] + "@" + host + "/scores.csv?key=" + secrets["parameter of a source"]
	write(t, filepath.Join(in, "sources.yaml"), "- {name: scores, kind: csv, location: \""+source+"\"}\n")
	if code, _, stderr := run(t, "ingest", "--data", data, "--from", in, "csv"); code != 0 {
		t.Fatal(stderr)
	}
	ops := freeAddress(t)
	t.Setenv("SCALEBOOK_API_TOKEN", secrets["API token"])
	address, log := serveSaying(t, "--data", data, "--no-bundled", "--config", filepath.Join(in, "sources.yaml"), "--ops-addr", ops)
	ask := func(method, at string, headers ...string) (int, string) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, at, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i+1 < len(headers); i += 2 {
			req.Header.Set(headers[i], headers[i+1])
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		for name, values := range res.Header {
			body = append(body, name+strings.Join(values, " ")...)
		}
		return res.StatusCode, string(body)
	}
	waitFor(t, func() bool {
		status, _ := ask(http.MethodPost, address+"/api/v1/ingest", "Authorization", "Bearer "+secrets["API token"])
		return status == http.StatusAccepted // once no other ingest is running
	})
	// until the attempt at the source is in what the operator is told, there is nothing to leak
	waitFor(t, func() bool {
		_, body := ask(http.MethodGet, address+"/api/v1/ingest/runs")
		return strings.Contains(body, host+"/scores.csv")
	})
	for _, at := range []string{"/health", "/health.json", "/readyz", "/livez", "/metrics", "/debug/pprof/cmdline"} {
		status, body := ask(http.MethodGet, "http://"+ops+at, "Authorization", "Bearer "+secrets["token of a client"])
		if status >= 500 && at != "/readyz" {
			t.Errorf("%s: %d", at, status)
		}
		told(t, at, body)
	}
	for _, at := range []string{"/", "/about", "/nowhere", "/reports/none", "/api/v1/ingest/runs", "/api/v1/reports/none", "/api/v1/series?metric=none", "/api/v1/trend?metric=exam&fit=none", "/mcp", "/files/none.png"} {
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodDelete} {
			_, body := ask(method, address+at, "Authorization", "Bearer "+secrets["token of a client"], "Cookie", "session="+secrets["cookie of a client"])
			told(t, method+" "+at, body)
		}
	}
	told(t, "the log", log())
}
