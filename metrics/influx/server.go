package influx

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	influxdb2 "github.com/influxdata/influxdb-client-go/v2"
	"github.com/influxdata/influxdb-client-go/v2/domain"
)

// shardDuration is how much time one shard covers. Measurements span centuries and are few per year: with the servers'
// default of a week there would be thousands of shards, each with files of its own.
const shardDuration = 20 * 52 * 7 * 24 * time.Hour

// server is an InfluxDB before its bucket is known to exist.
type server struct {
	client     influxdb2.Client
	url        string
	token, org string
}

// ensure creates the bucket where it is missing and returns its full name.
func (s server) ensure(ctx context.Context, bucket string) (string, error) {
	ping, err := s.get(ctx, "/ping")
	if err != nil {
		return "", err
	}
	if ping.Header.Get("X-Influxdb-Version") == "" && ping.Header.Get("X-Influxdb-Build") == "" {
		return "", fmt.Errorf("what answers there is not InfluxDB (%s)", ping.Status)
	}
	// A server built from source names no version. Only InfluxDB 1 has no API for buckets.
	buckets, err := s.get(ctx, "/api/v2/buckets?limit=1")
	if err != nil {
		return "", err
	}
	if buckets.StatusCode == http.StatusNotFound {
		return s.ensureDatabase(ctx, bucket)
	}
	return bucket, s.ensureBucket(ctx, bucket)
}

func (s server) get(ctx context.Context, path string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+path, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Token "+s.token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	// Read to its end, or a proxy takes it that the client has gone, and ends the connection under the request that comes next.
	_, err = io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<20))
	return resp, errors.Join(err, resp.Body.Close())
}

func (s server) ensureBucket(ctx context.Context, bucket string) error {
	if _, err := s.client.BucketsAPI().FindBucketByName(ctx, bucket); err == nil {
		return nil
	} else if !strings.Contains(err.Error(), "not found") {
		return err
	}
	org, err := s.client.OrganizationsAPI().FindOrganizationByName(ctx, s.org)
	if err != nil {
		return err
	}
	seconds := int64(shardDuration / time.Second)
	_, err = s.client.BucketsAPI().CreateBucketWithName(ctx, org, bucket, domain.RetentionRule{ShardGroupDurationSeconds: &seconds})
	return err
}

// ensureDatabase creates a database of InfluxDB 1.8 with its retention policy. Creating what exists with the same
// settings changes nothing; with other settings it is refused, and the existing one is used.
func (s server) ensureDatabase(ctx context.Context, bucket string) (string, error) {
	database, policy, named := strings.Cut(bucket, "/")
	if !named {
		policy = "autogen"
	}
	answer, err := s.influxQL(ctx, fmt.Sprintf("SHOW RETENTION POLICIES ON %s", identifier(database)))
	if err == nil {
		for _, name := range answer {
			if name == policy {
				return database + "/" + policy, nil
			}
		}
		_, err = s.influxQL(ctx, fmt.Sprintf("CREATE RETENTION POLICY %s ON %s DURATION INF REPLICATION 1 SHARD DURATION %s",
			identifier(policy), identifier(database), influxQLDuration(shardDuration)))
	} else if strings.Contains(err.Error(), "database not found") {
		_, err = s.influxQL(ctx, fmt.Sprintf("CREATE DATABASE %s WITH DURATION INF REPLICATION 1 SHARD DURATION %s NAME %s",
			identifier(database), influxQLDuration(shardDuration), identifier(policy)))
	}
	return database + "/" + policy, err
}

func influxQLDuration(d time.Duration) string { return fmt.Sprintf("%dh", int(d.Hours())) }

// identifier quotes a name of InfluxQL.
// https://docs.influxdata.com/influxdb/v1/query_language/spec/#identifiers
func identifier(name string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(name) + `"`
}

// influxQL runs a statement and returns the first column of what it answers.
func (s server) influxQL(ctx context.Context, statement string) ([]string, error) {
	body := strings.NewReader(url.Values{"q": {statement}}.Encode())
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+"/query", body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if user, password, ok := strings.Cut(s.token, ":"); ok {
		req.SetBasicAuth(user, password)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return nil, err
	}
	var answer struct {
		Error   string
		Results []struct {
			Error  string
			Series []struct{ Values [][]any }
		}
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return nil, fmt.Errorf("%s", resp.Status)
	}
	if answer.Error != "" {
		return nil, fmt.Errorf("%s", answer.Error)
	}
	var first []string
	for _, r := range answer.Results {
		if r.Error != "" {
			return nil, fmt.Errorf("%s", r.Error)
		}
		for _, series := range r.Series {
			for _, row := range series.Values {
				if name, ok := row[0].(string); ok {
					first = append(first, name)
				}
			}
		}
	}
	return first, nil
}
