package check

// The kinds of the two sorts of identifiers below: a telephone has one of
// each, so they are not one kind. Advertising identifiers change at the
// owner's wish and count nobody.
const (
	kindDevice      = KindDevice
	kindAdvertising = Nobody
)

// deviceID is the form of identifiers that a system gives a device, behind
// their key: Android ID (16 hexadecimal digits), UDID (40, or 8-16), and
// others of 32 or 64 or in the form of a UUID.
func deviceID(s *Sight) { addDevice(s, kindDevice) }

// adID is the form of advertising identifiers behind their key: IDFA, GAID,
// OAID and the like.
func adID(s *Sight) { addDevice(s, kindAdvertising) }

func addDevice(s *Sight, kind Kind) {
	t := follow(s)
	if !t.sign && !t.tail && t.at == s.To && s.Cell == 0 {
		return
	}
	var buf [64]byte
	n, end := t.take(buf[:], isPairing)
	if n < 16 || !deviceShape(buf[:n]) {
		return
	}
	c := upper(plain(buf[:n]))
	if varied(c) {
		if kind == Nobody {
			c = nil
		}
		s.Add(t.at, end, kind, c)
	}
}

func isPairing(c byte) bool { return isHex(c) || c == '-' }

// deviceShape reports whether the hyphens of b stand where those of a UUID or
// a UDID do, or there are none and the length is one in use.
func deviceShape(b []byte) bool {
	hyphens := 0
	for _, c := range b {
		if c == '-' {
			hyphens++
		}
	}
	switch len(b) {
	case 16, 32, 40, 64:
		return hyphens == 0
	case 25:
		return hyphens == 1 && b[8] == '-'
	case 36:
		return hyphens == 4 && b[8] == '-' && b[13] == '-' && b[18] == '-' && b[23] == '-'
	}
	return false
}

// plain takes the hyphens out, in place.
func plain(b []byte) []byte {
	out := b[:0]
	for _, c := range b {
		if c != '-' {
			out = append(out, c)
		}
	}
	return out
}

// varied reports whether b holds at least five different characters: not the
// zeros that a system gives when its owner refuses.
func varied(b []byte) bool {
	var seen [256]bool
	n := 0
	for _, c := range b {
		if !seen[c] {
			seen[c] = true
			n++
		}
	}
	return n >= 5
}
