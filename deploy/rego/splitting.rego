# A sample of an operator's own rules about one list or document that seems to
# go out in pieces. operator.rego explains the package.
#
# By itself a suspicion is recorded (SPLITTING_SUSPECTED) and told to the
# data-protection officer, and the transfer goes if the law lets it: all pieces
# are counted together in any case. With the word splitting in the set suspect,
# a piece that would go waits for two reviewers.
#
#   input.split.evidence  why: numbered, cut, subset, columns
package customs.operator

# Rows numbered on, parts that begin where another was cut, and parts that make
# up a list seen whole are seldom chance. Columns of the same persons that
# go different ways are often only two systems.
suspect contains "splitting" if {
	some e in input.split.evidence
	e in {"numbered", "cut", "subset"}
}
