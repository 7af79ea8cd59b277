package content

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"image"
	_ "image/gif"  // registers the format with DecodeConfig
	_ "image/jpeg" // likewise
	_ "image/png"  // likewise
	"math"
	"strconv"
	"strings"

	_ "golang.org/x/image/webp" // likewise
)

var errNotImage = errors.New("not a PNG, JPEG, GIF, WebP or SVG image")

// imageInfo reads an image's media type and size in pixels from its content; the file name says nothing about it. An SVG
// without a size has the size of its view box, and zeros where it has neither.
func imageInfo(b []byte) (mediaType string, width, height int, err error) {
	cfg, format, err := image.DecodeConfig(bytes.NewReader(b))
	if err == nil {
		return "image/" + format, cfg.Width, cfg.Height, nil
	}
	if !errors.Is(err, image.ErrFormat) {
		return "", 0, 0, fmt.Errorf("damaged image: %w", err)
	}
	w, h, ok := svgSize(b)
	if !ok {
		return "", 0, 0, errNotImage
	}
	return "image/svg+xml", w, h, nil
}

func svgSize(b []byte) (width, height int, ok bool) {
	dec := xml.NewDecoder(bytes.NewReader(b))
	dec.Strict = false
	for {
		t, err := dec.Token()
		if err != nil {
			return 0, 0, false
		}
		root, isElement := t.(xml.StartElement)
		if !isElement {
			continue
		}
		if root.Name.Local != "svg" {
			return 0, 0, false
		}
		var box [2]int
		for _, a := range root.Attr {
			switch a.Name.Local {
			case "width":
				width = pixels(a.Value)
			case "height":
				height = pixels(a.Value)
			case "viewBox":
				if f := strings.FieldsFunc(a.Value, func(c rune) bool { return c == ' ' || c == ',' }); len(f) == 4 {
					box = [2]int{pixels(f[2]), pixels(f[3])}
				}
			}
		}
		if width == 0 || height == 0 {
			width, height = box[0], box[1]
		}
		return width, height, true
	}
}

func pixels(s string) int {
	f, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(s), "px"), 64)
	if err != nil || f < 0 || f > 1e6 {
		return 0
	}
	return int(math.Round(f))
}
