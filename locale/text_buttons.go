package locale

// The main buttons. Their words are part of the program's outside: people are
// told of them by others, so they are added to, not renamed.
const (
	ButtonStatus       = "وضعیت کارت من"
	ButtonShareContact = "ارسال شمارهٔ همراه"
	ButtonChooseOffice = "انتخاب دفتر"
	ButtonSubscribe    = "خبرم کن"
	ButtonUnsubscribe  = "دیگر خبرم نکن"
	ButtonCollected    = "تحویل گرفتم"
	ButtonRemindLater  = "بعداً یادم بینداز"
	ButtonHelp         = "راهنما"
	ButtonDeleteMyData = "حذف اطلاعات من"
	ButtonBack         = "بازگشت"
)

// ButtonCopyUSSD carries [USSDCode] where the text can only spell it.
const ButtonCopyUSSD = "کپی کد دستوری"

func buttonSamples() []Sample {
	return []Sample{
		{Name: "ButtonStatus", Text: ButtonStatus},
		{Name: "ButtonShareContact", Text: ButtonShareContact},
		{Name: "ButtonChooseOffice", Text: ButtonChooseOffice},
		{Name: "ButtonSubscribe", Text: ButtonSubscribe},
		{Name: "ButtonUnsubscribe", Text: ButtonUnsubscribe},
		{Name: "ButtonCollected", Text: ButtonCollected},
		{Name: "ButtonRemindLater", Text: ButtonRemindLater},
		{Name: "ButtonHelp", Text: ButtonHelp},
		{Name: "ButtonDeleteMyData", Text: ButtonDeleteMyData},
		{Name: "ButtonBack", Text: ButtonBack},
		{Name: "ButtonCopyUSSD", Text: ButtonCopyUSSD},
	}
}
