// Package certs keeps the gateway's certificate authority and mints the leaf
// certificates it shows to clients when it reads their TLS traffic.
//
// An Authority is a folder of files. A Minter asks it who signs now and hands
// out one leaf a host name. Nothing here logs: every function returns what
// happened.
//
// # The authority
//
// Open makes a CA at the first start, or loads the one that is there. A CA made
// here is ECDSA P-256, self-signed, lives five years, may sign leaves only
// (path length 0) and carries the host's name and a random tag in its subject,
// so that two of them are never confused. Import takes a company's sub-CA with
// its chain instead, and OpenFiles uses a pair of files kept elsewhere. The CA
// published with goproxy is refused everywhere: its private key is public.
//
// # Rotation
//
// Clients must trust a new CA before it signs, and keep the old one until the
// last gateway has switched. So each CA has two dates, Activates and Retires:
//
//	            Rotate          Activates          Retires
//	old  ── active ─┼──── active ────┼── previous ────┼ (key destroyed)
//	new             ┼──── next ──────┼── active ──────┼── active ──
//	bundle   old    │   old + new    │   new + old    │   new
//
// Which CA signs and which ones the bundle holds follows from these dates and
// the clock alone. Nothing has to run at the moment of activation, and a restart
// in the middle changes nothing. A Minter leaves the old CA's leaves behind as
// soon as another CA signs.
//
// # Files
//
//	state.json   which CAs there are, and their dates; the commit point
//	ID.pem       a certificate, and for a sub-CA its chain
//	ID.key       its key, PKCS#8, mode 0600; wider is refused
//	lock         held while a process writes
//
// ID is the start of the certificate's SHA-256. A change writes key, then
// certificate, then state.json, each to a temporary file that is synced and
// renamed, and the folder is synced after. A crash before the last rename leaves
// the old state and files nobody reads; after it, the new state. If state.json
// alone is lost, a single complete pair is adopted rather than replaced, because
// a new CA would be one that no client trusts.
//
// # Limits
//
// A key lies in its file without a passphrase, so the folder's protection is the
// file system's. There is no revocation list: leaves live 48 hours at most.
package certs
