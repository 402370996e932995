package check

// wechat is the form of WeChat IDs behind their key. The platform's rule for
// them: 6 to 20 letters, digits, underscores and hyphens, the first a letter.
// Without a sign between, or behind a bare word of ASCII letters, there must be
// a digit or an underscore too: "wechat payment".
func wechat(s *Sight) {
	if wxid(s) {
		return
	}
	t := follow(s)
	var buf [20]byte
	n, end := t.take(buf[:], isHandle)
	id := buf[:n]
	if n > 15 && matches(id, 0, "wxid") && id[4] == '_' {
		return // it brings this form itself
	}
	if n < 6 || !alpha(id[0]) || codeAfter(t.text[end:]) {
		return
	}
	mixed := false
	for _, c := range id {
		mixed = mixed || isDigit(c) || c == '_'
	}
	switch {
	case mixed && !t.sign && !t.tail && latinKey(s):
		return
	case !mixed && (!t.sign || !t.tail && s.Cell == 0 && latinKey(s) || plainWord(id)):
		return
	}
	s.Add(t.at, end, KindWeChat, upper(id))
}

// plainWord reports whether an ID of letters only is a word that stands under
// such a key for a state or a way of payment.
func plainWord(id []byte) bool {
	var low [20]byte
	switch string(Lower(low[:0], id)) {
	case "enabled", "disabled", "unknown", "offline", "online", "success", "failed", "failure", "normal", "active", "inactive", "wechat", "weixin",
		"alipay", "default", "binding", "unbound", "unbind", "subscribe", "subscribed", "unsubscribed", "follow", "followed", "payment", "official",
		"service", "mobile", "qrcode", "scancode", "public", "private", "friend", "friends", "moments", "miniprogram", "applet", "browser",
		"android", "iphone", "windows", "string", "number", "boolean", "object", "required", "optional", "undefined", "wechatpay", "weixinpay",
		"authorized", "verified", "unverified", "pending", "expired", "nickname", "username", "account", "system", "manual":
		return true
	}
	return false
}

// codeAfter reports whether what stands before b is no value but a name in a
// program, an address or a path.
func codeAfter(b []byte) bool {
	if len(b) == 0 {
		return false
	}
	switch b[0] {
	case '(', '@', ':', '/', '[':
		return true
	}
	return b[0] == '.' && len(b) > 1 && isAlnum(b[1])
}

// wxid reads an ID that the platform itself gave: wxid_ and 10 to 20 letters
// and digits.
func wxid(s *Sight) bool {
	if !matches(s.Text[s.From:], 0, "wxid") || s.Cell > 0 || s.To >= len(s.Text) || s.Text[s.To] != '_' {
		return false
	}
	t := trail{text: s.Text, at: s.From}
	var buf [26]byte
	n, end := t.take(buf[:], isHandle)
	if n < 15 {
		return false
	}
	digits := 0
	for _, c := range buf[5:n] {
		if !isAlnum(c) {
			return false
		}
		if isDigit(c) {
			digits++
		}
	}
	if digits > 0 {
		s.Add(s.From, end, KindWeChat, upper(buf[:n]))
	}
	return digits > 0
}

// openID is the form of the identifiers that the platform's interfaces give
// for a person: o and 27 characters of base64url. Their case counts.
func openID(s *Sight) {
	t := follow(s)
	if t.at == len(t.text) || t.text[t.at] != 'o' {
		return
	}
	var buf [28]byte
	n, end := t.take(buf[:], isHandle)
	if n != 28 {
		return
	}
	var up, low bool
	for _, c := range buf {
		up, low = up || c >= 'A' && c <= 'Z', low || lower(c)
	}
	if up && low {
		s.Add(t.at, end, KindWeChat, buf[:])
	}
}

// qq is the form of QQ numbers behind their key. A mobile is left to its own
// rule, an address at qq.com to that of addresses.
func qq(s *Sight) {
	t := follow(s)
	if t.at < len(t.text) && (t.text[t.at] < '1' || t.text[t.at] > '9') && t.text[t.at] < 0x80 {
		return
	}
	glued := t.at == s.To && s.Cell == 0
	if glued && !OpenLeft(s.Text[:s.From]) {
		return
	}
	var buf [11]byte
	n, end := t.take(buf[:], isDigit)
	d := buf[:n]
	if n < 5 || d[0] == '0' || Mobile(d) || end < len(t.text) && t.text[end] == '@' || assigned(s, t.at, end) {
		return
	}
	s.Add(t.at, end, KindQQ, d)
}

// assigned reports whether a number stands in a program without blanks, as in
// "qq=12345,e=1" or "(qq=[12345,6])".
func assigned(s *Sight, from, to int) bool {
	if s.Cell > 0 || !latinKey(s) || to >= len(s.Text) {
		return false
	}
	switch between := s.Text[s.To:from]; string(between) {
	case "=", "=[", ":[":
	default:
		return false
	}
	switch s.Text[to] {
	case ')', ']', '}':
		return true
	case ',', ';':
		return to+1 < len(s.Text) && s.Text[to+1] > ' '
	}
	return false
}
