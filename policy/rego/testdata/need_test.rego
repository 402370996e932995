package customs.need_test

import data.customs.need

flow(ciio, sensitive, exceeded) := {
	"stage": "part",
	"exporter": {"uscc": "91310115MA1K3ABC99", "ciio": ciio},
	"found": [{"class": "pi.contact.mobile", "level": "general", "personal": true, "sensitive": sensitive}],
	"persons": {"non_sensitive": true, "sensitive": sensitive, "minors": false},
	"brackets": [b |
		some id in ["national.ns.100000", "national.ns.1000000", "national.sp.10000"]
		b := {"limit": id, "exceeded": id in exceeded}
	],
}

test_small if need.need == "none" with input as flow("no", false, set())

test_first_threshold if need.need == "sc_or_cert" with input as flow("no", false, {"national.ns.100000"})

test_second_threshold if {
	need.need == "sa_volume" with input as flow("no", false, {"national.ns.100000", "national.ns.1000000"})
}

test_sensitive_below if need.need == "sc_or_cert" with input as flow("no", true, set())

test_sensitive_above if need.need == "sa_volume" with input as flow("no", true, {"national.sp.10000"})

test_ciio if need.need == "sa_hard" with input as flow("yes", false, set())

test_ciio_not_told if need.need == "sa_hard" with input as flow("", false, set())

test_uncounted_is_doubt if {
	v := need.verdict with input as object.union(flow("no", false, set()), {"brackets": [{"limit": "x", "exceeded": false}]})
	{r.code | some r in v.reasons} == {"LEDGER_UNAVAILABLE"}
	count(v.reasons) == 3
}
