# A sample of an operator's own rules about content that is not what it says,
# or that went although it was not read. operator.rego explains the package.
#
#   input.content.mismatch  some content is of another format than was said
#   input.content.formats   which, as {"said": "image/", "found": "zip"}
#   input.coverage.gaps     why content was not read, as "encrypted"
#   input.link.unread       the reasons that the configuration lets go there
package customs.operator

# A picture that is an archive has no honest reason.
deny contains "content-mismatch" if input.content.mismatch

# Where persons were found in what was read, the rest is not let go unread,
# whatever the configuration says.
deny contains "unread-beside-persons" if {
	input.stage == "part"
	count(input.coverage.gaps) > 0
	some f in input.found
	f.personal
}
