package content

import (
	"hash/fnv"
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// libraryResolver finds the reports and images of a library by what links call them.
type libraryResolver struct {
	assets, pages string
	sources       map[string]*sourceIndex
	byKey         map[string][]string // normalised name to slugs, all sources
}

// sourceIndex finds the files of one source.
type sourceIndex struct {
	name       string
	repository string              // owner/name on the forge, lower case, where known
	reports    map[string]string   // lower-case path to slug
	byKey      map[string][]string // normalised name to slugs
	images     map[string]imageAt  // lower-case path
	byName     map[string][]string // lower-case base name to lower-case paths
	absent     map[string]bool     // normalised names of stubs and other files set aside
	index      map[string]bool     // lower-case paths of index pages
}

type imageAt struct {
	path string
	keptImage
}

// nameKey normalises a report's file name so that case, separators, stray signs and the date's place don't matter.
func nameKey(target string) string {
	name := path.Base(knownAs(target))
	if un, err := url.PathUnescape(name); err == nil {
		name = un
	}
	if i := strings.LastIndexByte(name, '.'); i > 0 && len(name)-i <= 9 {
		name = name[:i]
	}
	name = strings.ToLower(norm.NFC.String(name))
	date := ""
	if m := nameDate.FindStringSubmatchIndex(name); m != nil {
		date = name[m[2]:m[3]] + name[m[4]:m[5]] + name[m[6]:m[7]]
		name = name[:m[2]] + name[m[7]:]
	}
	return date + "|" + strings.Map(func(c rune) rune {
		if unicode.IsLetter(c) || unicode.IsDigit(c) {
			return c
		}
		return -1
	}, name)
}

// Link implements Resolver.
func (lr *libraryResolver) Link(r *Report, l Link) Link {
	src := lr.sources[r.Source]
	u, err := url.Parse(strings.Trim(l.Href, " ()<>"))
	if src == nil || err != nil || u.Scheme == "mailto" {
		return l
	}
	file, own := src.target(u, path.Dir(r.Path))
	if !own && file == "" {
		return l // leads out of the library
	}
	missing := func() Link {
		l.Original, l.Missing = l.Href, true
		return l
	}
	fragment := ""
	if u.Fragment != "" {
		fragment = "#" + u.Fragment
	}
	lower := strings.ToLower(file)
	if slug, ok := lr.report(src, lower); ok {
		if own || u.Host != "" || !src.hasReport(lower) {
			l.Original = l.Href
		}
		l.Report, l.Href = slug, lr.pages+url.PathEscape(slug)+fragment
		return l
	}
	if img, ok := src.image(lower, path.Dir(r.Path)); ok && imageFile.MatchString(lower) {
		l.Href = lr.assets + assetPath(src.name, img.path)
		return l
	}
	if !own {
		return l
	}
	if lower == "." || lower == "" || src.index[lower] || path.Ext(lower) == "" && u.Host != "" {
		if u.Host != "" {
			return l // the repository's own page
		}
		l.Original, l.Href = l.Href, strings.TrimSuffix(lr.pages, "/")
		return l
	}
	return missing()
}

func (s *sourceIndex) hasReport(lower string) bool { _, ok := s.reports[lower]; return ok }

// report finds a report by path, else by name within the source, else by name in the library.
func (lr *libraryResolver) report(src *sourceIndex, lower string) (string, bool) {
	if slug, ok := src.reports[lower]; ok {
		return slug, true
	}
	ext := path.Ext(lower)
	if ext != ".md" && ext != ".markdown" && ext != "" && ext != ".html" || src.index[lower] {
		return "", false
	}
	key := nameKey(lower)
	if key == "|" || src.absent[key] {
		return "", false
	}
	if slugs := src.byKey[key]; len(slugs) == 1 {
		return slugs[0], true
	}
	if slugs := lr.byKey[key]; len(slugs) == 1 && ext != "" {
		return slugs[0], true
	}
	return "", false
}

// target returns the path within the source that an address means, and whether it means the source at all. It reads
// relative and root-absolute paths, and addresses of the source's repository with and without their branch.
func (s *sourceIndex) target(u *url.URL, dir string) (file string, own bool) {
	p := u.Path
	if u.Host == "" {
		if u.Scheme != "" {
			return "", false
		}
		if strings.HasPrefix(p, "/") {
			return s.repositoryPath(strings.TrimPrefix(p, "/")), true
		}
		return strings.TrimPrefix(path.Join("/", dir, p), "/"), true
	}
	host := strings.ToLower(u.Host)
	if host != "github.com" && host != "www.github.com" && host != "raw.githubusercontent.com" && host != "gitlab.com" {
		return "", false
	}
	parts := strings.SplitN(strings.Trim(path.Clean(p), "/"), "/", 3)
	if len(parts) < 2 || s.repository == "" || strings.ToLower(parts[0]+"/"+parts[1]) != s.repository {
		return "", false
	}
	if len(parts) == 2 {
		return "", true
	}
	switch first, _, _ := strings.Cut(parts[2], "/"); first {
	case "issues", "pull", "pulls", "releases", "wiki", "actions", "commit", "commits", "discussions":
		return "", false
	}
	return s.repositoryPath(strings.TrimPrefix(parts[2], "-/")), true
}

// repositoryPath takes blob/BRANCH/ and its kin off the beginning of a path.
func (s *sourceIndex) repositoryPath(p string) string {
	if parts := strings.SplitN(p, "/", 3); len(parts) == 3 && slices.Contains([]string{"blob", "raw", "tree"}, parts[0]) {
		return path.Clean(parts[2])
	}
	if rest := strings.ToLower(p); s.repository != "" && strings.HasPrefix(rest, s.repository+"/") {
		return s.repositoryPath(p[len(s.repository)+1:])
	}
	for _, branch := range []string{"main/", "master/", "refs/heads/main/", "refs/heads/master/"} {
		if rest, ok := strings.CutPrefix(p, branch); ok {
			return path.Clean(rest)
		}
	}
	return path.Clean(p)
}

// Image implements Resolver.
func (lr *libraryResolver) Image(r *Report, f Figure) Figure {
	f.Missing = true
	src := lr.sources[r.Source]
	u, err := url.Parse(strings.TrimSpace(f.Src))
	if src == nil || err != nil {
		return f
	}
	file, own := src.target(u, path.Dir(r.Path))
	if !own {
		return f
	}
	if img, ok := src.image(strings.ToLower(norm.NFC.String(file)), path.Dir(r.Path)); ok {
		f.Src, f.Missing, f.Width, f.Height = lr.assets+assetPath(src.name, img.path), false, img.Width, img.Height
	}
	return f
}

// image finds an image by path, else by name: the only one of that name, or the one in the report's own folder.
func (s *sourceIndex) image(lower, dir string) (imageAt, bool) {
	if img, ok := s.images[lower]; ok {
		return img, true
	}
	paths := s.byName[path.Base(lower)]
	if len(paths) == 1 {
		return s.images[paths[0]], true
	}
	want := nameKey(path.Base(path.Dir(lower)) + ".d")
	for _, p := range paths {
		if nameKey(path.Base(path.Dir(p))+".d") == want || strings.HasPrefix(p, strings.ToLower(dir)+"/") && dir != "." {
			return s.images[p], true
		}
	}
	return imageAt{}, false
}

// assetPath is the part of an image's address after the prefix.
func assetPath(source, file string) string {
	parts := strings.Split(source+"/"+file, "/")
	for i, p := range parts {
		parts[i] = url.PathEscape(p)
	}
	return strings.Join(parts, "/")
}

// newResolver indexes the sources of a library.
func newResolver(cfg LibraryConfig, ms []*manifest, reports *table[*entry]) *libraryResolver {
	lr := &libraryResolver{assets: cfg.Assets, pages: cfg.Pages, sources: map[string]*sourceIndex{}, byKey: map[string][]string{}}
	for _, m := range ms {
		s := &sourceIndex{
			name: m.Source.Name, repository: repositoryOf(m.Source.Repository), reports: map[string]string{}, byKey: map[string][]string{},
			images: map[string]imageAt{}, byName: map[string][]string{}, absent: map[string]bool{}, index: map[string]bool{},
		}
		files := maps.Collect(m.each())
		for _, p := range slices.Sorted(maps.Keys(files)) {
			key, slug := nameKey(p), files[p].Slug
			s.reports[strings.ToLower(p)] = slug
			s.byKey[key] = append(s.byKey[key], slug)
			lr.byKey[key] = append(lr.byKey[key], slug)
		}
		images := maps.Collect(entries(m, (*part).images))
		for _, p := range slices.Sorted(maps.Keys(images)) {
			lower := strings.ToLower(p)
			s.images[lower] = imageAt{p, images[p]}
			s.byName[path.Base(lower)] = append(s.byName[path.Base(lower)], lower)
		}
		for p, a := range entries(m, (*part).setAside) {
			if a.Rule == "index" {
				s.index[strings.ToLower(p)], s.index[strings.ToLower(path.Dir(p))] = true, true
			} else if len(s.byKey[nameKey(p)]) == 0 {
				s.absent[nameKey(p)] = true
			}
		}
		if s.repository == "" {
			s.repository = guessRepository(s, reports)
		}
		lr.sources[s.name] = s
	}
	return lr
}

// sameRepositories reports whether sources are taken for copies of the same repositories as by another resolver.
func (lr *libraryResolver) sameRepositories(other *libraryResolver) bool {
	return other != nil && maps.EqualFunc(lr.sources, other.sources, func(a, b *sourceIndex) bool { return a.repository == b.repository })
}

// repositoryOf returns owner/name, in lower case, of a repository's address.
func repositoryOf(address string) string {
	u, err := url.Parse(strings.TrimSuffix(strings.TrimSpace(address), ".git"))
	if err != nil || u.Host == "" {
		return ""
	}
	parts := strings.Split(strings.Trim(u.Path, "/"), "/")
	if len(parts) < 2 {
		return ""
	}
	return strings.ToLower(parts[0] + "/" + parts[1])
}

// guessRepository finds the repository that a folder is a copy of: the one that its reports link to with the names of
// files that the folder holds or that are dated like them.
func guessRepository(s *sourceIndex, reports *table[*entry]) string {
	votes := map[string]int{}
	for _, in := range reports.at {
		for _, e := range in {
			if e.head.Source != s.name {
				continue
			}
			for _, l := range e.head.Sought.Forge {
				if len(s.byKey[l.Key]) > 0 || s.absent[l.Key] {
					votes[l.Repository]++
				}
			}
		}
	}
	best := ""
	for _, repo := range slices.Sorted(maps.Keys(votes)) {
		if best == "" || votes[repo] > votes[best] {
			best = repo
		}
	}
	return best
}

// sought is what the links and images of a report look for: no change to files of other names makes them lead elsewhere.
type sought struct {
	Names []uint64 // by reportName and imageName, in order
	Forge []forgeLink
}

// forgeLink is a link to a report in a repository of a forge.
type forgeLink struct{ Key, Repository string }

// soughtBy lists what the links and images of a report look for.
func soughtBy(r *Report) sought {
	var s sought
	look := func(target string) {
		u, err := url.Parse(strings.Trim(target, " ()<>"))
		if err != nil {
			return
		}
		file := path.Clean("/" + u.Path)
		s.Names = append(s.Names, reportName(file), imageName(file))
		if strings.EqualFold(strings.TrimPrefix(u.Host, "www."), "github.com") && strings.EqualFold(path.Ext(u.Path), ".md") {
			s.Forge = append(s.Forge, forgeLink{nameKey(u.Path), repositoryOf(target)})
		}
	}
	for _, l := range r.Links {
		look(l.Href)
	}
	for _, f := range r.Figures {
		look(f.Src)
	}
	slices.Sort(s.Names)
	s.Names = slices.Clip(slices.Compact(s.Names))
	return s
}

// seeks reports whether one of some names is looked for.
func (s sought) seeks(names map[uint64]bool) bool {
	if len(names) > 16 {
		return slices.ContainsFunc(s.Names, func(n uint64) bool { return names[n] })
	}
	for n := range names {
		if _, ok := slices.BinarySearch(s.Names, n); ok {
			return true
		}
	}
	return false
}

// reportName and imageName are hashes of the names by which links find a report or image: two files that a link can be taken
// for share one.
func reportName(p string) uint64 { return nameHash("report " + nameKey(strings.ToLower(p))) }

func imageName(p string) uint64 {
	return nameHash("image " + strings.ToLower(norm.NFC.String(path.Base(p))))
}

func nameHash(name string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name)) // never fails
	return h.Sum64()
}
