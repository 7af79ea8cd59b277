// Package web holds the tests that use scalebook as a reader does: they build the program, start it on an empty data
// directory and drive its pages with a headless browser. There is nothing to import.
//
// They are skipped where no browser is installed, except in CI. Screenshots are left in artifacts/.
package web
