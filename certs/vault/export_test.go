package vault

// The parsers that outside bytes enter.
var (
	OpenMaster  = openMaster
	ParseBackup = parseBackup
	ParseAnswer = func(line []byte, id uint64) ([]byte, error) {
		a, err := parseAnswer(line, id)
		return a.Signature, err
	}
	ParsePublic = parsePublic
)
