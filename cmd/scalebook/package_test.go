package main

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/scalebook/scalebook/testpart"
)

// TestDataPackage holds the exported package to the rules of Frictionless Data: names, paths, hashes, and every cell of the
// type that its column is said to have. The folder and the .zip file have the same content.
func TestDataPackage(t *testing.T) {
	dir := t.TempDir()
	data, folder, file := filepath.Join(dir, "data"), filepath.Join(dir, "package"), filepath.Join(dir, "package.zip")
	for _, args := range [][]string{{"ingest", "--bundled"}, {"export", "--all", folder}, {"export", "--all", file}} {
		var out, problems bytes.Buffer
		if code := (Program{Args: append(args, "--data", data), Stdout: &out, Stderr: &problems, Getenv: func(string) string { return "" }}).Run(t.Context()); code != exitOK {
			t.Fatalf("%v: exit %d: %s", args, code, problems.String())
		}
	}
	archive, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	read := func(files fs.FS, name string) []byte {
		t.Helper()
		f, err := files.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		body, err := io.ReadAll(f)
		if err != nil {
			t.Fatal(err)
		}
		return body
	}
	description := read(os.DirFS(folder), "datapackage.json")
	if !bytes.Equal(description, read(archive, "datapackage.json")) {
		t.Error("the folder and the archive differ")
	}
	var p dataPackage
	if err := json.Unmarshal(description, &p); err != nil {
		t.Fatal(err)
	}
	if len(p.Resources) < 20 || len(p.Version) != 12 {
		t.Errorf("%d tables, version %q", len(p.Resources), p.Version)
	}
	name, licence := regexp.MustCompile(`^[-a-z0-9._/]+$`), regexp.MustCompile(`^[-a-zA-Z0-9._]+$`)
	seen, rows := map[string]bool{}, 0
	for _, r := range p.Resources {
		body := read(os.DirFS(folder), r.Path)
		sum := sha256.Sum256(body)
		if seen[r.Name] || !name.MatchString(r.Name) || r.Bytes != len(body) || r.Hash != "sha256:"+hex.EncodeToString(sum[:]) {
			t.Errorf("resource %s: %d bytes, %s", r.Name, r.Bytes, r.Hash)
		}
		seen[r.Name] = true
		if len(r.Licenses) != 1 || !licence.MatchString(r.Licenses[0].Name) || len(r.Sources) != 1 {
			t.Errorf("resource %s: licences %v, sources %v", r.Name, r.Licenses, r.Sources)
		}
		rows += checkTable(t, r, body)
	}
	if rows < 1000 {
		t.Errorf("only %d rows", rows)
	}
	t.Run("frictionless", func(t *testing.T) { validate(t, filepath.Join(folder, "datapackage.json")) })
	var out, problems bytes.Buffer
	if code := (Program{Args: []string{"export", "--all", folder, "--data", data}, Stdout: &out, Stderr: &problems, Getenv: func(string) string { return "" }}).Run(t.Context()); code != exitFailed {
		t.Errorf("wrote over a folder: exit %d", code)
	}
}

func checkTable(t *testing.T, r packageTable, body []byte) (rows int) {
	t.Helper()
	table, err := csv.NewReader(bytes.NewReader(body)).ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", r.Path, err)
	}
	for i, field := range r.Schema.Fields {
		if table[0][i] != field.Name {
			t.Errorf("%s: column %d is %q, described as %q", r.Path, i, table[0][i], field.Name)
		}
		for n, row := range table[1:] {
			if row[i] == "" {
				continue
			}
			var err error
			switch field.Type {
			case "number":
				_, err = strconv.ParseFloat(row[i], 64)
			case "integer":
				_, err = strconv.Atoi(row[i])
			case "datetime":
				_, err = time.Parse(time.RFC3339, row[i])
			}
			if err != nil {
				t.Errorf("%s: row %d, %s: %v", r.Path, n+1, field.Name, err)
			}
		}
	}
	return len(table) - 1
}

// validate lets the standard's own tool read every cell.
func validate(t *testing.T, description string) {
	tool, err := filepath.Abs(filepath.Join("..", "..", ".cache", "python", "bin", "frictionless"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(tool); err != nil {
		testpart.Missing(t, "frictionless is missing: `make recipe-tools`")
	}
	cmd := exec.CommandContext(t.Context(), tool, "validate", "--json", filepath.Base(description))
	cmd.Dir = filepath.Dir(description)
	out, err := cmd.CombinedOutput()
	var verdict struct {
		Valid bool
		Stats struct{ Tasks, Errors int }
	}
	if jsonErr := json.Unmarshal(out, &verdict); err != nil || jsonErr != nil || !verdict.Valid || verdict.Stats.Tasks < 20 {
		t.Errorf("%v %v\n%.3000s", err, jsonErr, out)
	}
}
