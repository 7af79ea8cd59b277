package dictionary

import (
	_ "embed"
	"fmt"
)

//go:generate go run ./compile

//go:embed ko.dict
var compiled string

// Default returns the dictionary compiled into the program.
func Default() (*Dictionary, error) {
	d, err := Open(compiled)
	if err != nil {
		return nil, fmt.Errorf("built-in dictionary: %w", err)
	}
	return d, nil
}
