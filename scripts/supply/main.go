// Supply writes a CycloneDX bill of materials of a Go program and refuses licences that are not allowed.
//
// What is in the program is read from the program itself; the texts of licences from the module cache. A module may carry several
// licences, each of which has to be allowed.
package main

import (
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/google/licensecheck"
)

// allowed are the SPDX ids of licences under which a dependency may be part of the program. Copyleft of single files (MPL) is
// met by the module's public source, which its version names.
var allowed = []string{"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSD-3-Clause-NoNuclearWarranty", "CC0-1.0", "ISC", "MIT", "MPL-2.0", "OFL-1.1", "Unicode-DFS-2016", "Unlicense", "Zlib"}

// read are files, by SHA-256, that a person has read because they aren't mostly the text of licences. A changed one has to be read
// again.
var read = map[string][]string{
	"f597097efe3d97021f89170746bd3a0fb9a8b6fb26b82043ed68a4e0283bee6c": {"MIT", "BSD-2-Clause", "BSD-3-Clause"}, // modernc.org/libc: notices of Go and musl
	"f4a00ade8f4057ab0ea49097d9c459df8559fcf10ca78da0c950343fb7428d37": {"BSD-3-Clause", "MIT"},                 // modernc.org/sqlite: notices, SQLite itself in the public domain
	"8438c9c89b849131ead81d5435cb97fcf052df5b0b286dda8a2d4c29e6cb3fd0": nil,                                     // modernc.org/sqlite: SQLite is in the public domain
	"5ae5bee3072a841376451b48d8cfcec7188e10543926d5870828d36c8a750dc5": nil,                                     // modernc.org/memory: where a picture is from that is not in the program
}

// covered is the share of a licence file, in per cent, that a known text has to make up.
const covered = 75

type material struct {
	Type     string         `json:"type"`
	Ref      string         `json:"bom-ref"`
	Name     string         `json:"name"`
	Version  string         `json:"version"`
	PURL     string         `json:"purl"`
	Licenses []licenseEntry `json:"licenses,omitempty"`
}

type licenseEntry struct {
	License struct {
		ID string `json:"id"`
	} `json:"license"`
}

func main() {
	log.SetFlags(0)
	binary := flag.String("binary", "", "program to look into")
	sbom := flag.String("sbom", "", "file to write the bill of materials to")
	flag.Parse()
	if err := run(*binary, *sbom); err != nil {
		log.Fatal(err)
	}
}

func run(binary, sbom string) error {
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		return fmt.Errorf("read what %s is made of: %w", binary, err)
	}
	cache, err := exec.Command("go", "env", "GOMODCACHE").Output()
	if err != nil {
		return fmt.Errorf("find the module cache: %w", err)
	}
	counts := map[string]int{}
	var materials []material
	var problems []error
	for _, module := range info.Deps {
		m := materialOf("library", module)
		ids, err := licensesOf(strings.TrimSpace(string(cache)), module)
		if err != nil {
			problems = append(problems, err)
		}
		for _, id := range ids {
			var entry licenseEntry
			entry.License.ID = id
			m.Licenses = append(m.Licenses, entry)
			counts[id]++
			if !slices.Contains(allowed, id) {
				problems = append(problems, fmt.Errorf("%s: %s is not on the list of allowed licences", m.Name, id))
			}
		}
		materials = append(materials, m)
	}
	ids := make([]string, 0, len(counts))
	for id := range counts {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		fmt.Printf("  %3d %s\n", counts[id], id)
	}
	bom := map[string]any{"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": materials,
		"metadata": map[string]any{"component": materialOf("application", &info.Main)}}
	text, err := json.MarshalIndent(bom, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(sbom, append(text, '\n'), 0o644); err != nil {
		return err
	}
	fmt.Printf("  %d modules in %s\n", len(materials), sbom)
	return errors.Join(problems...)
}

func materialOf(kind string, module *debug.Module) material {
	purl := "pkg:golang/" + module.Path + "@" + module.Version
	return material{Type: kind, Ref: purl, Name: module.Path, Version: module.Version, PURL: purl}
}

// licenseFile matches the names that licences have at the top of a module.
var licenseFile = regexp.MustCompile(`(?i)^(un)?(licen[cs]e|copying)([-._].*)?$`)

// licensesOf recognises the licences at the top of a module.
func licensesOf(cache string, module *debug.Module) ([]string, error) {
	if module.Replace != nil {
		module = module.Replace
	}
	folder := filepath.Join(cache, escaped(module.Path)+"@"+escaped(module.Version))
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: not in the module cache: %s", module.Path, folder)
	}
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, e := range entries {
		if e.IsDir() || !licenseFile.MatchString(e.Name()) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(folder, e.Name()))
		if err != nil {
			return nil, err
		}
		if known, ok := read[fmt.Sprintf("%x", sha256.Sum256(text))]; ok {
			ids = append(ids, known...)
			continue
		}
		found := licensecheck.Scan(text)
		if found.Percent < covered {
			return ids, fmt.Errorf("%s: %s is %.0f%% of any known licence", module.Path, e.Name(), found.Percent)
		}
		for _, match := range found.Match {
			if !match.IsURL {
				ids = append(ids, match.ID)
			}
		}
	}
	if len(ids) == 0 {
		return nil, fmt.Errorf("%s: no licence", module.Path)
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

var upper = regexp.MustCompile(`[A-Z]`)

// escaped is a path as the module cache writes it: capitals as ! and the small letter.
func escaped(path string) string {
	return upper.ReplaceAllStringFunc(path, func(s string) string { return "!" + strings.ToLower(s) })
}
