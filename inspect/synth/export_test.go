package synth

// Arithmetic that the tests hold to published numbers.
var (
	ISOCheck   = isoCheck
	Digit731   = digit731
	OrgCheck   = orgCheck
	PassesLuhn = passesLuhn
	Mod97      = mod97
	VINSum     = vinSum
)
