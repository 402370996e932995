package meter

import (
	"slices"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy"
)

// The closed sets of label values. Tests compare them with the constants of
// the contracts.
var (
	modes = []string{"enforce", "observe"}
	doors = []string{"explicit", "socks5", "transparent", "reverse", "quic", "tap"}

	covers = []string{"opaque", "partial", "full"}

	events = []proxy.Event{proxy.EventSession, proxy.EventIntercepted, proxy.EventHandshakeFailed, proxy.EventLeafRefused, proxy.EventMalformed, proxy.EventNotTLS,
		proxy.EventTimeout, proxy.EventPanic, proxy.EventUnsettled, proxy.EventUnjoined, proxy.EventAfterRelease}

	gaps = []inspect.GapReason{inspect.GapEncrypted, inspect.GapLimitRatio, inspect.GapLimitDepth, inspect.GapLimitBytes,
		inspect.GapLimitEntries, inspect.GapLimitTime, inspect.GapLimitFindings, inspect.GapUnknownFormat,
		inspect.GapBroken, inspect.GapHighEntropy}

	codes = []policy.Code{
		policy.NotOutbound, policy.ExNoPI, policy.ExTransit, policy.ExContract, policy.ExHR, policy.ExEmergency,
		policy.ExLegalDuty, policy.ExSmall, policy.ExTreaty, policy.ExZoneOfflist, policy.ExZoneBelow, policy.ExZoneGeneral,
		policy.Relaxed, policy.ReviewApproved, policy.ExceptionApplied, policy.FilingCovers, policy.RegisteredUnread, policy.UnreadAllowed,
		policy.StateSecret, policy.CoreData, policy.RecipientDenied, policy.FilingNotFound, policy.FilingNotEffective,
		policy.FilingExpired, policy.FilingSuspended, policy.RecipientMismatch, policy.CountryMismatch, policy.LinkNotFiled,
		policy.PurposeMismatch, policy.PurposeUndeclared, policy.CategoryNotCovered, policy.SPINotCovered,
		policy.ImportantNotCover, policy.ItemRefused, policy.DeidentMissing, policy.VolumeExceeded, policy.VolumeContended,
		policy.PathwayTooWeak, policy.ApprovalMissing, policy.ImportantSuspected, policy.SplittingSuspected, policy.ZoneNotRegistered, policy.ZoneUnverified,
		policy.HeldForReview, policy.ReviewDenied, policy.QuotaUsedUp, policy.RedactionOrdered, policy.OperatorDenied,
		policy.ExporterUnknown, policy.CIIOUnknown, policy.CoverageOpaque, policy.CoveragePartial, policy.ScanFailed,
		policy.DeciderFailed, policy.LawUnavailable, policy.RegisterUnavail, policy.LedgerUnavail, policy.RecorderUnavail,
		policy.InternalFault, policy.Oversize, policy.BudgetExhausted, policy.RedactionUnavail, policy.AfterRelease,
		policy.AuthorityMismatch, policy.DialRefused, policy.NameUnresolved, policy.NotTLS, policy.BadRequest,
		policy.NameHoldsData, policy.ClientGone, policy.OriginUnreachable, policy.OriginUntrusted, policy.OriginCut, policy.OriginTimeout, policy.Draining,
		policy.UpgradeNotRead, policy.ProtocolNotRead, policy.MessageMalformed, policy.OriginRevoked, policy.PassThroughOver, policy.QUICRefused, policy.LeafRefused,
	}

	bundles = []string{"new", "same", "failed"}

	alertKinds = []string{"volume", "date", "splitting", "clock", "in_doubt", "store", "stream", "incident", "cut_off", "witness", "test"}

	// dates are what a document of the register can warn of.
	dates = []string{"expiry", "renewal", "contract_end", "authority_no", "claim_expiry", "approval_expiry",
		"exception_expiry", "exception_open", "recipient_country"}

	classes = []inspect.Class{
		inspect.ResidentID, inspect.Passport, inspect.PermitHKMO, inspect.PermitTW, inspect.HomeReturn, inspect.TWCompatriot,
		inspect.ForeignPR, inspect.HKID, inspect.MacaoID, inspect.TaiwanID, inspect.MilitaryID, inspect.BirthCertificate, inspect.DriverFile,
		inspect.Mobile, inspect.Landline, inspect.Email, inspect.WeChat, inspect.QQ, inspect.Name, inspect.Address,
		inspect.BankCard, inspect.IBAN, inspect.Securities, inspect.SocialSecurity, inspect.ICD10, inspect.HealthRecord,
		inspect.Genomic, inspect.BioTemplate, inspect.Track, inspect.IMEI, inspect.IMSI, inspect.ICCID, inspect.MAC, inspect.DeviceID,
		inspect.IPAddress, inspect.USCC, inspect.OrgCode, inspect.Plate, inspect.VIN, inspect.Coordinate, inspect.Survey,
		inspect.MarkSecret, inspect.MarkInternal, inspect.MarkImportant, inspect.SecretKey, inspect.TradeDocument,
	}
)

// closed returns a value of a closed set, and "other" for one outside it.
func closed[T ~string](set []T, v T) string {
	if slices.Contains(set, v) {
		return string(v)
	}
	return "other"
}

// Uninspected names what the gateway does not look into: the traffic that can
// carry data out without a finding. Each name is a label and a phrase for the
// start-up line.
func Uninspected() []string {
	return []string{
		"responses",                // bodies of answers to clients
		"domestic_destinations",    // pass unread, and are recorded
		"other_upgrades",           // behind an upgrade that is no WebSocket: refused, or passed unread at home
		"values_over_messages",     // spread over many messages that have a format of their own
		"quic_udp",                 // HTTP/3: refused where it is led to listen.quic, else to be stopped at the firewall
		"non_tls_tunnels",          // neither TLS nor HTTP in a tunnel: refused, PROTOCOL_NOT_READ
		"pinned_clients",           // their handshake fails; nothing leaves but by an entry under passthrough
		"encrypted_content",        // with a known head or of random bytes: coverage opaque or partial, blocked
		"short_ciphertext",         // fewer random bytes than a key or a signature has pass as data
		"pictures_audio_video",     // no recognition of text or faces: coverage opaque or partial, blocked
		"document_thumbnails",      // the small picture of its first page beside a document passes
		"unannounced_names",        // names and addresses that no word or heading announces
		"traffic_around_the_proxy", // whatever the network lets past the gateway
	}

}
