package locale

// Buttons of an offer that came by a one-time link.
const (
	ButtonAccept = "می‌پذیرم"
	ButtonRefuse = "نمی‌پذیرم"
)

// LinkOver is the answer to a one-time link that is of no use: used, too old,
// of another bot, or never made. It is the same for all of them.
func LinkOver() string {
	return "این پیوند دیگر کار نمی‌کند؛ هر پیوند یک بار و تا مدتی کوتاه به کار می‌آید.\nاز کسی که آن را فرستاده است پیوندی تازه بخواهید."
}

// OfferRefused is the answer to [ButtonRefuse].
func OfferRefused() string {
	return "نپذیرفتید و چیزی عوض نشد. اگر نظرتان عوض شد، همان پیوند را دوباره باز کنید."
}

// OfferOperator says what who runs the program gets in this chat.
func OfferOperator() string {
	return "این پیوند برای مسئول " + ServiceName + " است.\n" +
		"اگر بپذیرید، هشدارهای خود برنامه در همین گفت‌وگو می‌آید؛ مثل خبری که مدتی است نمی‌رسد. نام و کد کسی در آن‌ها نیست.\n\n" +
		"اگر مسئول این برنامه نیستید، نپذیرید."
}

// OperatorAccepted says that this is the operator's chat from now on.
func OperatorAccepted() string {
	return "از این پس هشدارهای " + ServiceName + " در همین گفت‌وگو می‌آید.\nبرای پایان دادن به آن، «" + ButtonDeleteMyData + "» را بنویسید."
}

// OperatorReplaced tells the operator's chat of before.
func OperatorReplaced() string {
	return "از این پس هشدارهای " + ServiceName + " در گفت‌وگوی دیگری می‌آید و دیگر به اینجا نمی‌رسد.\nاگر از آن خبر ندارید، از کسی که برنامه را اجرا می‌کند بپرسید."
}

func inviteSamples() []Sample {
	return []Sample{
		{Name: "ButtonAccept", Text: ButtonAccept},
		{Name: "ButtonRefuse", Text: ButtonRefuse},
		{Name: "LinkOver", Text: LinkOver()},
		{Name: "OfferRefused", Text: OfferRefused()},
		{Name: "OfferOperator", Text: OfferOperator()},
		{Name: "OperatorAccepted", Text: OperatorAccepted()},
		{Name: "OperatorReplaced", Text: OperatorReplaced()},
	}
}
