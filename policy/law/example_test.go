package law_test

import (
	"fmt"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/law"
)

// The rules of a day come back from the bytes that its digest names.
func ExampleFromSnapshot() {
	book, err := law.Open(law.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	rules, err := book.At(time.Date(2026, 11, 22, 10, 0, 0, 0, policy.Shanghai))
	if err != nil {
		fmt.Println(err)
		return
	}
	snapshot, _ := book.Snapshot(rules.Pack.Digest)
	again, err := law.FromSnapshot(snapshot, "gb45574-2025")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(again.Pack == rules.Pack, again.Sensitive["pi.id.resident"], rules.Sensitive["pi.id.resident"])
	// Output: true false true
}
