package config

import "fmt"

// leastRetention is the longest six months of a calendar: network logs are kept
// for no less than six months (Cybersecurity Law art. 23(3)). It bounds what can
// be set; the law's own numbers are the rule packs'.
const leastRetention Days = 184

// LeastProvision is how long after a transfer abroad, and after the filing that it
// went under has ended, its record is kept at least, whatever audit.retention says: records of provision are kept
// for three years (Network Data Regulations art. 12).
const LeastProvision Days = 1096

// retention refuses to keep the log for less than the law asks.
func (d *decoding) retention(a Audit) {
	if a.Retention >= leastRetention || a.Retention == 0 {
		return // a value that is no number of days has its own fault
	}
	at := d.places["audit.retention"]
	if at == nil {
		at = d.places["key audit"]
	}
	d.fault(at, fmt.Sprintf("audit.retention: %s is less than six months, which the Cybersecurity Law art. 23(3) asks of network logs", a.Retention),
		fmt.Sprintf("give %s or more; the default of three years is for the records of provision of the Network Data Regulations art. 12", leastRetention))
}
