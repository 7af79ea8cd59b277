// Package data holds the bundled figures: the catalogue of metrics, the subjects with their names, and observations in the
// project's CSV schema, each with the source that states it. README.md describes the files and their conventions.
package data

import (
	"embed"
	"io/fs"
)

//go:embed metrics.yaml *.csv
var files embed.FS

// Files returns the figures as the folder that a source of kind csv reads.
func Files() fs.FS { return files }
