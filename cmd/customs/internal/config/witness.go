package config

import (
	"fmt"
	"strings"

	"github.com/datacustoms/customs/policy/tree"
)

// maxWitnesses bounds who is asked to cosign.
const maxWitnesses = 16

// Witness cosigns the checkpoints of the audit log.
type Witness struct {
	URL string `yaml:"url" is:"webhook" need:"yes" doc:"address of a witness (customs witness serve, or any of C2SP tlog-witness); http only on the local network; upstream.roots count"`
	Key string `yaml:"key" is:"cosigner" need:"yes" doc:"its public key, NAME+HASH+KEY, as its operator gives it"`
}

func checkCosigner(s string) (what, mend string) {
	if _, err := tree.ParseCosigner(s); err != nil {
		return "is no key of a witness: " + err.Error(), "write the line that customs witness init printed"
	}
	return "", ""
}

// witnesses checks what no single value shows.
func (d *decoding) witnesses(list []Witness) {
	if len(list) > maxWitnesses {
		d.fault(d.places["key audit.witnesses"], fmt.Sprintf("audit.witnesses: %d are more than %d", len(list), maxWitnesses), "leave some out")
	}
	seen := map[string]int{}
	for i, w := range list {
		name, _, _ := strings.Cut(w.Key, "+")
		if j, ok := seen[name]; ok && name != "" {
			at := fmt.Sprintf("audit.witnesses[%d].key", i)
			d.fault(d.places[at], fmt.Sprintf("%s: same name as audit.witnesses[%d]", at, j), "keep one of them: a witness is known by its name")
		} else {
			seen[name] = i
		}
	}
}
