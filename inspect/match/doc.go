// Package match finds the places where an identifier may stand: bytes in,
// candidates out.
//
// The promise: it may report falsely, it may not miss. A candidate says only
// that bytes of the right kind stand there; package check decides. The unit of
// work is a Stream, one a stream, to which the caller lends a window of the
// text. It has 72 bytes, keeps no text, and allocates nothing but what the
// caller's slice of candidates needs to grow. It reads in groups of 64 bytes
// counted from the start of the stream, so the candidates and their order do
// not depend on how the text arrived. They come group by group, in a group kind
// by kind in the order Digits, Word, Serial, At, MAC, IP4, IBAN, Plate, IP6,
// Letters, Key, Odd, Run. The group is that of the last byte, but for IBAN, Odd
// and Key that of the first byte or, of a Key, of its anchor: a place in the
// word.
//
// What is found, where a word byte is an ASCII letter, a digit or an underscore
// and a byte outside of the stream is of no class:
//
//   - Digits: runs of ASCII digits with one space, hyphen or dot between two of
//     them, at the end of every run. The candidate begins with the earliest run
//     with which it has at most 21 digits. It has 11 at least.
//   - Word: 17 to 19 word bytes, among them a letter and a digit.
//   - Serial: 1 to 3 letters, then 6 to 9 digits, and no more word bytes.
//   - At: 1 to 64 letters, digits or ._+- before an at sign, and 3 or more
//     letters, digits, dots or hyphens behind it, of which it takes 253.
//   - MAC: the first six of six or more pairs of hexadecimal digits, all joined
//     by colons or all by hyphens.
//   - IP4: four runs of one to three digits joined by dots, at the end of every
//     run that has three before it.
//   - IP6: up to 45 hexadecimal digits, colons and dots with a digit and either
//     two colons in a row or six with one to four hexadecimal digits between
//     them. No word byte stands beside, but one behind a byte above 0x7f may.
//     A longer run is no address and is not reported.
//   - IBAN: two capitals and two digits that begin a word, if eight word bytes
//     follow, or twice a space and four. The candidate is these four bytes.
//   - Plate: a capital behind a byte above 0x7f if four word bytes begin one to
//     four bytes on. The candidate begins three bytes before the capital.
//   - Letters: 48 ASCII letters or more, of which it takes the last 4096.
//   - Key: the trigger words of Words, overlapping ones too.
//   - Odd: what another stage must rewrite; see oddAt.
//   - Run, if FindRuns was called: where text in base64, base32 or hexadecimal
//     may begin or go on. That is 22 letters, digits or +/-_ and what JSON
//     escapes of these, with both cases, or with 22 letters and digits in a row,
//     or with a backslash; eight pairs of hexadecimal digits with one byte
//     between them; six with 0x before them and one to three bytes between. A
//     run that goes on comes in pieces of a group each that adjoin. It is the
//     only kind that may be reported where the rest of this does not hold.
//
// The work is done in three steps on batches of groups: classify makes bitmaps
// of the bytes, combine makes of them bitmaps of the places where a candidate
// may be, and what is set there is looked at byte by byte. Trigger words are
// looked for only where one can begin: first by tests of two bytes for 64
// places at once, then in a bitmap of 8 KiB by four bytes, then by the four
// behind them, and then by the first and last eight bytes of each word. All of
// this is in assembly for processors with AVX-512 or with AVX2 and in Go for
// all; a level says which. The candidates are the same.
package match
