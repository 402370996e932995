package advise

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
)

// Item is one class of governed data that was observed.
type Item struct {
	Class     inspect.Class `json:"class"`
	Title     Bilingual     `json:"title"`
	Level     inspect.Level `json:"level"`
	Personal  bool          `json:"personal"`
	Sensitive bool          `json:"sensitive"` // under the profile, or of a minor
	Count     int64         `json:"count"`     // findings at medium confidence or above
}

// itemsOf are the classes of a record that a filing would have to cover, under
// the rules of today. A record that counts a minor may hold more sensitive
// data than its classes say; all of it is then taken for sensitive.
func itemsOf(r *policy.Rules, in *policy.Intent) []Item {
	var out []Item
	somebody := in.Persons.Total > 0 || slices.ContainsFunc(in.Classes, func(c policy.ClassCount) bool {
		return r.IsPersonal(c.Class) && !r.Linked[c.Class] && c.Medium+c.High > 0
	})
	for _, c := range in.Classes {
		if c.Medium+c.High <= 0 || len(c.Class) > maxRecordText {
			continue
		}
		i := Item{Class: c.Class, Level: c.Level, Count: c.Medium + c.High}
		i.Personal = r.IsPersonal(c.Class) && (!r.Linked[c.Class] || somebody)
		i.Sensitive = i.Personal && (r.Sensitive[c.Class] || in.Persons.Minors > 0)
		if r.Important[c.Class] {
			i.Level = max(i.Level, inspect.Important)
		}
		if r.Secret[c.Class] || r.Core[c.Class] || i.Level == inspect.Core || !i.Personal && i.Level != inspect.Important {
			continue // it never leaves, or may leave freely
		}
		out = append(out, i)
	}
	return out
}

// mergeItems adds items to a list that is sorted by class and bounded.
func mergeItems(list, more []Item) []Item {
	for _, i := range more {
		at, found := slices.BinarySearchFunc(list, i, func(a, b Item) int { return cmp.Compare(a.Class, b.Class) })
		switch {
		case found:
			l := &list[at]
			l.Count += i.Count
			l.Level, l.Personal, l.Sensitive = max(l.Level, i.Level), l.Personal || i.Personal, l.Sensitive || i.Sensitive
		case len(list) < maxClasses:
			i.Class = inspect.Class(cut(string(i.Class)))
			i.Title = Bilingual{policy.ClassTitle(i.Class, policy.Chinese), policy.ClassTitle(i.Class, policy.English)}
			list = slices.Insert(list, at, i)
		}
	}
	return list
}

// found is what a question says of items.
func found(items []Item) ([]policy.Found, policy.AskedPersons) {
	out := []policy.Found{}
	var p policy.AskedPersons
	for _, i := range items {
		out = append(out, policy.Found{Class: i.Class, Level: i.Level, Confidence: inspect.High,
			Magnitude: len(strconv.FormatInt(max(1, i.Count), 10)), Personal: i.Personal, Sensitive: i.Sensitive})
		p.Sensitive = p.Sensitive || i.Sensitive
		p.NonSensitive = p.NonSensitive || i.Personal && !i.Sensitive
	}
	return out, p
}
