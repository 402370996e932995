# Tests of the samples beside it, run by: customs policy test deploy/rego
package customs.operator_test

import data.customs.operator

question := {
	"stage": "part",
	"destination": {"country": "SG", "overseas": true},
	"coverage": {"state": "full", "gaps": []},
	"content": {},
	"found": [],
	"split": {"evidence": []},
}

found(class) := object.union(question, {"found": [{"class": class, "personal": startswith(class, "pi.")}]})

test_keys_and_passwords_go_nowhere if {
	"no-credentials" in operator.deny with input as found("secret.key")
}

test_plain_data_goes if {
	count(operator.deny) == 0 with input as found("pi.contact.mobile")
	count(operator.hold) == 0 with input as found("pi.contact.mobile")
}

test_a_place_without_a_name_is_refused if {
	nowhere := object.union(found("pi.name"), {"destination": {"overseas": true, "country": ""}})
	operator.deny == {"unknown-country"} with input as nowhere
}

test_genes_are_held if {
	operator.hold == {"hgr-confirmation"} with input as found("pi.bio.genomic")
}

test_persons_beside_what_was_not_read_are_refused if {
	partial := object.union(found("pi.name"), {"coverage": {"state": "partial", "gaps": ["encrypted"]}})
	"unread-beside-persons" in operator.deny with input as partial
}

test_content_under_a_false_name_is_refused if {
	"content-mismatch" in operator.deny with input as object.union(question, {"content": {"mismatch": true}})
}

piece(evidence) := object.union(found("pi.name"), {"split": {"evidence": evidence}})

test_pieces_of_a_list_wait_for_two_persons if {
	operator.suspect == {"splitting"} with input as piece(["subset"])
	operator.suspect == {"splitting"} with input as piece(["columns", "numbered"])
}

test_columns_alone_and_no_pieces_do_not_wait if {
	count(operator.suspect) == 0 with input as piece(["columns"])
	count(operator.suspect) == 0 with input as question
}
