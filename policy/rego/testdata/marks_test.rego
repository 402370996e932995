# Marks of the catalogues, condition by condition.
package customs.marks_test

import data.customs.marks

flow := {
	"found": [{"class": "vehicle.vin", "personal": true, "magnitude": 3, "level": "general"}, {"class": "geo.coordinate", "magnitude": 6, "level": "general"}],
	"declared": {"scenario": "icv.ota"},
	"persons": {},
	"brackets": [{"limit": "s.1", "exceeded": true}, {"limit": "s.2", "exceeded": false}],
}

holds(m) if {
	list := [object.union({"id": "m", "effect": "published", "verified": true}, m)]
	marks.holding.m with input as flow with data.pack.marks as list
}

test_without_conditions if holds({})

test_not_verified if not holds({"verified": false})

test_by_class if {
	holds({"classes": ["vehicle.vin", "pi.name"]})
	not holds({"classes": ["pi.name"]})
}

test_by_scenario if {
	holds({"scenarios": ["icv.*"]})
	not holds({"scenarios": ["bio.*"]})
}

test_by_magnitude if {
	holds({"min_magnitude": 6})
	not holds({"min_magnitude": 7})
}

test_the_magnitude_is_of_the_class if {
	holds({"classes": ["vehicle.vin"], "min_magnitude": 3})
	not holds({"classes": ["vehicle.vin"], "min_magnitude": 4})
}

test_by_scale if {
	holds({"scale": {"kind": "any", "reach": 1, "limit": "s.1"}})
	not holds({"scale": {"kind": "any", "reach": 1, "limit": "s.2"}})
}

test_a_scale_that_nobody_counted_may_be_reached if holds({"scale": {"kind": "any", "reach": 1, "limit": "s.9"}})

test_all_that_is_given_must_hold if not holds({"classes": ["vehicle.vin"], "scenarios": ["bio.*"]})

test_published_is_important if {
	list := [{"id": "m", "effect": "published", "verified": true, "classes": ["vehicle.vin"]}]
	data.customs.facts.important == {"vehicle.vin"} with input as flow with data.pack.marks as list
}

test_published_without_a_class_is_important_too if {
	list := [{"id": "m", "effect": "published", "verified": true, "scenarios": ["icv.*"]}]
	data.customs.facts.has_important with input as flow with data.pack.marks as list
	data.customs.need.need == "sa_hard" with input as flow with data.pack.marks as list
}

test_suspected_is_not_important if {
	list := [{"id": "m", "effect": "suspected", "verified": true, "classes": ["vehicle.vin"]}]
	not data.customs.facts.has_important with input as flow with data.pack.marks as list
	marks.suspected.m == {"vehicle.vin"} with input as flow with data.pack.marks as list
}

test_approvals if {
	list := [{"id": "m", "effect": "approval", "approval": "geo", "verified": true}]
	marks.approvals == {"geo"} with input as flow with data.pack.marks as list
}

test_a_catalogue_that_is_not_there if marks.approvals == set() with input as flow with data.pack.marks as null
