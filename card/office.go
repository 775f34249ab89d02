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
	Code      string // folded by FoldID; the office's identity
	Name      string
	Kind      OfficeKind
	Province  string
	City      string
	Address   string
	Phone     string  // as the directory writes it; a landline as a rule
	Hours     string  // free text
	Latitude  float64 // degrees, WGS 84
	Longitude float64
	Located   bool // whether Latitude and Longitude are known
}
