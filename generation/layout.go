package generation

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// Parts of a data directory that a generation is made of.
const (
	libraryDir   = "library"
	indexDir     = "index"
	indexPointer = indexDir + "/CURRENT"
	parsedDir    = libraryDir + "/.parsed" // kept parses: a reader needs not parse
)

// published reports whether a file may be part of a generation.
func published(name string) bool {
	return strings.HasPrefix(name, libraryDir+"/") || strings.HasPrefix(name, indexDir+"/")
}

// pointer reports whether a file decides what the others mean: the manifest of a source, which says what its reports are, and the
// name of the live index. The others never change under their name.
func pointer(name string) bool {
	ok, _ := path.Match(libraryDir+"/*/manifest.json", name) // the pattern is valid
	return ok || name == indexPointer
}

// names lists the files of a data directory that make up a generation: of the library what was taken in and its parses, of the
// index the live generation and the segments that it lists, most of which the one before had too.
func names(dir string) ([]string, error) {
	var found []string
	walk := func(part string) error {
		err := fs.WalkDir(os.DirFS(dir), part, func(name string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case strings.HasPrefix(path.Base(name), ".") && name != parsedDir:
				if d.IsDir() {
					return fs.SkipDir // derived by whoever reads
				}
			case d.Type().IsRegular():
				found = append(found, name)
			}
			return nil
		})
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	}
	if err := walk(libraryDir); err != nil {
		return nil, err
	}
	current, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(indexPointer)))
	if errors.Is(err, fs.ErrNotExist) {
		return found, nil
	}
	if err != nil {
		return nil, err
	}
	found = append(found, indexPointer)
	live := path.Join(indexDir, strings.TrimSpace(string(current)))
	segments, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(live), "segments"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for _, folder := range strings.Fields(string(segments)) {
		if strings.HasPrefix(folder, "seg-") && fs.ValidPath(folder) && path.Base(folder) == folder {
			if err := walk(path.Join(indexDir, folder)); err != nil {
				return nil, err
			}
		}
	}
	return found, walk(live)
}
