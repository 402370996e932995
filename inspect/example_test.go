package inspect_test

import (
	"fmt"

	"github.com/datacustoms/customs/inspect"
)

// Head and body of a flow are parts with reports of their own. The flow is
// judged on both: a person in both is one person, and the flow was read only
// as well as its worst part.
func ExampleMerge() {
	person := inspect.Person{Key: inspect.Subject{1}}
	person.Classes.Add(0)
	head := inspect.Report{
		Tallies:  []inspect.Tally{{Class: inspect.Mobile, Medium: 1}},
		Persons:  []inspect.Person{person},
		Coverage: inspect.Coverage{State: inspect.Full, Seen: 120, Scanned: 120},
	}
	body := inspect.Report{
		Tallies:  []inspect.Tally{{Class: inspect.ResidentID, High: 1}},
		Persons:  []inspect.Person{person},
		Coverage: inspect.Coverage{State: inspect.Full, Seen: 900, Scanned: 900},
	}
	body.Coverage.Miss(inspect.GapUnknownFormat, 300)

	flow := inspect.Merge(head, body)
	fmt.Println(len(flow.Persons), "person, coverage", flow.Coverage.State)
	for _, t := range flow.Tallies {
		fmt.Println(t.Class, t.At(inspect.Medium))
	}
	// Output:
	// 1 person, coverage partial
	// pi.contact.mobile 1
	// pi.id.resident 1
}
