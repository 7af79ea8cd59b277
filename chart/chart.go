// Package chart draws scaling data as SVG and PNG.
//
// A chart is described by a plain value (Spec, Multiple, Spark or Ruler),
// laid out once into a scene of shapes in pixels, and the scene is written by
// one of two renderers: markup whose colours come from classes, so that a page
// under a strict content security policy can restyle it for light and dark, or
// pixels drawn with an embedded font. The package knows nothing of where the
// numbers come from: it takes times, base units and labels, and it places
// them so that no text covers other text and no mark leaves the plot.
//
// All geometry is in CSS pixels and meant to be shown at its true size; draw a
// second, narrower chart for a phone instead of scaling one down.
package chart

import (
	"math"
	"strings"
	"time"
)

// The ways a Series is drawn.
const (
	StepAfter = "step"    // a record that holds until the next one
	Line      = "line"    // straight segments between the points
	Scatter   = "scatter" // the shape of the colour: ● ▲ ■ ✚ ◆
)

// Spec is a full chart: an axis each way and every mark a figure of scaling
// needs. The zero value of each field leaves that mark out. Values that are
// not finite, or not positive on a log axis, and values outside a fixed axis
// are left out of the drawing; everything drawn lies inside the plot.
type Spec struct {
	Width, Height int    // pixels, 648 by 360 if zero; below 480 wide the phone form
	Lang          string // "ko" or "en" for numerals, dates and fixed words

	Title, Desc string // accessible name, and what the figure shows in words

	// Heading, Subheading and Source frame the standalone SVG and the PNG,
	// which travel without their page: the finding, the quantity with unit
	// and scale, and who made the data. A page sets them in its own HTML.
	Heading, Subheading, Source string

	X, Y Axis

	Points     []Point // every observation, as grey dots
	Series     []Series
	Fit        *Fit
	References []Reference
	Break      *Break
	Until      time.Time // end of observation; zero draws none
	Reports    []Marker  // a lane under a time axis
	Now        *Point    // the value that answers, in red
	NowLabel   string    // defaults to the value in short form

	// KeyOutside leaves the names of a scatter's shapes to the page, whose
	// key can then be acted on. Standalone and PNG always carry theirs.
	KeyOutside bool
}

// Point is one observation. X is used when the x axis is not time.
type Point struct {
	Time time.Time
	X, Y float64

	Name, Detail, Href string // carried as data attributes for tooltips

	Label bool // ask for the name beside the point; at most ten are placed
}

// Series is one coloured run of points.
type Series struct {
	Name   string
	Color  int    // 1 to 5: blue, amber, teal, violet, charcoal
	Kind   string // StepAfter, Line or Scatter
	Points []Point
	Label  string // direct label at the end of the line
}

// Fit is a fitted curve with the interval of its mean and its prediction
// interval. Past Spec.Until the curve is dashed.
type Fit struct {
	Curve              []CurvePoint
	Label              string
	BandLabel, PILabel string
	Color              int // of the bands; 0 for grey
}

// CurvePoint is one point of a fitted curve. X is used when the x axis is not
// time. Low to High is the interval of the mean, PILow to PIHigh that of a
// further observation.
type CurvePoint struct {
	Time          time.Time
	X             float64
	Value         float64
	Low, High     float64
	PILow, PIHigh float64
	HasCI, HasPI  bool
}

// Reference is a horizontal line to compare with, such as an expert's score.
// Dotted marks the lesser kind, such as guessing.
type Reference struct {
	Value  float64
	Label  string
	Dotted bool
}

// Break is where a trend changes slope, with the interval of that date.
type Break struct {
	At, Low, High time.Time
	Label         string
}

// Marker is a dated document in the lane under the axis.
type Marker struct {
	Time        time.Time
	Label, Href string
}

// Axis is one scale. Min and Max fix the domain; nil takes it from the data.
// On a time axis they are Unix seconds. Unit is a base unit known to
// [quantity.Tick]. Label is not drawn: the unit line above a chart says it to
// readers; that of Y names a chart without a title to assistive technology.
type Axis struct {
	Time, Log bool
	Min, Max  *float64
	Unit      string
	Label     string
}

// Multiple is one of several small charts in the same frame, 264 by 150 when
// no size is given. It takes the fields of a Spec and draws the sparse form:
// points, lines, fit, references and now.
type Multiple Spec

// Spark is a step line the height of three lines of text, 232 by 48 when no
// size is given: the record as it rose, hollow where Report fell, red now.
type Spark struct {
	Width, Height int
	Lang          string
	Title, Desc   string
	X, Y          Axis
	Points        []Point   // the record, ascending in time
	Report        time.Time // the day the reader's document was written; zero draws none
	Until         time.Time // end of observation; zero ends at the last point
}

// Ruler is a horizontal scale with the value before (hollow) and the value
// now (red), 208 by 20 when no size is given. Without Min and Max a linear ruler
// starts from zero, that of a fraction ends at one, and a log one runs between
// whole powers.
type Ruler struct {
	Width, Height int
	Lang          string
	Title         string // accessible name; defaults to both values in words
	Axis          Axis
	From, To      float64
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

func korean(lang string) bool { return lang == "ko" || strings.HasPrefix(lang, "ko-") }
