package card

// OfficeKind is what sort of place an office is.
type OfficeKind string

// The kinds of office.
const (
	Pishkhan  OfficeKind = "pishkhan"
	Post      OfficeKind = "post"
	Registry  OfficeKind = "registry"
	Consulate OfficeKind = "consulate"
)

// Office is a place where cards are collected.
type Office struct {
	Code      string     `cbor:"1,keyasint"` // folded by FoldID; the office's identity
	Name      string     `cbor:"2,keyasint,omitempty"`
	Kind      OfficeKind `cbor:"3,keyasint,omitempty"`
	Province  string     `cbor:"4,keyasint,omitempty"`
	City      string     `cbor:"5,keyasint,omitempty"`
	Address   string     `cbor:"6,keyasint,omitempty"`
	Phone     string     `cbor:"7,keyasint,omitempty"` // as the directory writes it; a landline as a rule
	Hours     string     `cbor:"8,keyasint,omitempty"` // free text
	Latitude  float64    `cbor:"9,keyasint,omitempty"` // degrees, WGS 84
	Longitude float64    `cbor:"10,keyasint,omitempty"`
	Located   bool       `cbor:"11,keyasint,omitempty"` // whether Latitude and Longitude are known
}
