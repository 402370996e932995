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
	doors = []string{"explicit", "socks5", "transparent", "reverse", "tap"}

	covers = []string{"opaque", "partial", "full"}

	events = []proxy.Event{proxy.EventSession, proxy.EventIntercepted, proxy.EventHandshakeFailed, proxy.EventNotTLS,
		proxy.EventTimeout, proxy.EventPanic, proxy.EventUnsettled, proxy.EventUnjoined}

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
		policy.UpgradeNotRead,
	}

	bundles = []string{"new", "same", "failed"}

	alertKinds = []string{"volume", "date", "splitting", "clock", "in_doubt", "store", "stream", "incident", "witness", "test"}

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
		"websocket_messages",       // behind an upgrade, which is refused or passed unread
		"quic_udp",                 // HTTP/3 and every datagram: to be stopped at the firewall
		"non_tls_tunnels",          // refused: NOT_TLS
		"pinned_clients",           // their handshake fails; nothing leaves
		"encrypted_content",        // with a known head or of random bytes: coverage opaque or partial, blocked
		"short_ciphertext",         // fewer random bytes than a key or a signature has pass as data
		"pictures_audio_video",     // no recognition of text or faces: coverage opaque or partial, blocked
		"document_thumbnails",      // the small picture of its first page beside a document passes
		"unannounced_names",        // names and addresses that no word or heading announces
		"traffic_around_the_proxy", // whatever the network lets past the gateway
	}

}
