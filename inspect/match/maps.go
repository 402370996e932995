package match

// batch is how many groups are classified at once. The maps have one place
// more on each side, for the groups before and behind, and room for vectors.
const (
	batch  = 64
	places = batch + 4
)

// bitmap has one bit a byte, the first byte lowest, and one word a group.
type bitmap [places]uint64

// maps says of every byte of a batch to which classes it belongs, and where
// candidates may be. The assembly knows the order of the fields.
type maps struct {
	// From classify.
	digit, letter, capital, word bitmap
	high                         bitmap // above 0x7f
	join                         bitmap // space, hyphen, dot
	mark                         bitmap // colon, hyphen
	sign                         bitmap // dot, plus, slash, backslash
	at                           bitmap // combine leaves those with three bytes of a domain behind
	odd                          bitmap // begins another notation, perhaps
	han                          bitmap // E4 to E9, which lead most Han characters in UTF-8
	tell                         bitmap // does not occur in Chinese UTF-8, but in GB18030
	near                         bitmap // begins another notation if a digit stands beside
	numeral                      bitmap // begins a Chinese numeral, perhaps

	// From combine: the last byte of candidates, unless something else is said.
	digits, words, serials, macs, ip4s bitmap
	ip6s                               bitmap // a colon that makes one
	ibans                              bitmap // the first byte
	plates, letters, odds              bitmap // the capital; the last letter; any of the bytes
	any                                bitmap // all of these but odds, and at

	// Where trigger words may be: from combine, and then only where their table
	// knows the bytes.
	starts bitmap // four letters before which a word can begin
	shorts bitmap // a letter before which a word can begin, and one can begin or end two or three bytes on
	hans   bitmap // a Han character in UTF-8
	pairs  bitmap // two bytes of GB18030, perhaps
	rare   bitmap // bytes above 0x7f
	keyed  bitmap // all of these

	// Where text in another alphabet may be. See combineRuns.
	runs  bitmap // the last byte of a run, and of a group that it fills or goes on behind
	dumps bitmap // bytes of delimited hexadecimal, roughly
	gates bitmap // both
}

// left returns what the bits k places before are, prev being the word before.
func left(x, prev uint64, k uint) uint64 { return x<<k | prev>>(64-k) }

// right returns what the bits k places on are, next being the word behind.
func right(x, next uint64, k uint) uint64 { return x>>k | next<<(64-k) }
