package quantity_test

import (
	"fmt"

	"github.com/scalebook/scalebook/quantity"
)

func ExampleFormat() {
	fmt.Println(quantity.Format(.876, "fraction", "ko"))
	fmt.Println(quantity.Format(137, "minute", "ko"), quantity.Format(.1, "minute", "ko"))
	fmt.Println(quantity.Tick(1e8, "transistor", "ko"), quantity.Tick(1e24, "FLOP", "ko"))
	fmt.Println(quantity.Delta(.006, "fraction", "ko"))
	// Output:
	// 87.6%
	// 137분 6초
	// 1억 10²⁴
	// +0.6%p
}
