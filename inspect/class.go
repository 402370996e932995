package inspect

// Class names a kind of data. The names are public and stable: they stand in
// filings, policies, records and metrics. Families are told by their prefix.
type Class string

// The classes that have a rule or are reserved for one.
const (
	ResidentID       Class = "pi.id.resident"
	Passport         Class = "pi.id.passport"
	PermitHKMO       Class = "pi.id.permit.hkmo"
	PermitTW         Class = "pi.id.permit.tw"
	HomeReturn       Class = "pi.id.homereturn"
	TWCompatriot     Class = "pi.id.tw_compatriot"
	ForeignPR        Class = "pi.id.foreign_pr"
	HKID             Class = "pi.id.hkid"
	MacaoID          Class = "pi.id.macao"
	TaiwanID         Class = "pi.id.taiwan"
	MilitaryID       Class = "pi.id.military"
	BirthCertificate Class = "pi.id.birth"
	DriverFile       Class = "pi.id.driver"

	Mobile   Class = "pi.contact.mobile"
	Landline Class = "pi.contact.landline"
	Email    Class = "pi.contact.email"
	WeChat   Class = "pi.contact.wechat"
	QQ       Class = "pi.contact.qq"
	Name     Class = "pi.name"
	Address  Class = "pi.address"

	BankCard       Class = "pi.finance.bankcard"
	IBAN           Class = "pi.finance.iban"
	Securities     Class = "pi.finance.securities"
	SocialSecurity Class = "pi.social.security"
	ICD10          Class = "pi.health.icd10"
	HealthRecord   Class = "pi.health.record"
	Genomic        Class = "pi.bio.genomic"
	BioTemplate    Class = "pi.bio.template"
	Track          Class = "pi.location.track"
	IMEI           Class = "pi.device.imei"
	IMSI           Class = "pi.device.imsi"
	ICCID          Class = "pi.device.iccid"
	MAC            Class = "pi.device.mac"
	DeviceID       Class = "pi.device.id"
	IPAddress      Class = "pi.net.ip"

	USCC          Class = "org.uscc"
	OrgCode       Class = "org.code"
	Plate         Class = "vehicle.plate"
	VIN           Class = "vehicle.vin"
	Coordinate    Class = "geo.coordinate"
	Survey        Class = "geo.survey"
	MarkSecret    Class = "mark.secret"
	MarkInternal  Class = "mark.internal"
	MarkImportant Class = "mark.important"
	SecretKey     Class = "secret.key"
	TradeDocument Class = "trade.document"
)

// Level is the data level of GB/T 43697-2024.
type Level uint8

// The data levels, lowest first.
const (
	General   Level = iota // general data
	Important              // important data (重要数据)
	Core                   // core data (核心数据), also state secrets
)

var levelNames = [...]string{"general", "important", "core"}

func (l Level) String() string { return nameOf(levelNames[:], int(l)) }

// MarshalText gives the public name.
func (l Level) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText takes the public name; anything else is an error.
func (l *Level) UnmarshalText(b []byte) error {
	i, err := indexOf("level", levelNames[:], string(b))
	*l = Level(i)
	return err
}

// Confidence says how sure a rule is of its finding.
type Confidence uint8

// The confidences, lowest first. Policy counts Medium and above.
const (
	Low    Confidence = iota // the form fits, nothing speaks for it
	Medium                   // form and check, or form and context
	High                     // form, check and context, or a form that cannot be chance
)

var confidenceNames = [...]string{"low", "medium", "high"}

func (c Confidence) String() string { return nameOf(confidenceNames[:], int(c)) }

// MarshalText gives the public name.
func (c Confidence) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText takes the public name; anything else is an error.
func (c *Confidence) UnmarshalText(b []byte) error {
	i, err := indexOf("confidence", confidenceNames[:], string(b))
	*c = Confidence(i)
	return err
}
