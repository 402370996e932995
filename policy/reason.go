package policy

// Code is a reason code: public, stable and the same in every language.
type Code string

// Grounds to pass.
const (
	NotOutbound      Code = "NOT_OUTBOUND"
	ExNoPI           Code = "EX_NO_PI"
	ExTransit        Code = "EX_TRANSIT"
	ExContract       Code = "EX_CONTRACT"
	ExHR             Code = "EX_HR"
	ExEmergency      Code = "EX_EMERGENCY"
	ExLegalDuty      Code = "EX_LEGAL_DUTY"
	ExSmall          Code = "EX_SMALL"
	ExTreaty         Code = "EX_TREATY"
	ExZoneOfflist    Code = "EX_FTZ_OFFLIST"
	ExZoneBelow      Code = "EX_FTZ_BELOW_LIST_THRESHOLD"
	ExZoneGeneral    Code = "EX_FTZ_GENERAL_LIST"
	Relaxed          Code = "RELAXED_BY_OPERATOR"
	ReviewApproved   Code = "REVIEW_APPROVED"
	ExceptionApplied Code = "EXCEPTION_APPLIED"
	FilingCovers     Code = "FILING_COVERS"
	RegisteredUnread Code = "REGISTERED_UNREAD"
	UnreadAllowed    Code = "UNREAD_ALLOWED"
)

// Grounds to refuse that the law gives.
const (
	StateSecret        Code = "STATE_SECRET"
	CoreData           Code = "CORE_DATA"
	RecipientDenied    Code = "RECIPIENT_DENIED"
	FilingNotFound     Code = "FILING_NOT_FOUND"
	FilingNotEffective Code = "FILING_NOT_YET_EFFECTIVE"
	FilingExpired      Code = "FILING_EXPIRED"
	FilingSuspended    Code = "FILING_SUSPENDED"
	RecipientMismatch  Code = "RECIPIENT_MISMATCH"
	CountryMismatch    Code = "COUNTRY_MISMATCH"
	LinkNotFiled       Code = "LINK_NOT_FILED"
	PurposeMismatch    Code = "PURPOSE_MISMATCH"
	PurposeUndeclared  Code = "PURPOSE_UNDECLARED"
	CategoryNotCovered Code = "CATEGORY_NOT_COVERED"
	SPINotCovered      Code = "SPI_NOT_COVERED"
	ImportantNotCover  Code = "IMPORTANT_NOT_COVERED"
	ItemRefused        Code = "ITEM_REFUSED"
	DeidentMissing     Code = "DEIDENTIFICATION_MISSING"
	VolumeExceeded     Code = "VOLUME_EXCEEDED"
	VolumeContended    Code = "VOLUME_CONTENDED"
	PathwayTooWeak     Code = "PATHWAY_INSUFFICIENT"
	ApprovalMissing    Code = "SECTOR_APPROVAL_MISSING"
	ImportantSuspected Code = "IMPORTANT_SUSPECTED"
	SplittingSuspected Code = "SPLITTING_SUSPECTED"
	ZoneNotRegistered  Code = "FTZ_NOT_REGISTERED"
	ZoneUnverified     Code = "FTZ_LIST_UNVERIFIED"
	HeldForReview      Code = "HELD_FOR_REVIEW"
	ReviewDenied       Code = "REVIEW_DENIED"
	QuotaUsedUp        Code = "QUOTA_USED_UP"
	RedactionOrdered   Code = "REDACTION_ORDERED"
	OperatorDenied     Code = "OPERATOR_DENIED"
)

// Grounds to refuse that are doubt.
const (
	ExporterUnknown  Code = "EXPORTER_UNKNOWN"
	CIIOUnknown      Code = "CIIO_UNKNOWN"
	CoverageOpaque   Code = "COVERAGE_OPAQUE"
	CoveragePartial  Code = "COVERAGE_PARTIAL"
	ScanFailed       Code = "SCAN_FAILED"
	DeciderFailed    Code = "DECIDER_FAILED"
	LawUnavailable   Code = "LAW_UNAVAILABLE"
	RegisterUnavail  Code = "REGISTER_UNAVAILABLE"
	LedgerUnavail    Code = "LEDGER_UNAVAILABLE"
	RecorderUnavail  Code = "RECORDER_UNAVAILABLE"
	InternalFault    Code = "INTERNAL_FAULT"
	Oversize         Code = "OVERSIZE"
	BudgetExhausted  Code = "BUDGET_EXHAUSTED"
	RedactionUnavail Code = "REDACTION_UNAVAILABLE"
	AfterRelease     Code = "BLOCKED_AFTER_RELEASE"
)

// Grounds to refuse that the wire gives.
const (
	AuthorityMismatch Code = "AUTHORITY_MISMATCH"
	NameHoldsData     Code = "NAME_HOLDS_DATA"
	DialRefused       Code = "DIAL_REFUSED"
	NameUnresolved    Code = "NAME_NOT_RESOLVED"
	NotTLS            Code = "NOT_TLS"
	BadRequest        Code = "REQUEST_MALFORMED"
	ClientGone        Code = "CLIENT_GONE"
	OriginUnreachable Code = "ORIGIN_UNREACHABLE"
	OriginUntrusted   Code = "ORIGIN_UNTRUSTED"
	OriginCut         Code = "ORIGIN_CUT_RESPONSE"
	OriginTimeout     Code = "ORIGIN_TIMEOUT"
	Draining          Code = "DRAINING"
	UpgradeNotRead    Code = "UPGRADE_NOT_READ"
	ProtocolNotRead   Code = "PROTOCOL_NOT_READ" // in a tunnel: SMTP, FTP, SSH, a server that speaks first
	MessageMalformed  Code = "MESSAGE_MALFORMED" // WebSocket frames or gRPC messages that make no sense
	OriginRevoked     Code = "ORIGIN_REVOKED"    // its certificate
	PassThroughOver   Code = "PASSTHROUGH_OVER"  // expired, or its byte budget is used up
	QUICRefused       Code = "QUIC_REFUSED"
	LeafRefused       Code = "CERTIFICATE_REFUSED" // the client did not take our certificate: it may pin another
)
