# A sample of an operator's own rules. The gateway reads every *.rego file of
# the directory it is pointed to, checks them, and swaps them in as a whole on
# SIGHUP; a directory with a fault is refused and the old rules stay.
#
# The package is customs.operator, and it is heard through six sets. Five can
# only make a verdict stricter. The sixth, relax, can overlook a fault of a
# filing where the rule pack says so; nothing here can let through what the
# law stops.
#
#   deny     ids of rules of yours that refuse the flow
#   hold     ids of rules of yours that send it to review by two persons
#   redact   classes of data that are taken out before it goes
#   require  what a flow must have: "filing", "sa", "purpose" or "link"
#   suspect  what is to wait for two persons once it is suspected; the one word
#            is "splitting", as splitting.rego shows, and any other refuses
#            whatever goes overseas
#   relax    reason codes that no longer keep a filing from covering a flow,
#            as "PURPOSE_UNDECLARED"; heard only for the codes that the rule
#            pack lists under operator.may_relax, and named in the record;
#            any other has no effect (customs policy eval says which count)
#
# Tests are rules test_… in *_test.rego, package customs.operator_test:
# customs policy test DIR runs them, operator_test.rego is a sample.
#
# input is the canonical question: place, exporter, declared purpose, classes
# found, coverage and candidate filings; never a value, a name or a URL.
# data.pack is the rule pack in force.
package customs.operator

# Keys and passwords are no personal data, so the law is silent about them.
deny contains "no-credentials" if {
	some f in input.found
	f.class == "secret.key"
}

# Personal data goes nowhere that we cannot name.
deny contains "unknown-country" if {
	input.stage == "part"
	object.get(input.destination, "country", "") == ""
	some f in input.found
	f.personal
}

# Genetic information also needs its own filing under the human genetic
# resources rules, which two persons confirm.
hold contains "hgr-confirmation" if {
	some f in input.found
	f.class == "pi.bio.genomic"
}
