package client_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/scalebook/scalebook/client"
	"github.com/scalebook/scalebook/query"
	"github.com/scalebook/scalebook/search/hits"
)

func Example() {
	ctx := context.Background()
	c, err := client.New(client.Config{BaseURL: address})
	if err != nil {
		log.Fatal(err)
	}
	moore, err := c.Trend(ctx, query.TrendParams{Filter: query.Filter{Metric: "cpu-transistors"}, Of: query.OfAll, Fit: "exponential"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s: n = %d, doubling every %.1f years\n", moore.Metric.Title.En, moore.N, moore.DoublingTime.Value)
	fmt.Println(moore.Citation.URL)
	// Output:
	// CPU transistors: n = 123, doubling every 2.0 years
	// /trends?fit=exponential&metric=cpu-transistors&of=all
}

func ExampleClient_Search() {
	c, err := client.New(client.Config{BaseURL: address})
	if err != nil {
		log.Fatal(err)
	}
	found, err := c.Search(context.Background(), hits.Query{Text: "벤치마크", Kinds: []string{hits.KindReport}, Lang: "ko", Limit: 1, Passages: 1})
	if err != nil {
		log.Fatal(err)
	}
	for _, hit := range found.Hits {
		fmt.Println(hit.Kind, hit.Lang, len(hit.Passages))
	}
	// Output:
	// report ko 1
}

func ExampleError() {
	c, err := client.New(client.Config{BaseURL: address, Lang: "en"})
	if err != nil {
		log.Fatal(err)
	}
	_, err = c.Trend(context.Background(), query.TrendParams{Filter: query.Filter{Metric: "gpqa-diamond"}, Fit: "cubic"})
	var refusal *client.Error
	if errors.Is(err, query.ErrParameter) && errors.As(err, &refusal) {
		fmt.Println(refusal.Status, refusal.Parameter, refusal.Detail)
	}
	// Output:
	// 400 fit one of auto, linear, exponential, logistic
}
