// Package reports holds the bundled reports, written for this project in Korean with an English counterpart each, and
// their figures.
package reports

import (
	"embed"
	"io/fs"
)

//go:embed ko en images
var files embed.FS

// Files returns the reports as the folder that a source of kind reports reads.
func Files() fs.FS { return files }
