package manifest

import "fmt"

// Reason says why a row is refused. Its Sentence is part of the file format:
// it stands in the refused file, which clerks open in Excel.
type Reason uint8

// The reasons. A command and a server of two versions tell each other their
// numbers: further ones come last.
const (
	ReasonBroken       Reason = iota + 1 // a quotation mark never closed, or a row without end
	ReasonCharacters                     // damaged or control characters
	ReasonCodeEmpty                      // no national code
	ReasonCodeLength                     // not ten digits
	ReasonCodeLetters                    // something else than digits
	ReasonCodeChecksum                   // the check digit does not hold
	ReasonRounded                        // scientific notation, digits lost
	ReasonMobile                         // not a mobile number
	ReasonStageEmpty                     // a stage column, and nothing in it
	ReasonOfficeEmpty                    // ready or dispatched without an office
	ReasonOffice                         // an office name that fits none or several
	ReasonDate                           // not a date
	ReasonDateInvalid                    // no such day or hour
	ReasonDateAhead                      // more than 24 hours ahead of the clock
	ReasonUndated                        // for who applies rows: undated, over a collected card
	ReasonFormula                        // #N/A or the like
	ReasonObject                         // JSON lines: not an object of the columns
	ReasonDamaged                        // for who applies rows: what the store holds of the person is damaged
	ReasonCut                            // the file ends in the row
	ReasonDateOld                        // before there were smart cards
	ReasonMisplaced                      // a phone or a national code for an office or a stage
	ReasonHour                           // for who applies rows: something else is known of a later time
)

// reasons holds, for each reason, its name in logs and its Persian sentence.
var reasons = [...]struct{ name, sentence string }{
	ReasonBroken:       {"quotation mark never closed, or a row without end", "علامت \" در این سطر باز شده و بسته نشده است، یا سطر بیش از اندازه بلند است."},
	ReasonCharacters:   {"damaged characters", "این خانه حرف ناخوانا دارد؛ پرونده هنگام ذخیره یا ارسال آسیب دیده است. آن را دوباره بنویسید."},
	ReasonCodeEmpty:    {"no national code", "کد ملی خالی است."},
	ReasonCodeLength:   {"not ten digits", "کد ملی باید ۱۰ رقم باشد."},
	ReasonCodeLetters:  {"something other than digits", "در کد ملی چیزی جز رقم نوشته شده است."},
	ReasonCodeChecksum: {"the check digit does not hold", "کد ملی درست نیست؛ رقم‌های آن را با مدرک مقایسه کنید."},
	ReasonRounded:      {"rounded by Excel, digits are lost", "اکسل این عدد را گرد کرده و رقم‌هایی از آن از میان رفته است؛ قالب ستون را «متن» کنید و عدد را دوباره بنویسید."},
	ReasonMobile:       {"not a mobile number", "این شمارهٔ همراه خوانا نیست؛ آن را درست کنید یا خانه را خالی بگذارید."},
	ReasonStageEmpty:   {"nothing in it", "مرحله نوشته نشده است."},
	ReasonOfficeEmpty:  {"this stage needs an office", "برای این مرحله باید دفتر نوشته شود."},
	ReasonOffice:       {"office name fits none or several", "دفتری با این نام پیدا نشد یا چند دفتر این نام را دارند؛ کد دفتر را بنویسید."},
	ReasonDate:         {"not a date", "تاریخ خوانا نیست؛ آن را مانند ۱۴۰۵/۰۹/۰۲ بنویسید."},
	ReasonDateInvalid:  {"no such date", "چنین روز یا ساعتی وجود ندارد."},
	ReasonDateAhead:    {"more than a day ahead", "تاریخ بیش از یک روز در آینده است."},
	ReasonUndated:      {"needs a date", "این کارت پیش‌تر تحویل شده است؛ برای تغییر مرحله، تاریخ وضعیت را بنویسید."},
	ReasonFormula:      {"an error of a formula", "فرمول این خانه به خطا رسیده است؛ به‌جای آن خود مقدار را بنویسید."},
	ReasonObject:       {"not one JSON object with the columns' names, each once, and texts or numbers", "این سطر یک شیء JSON نیست که هر ستون در آن یک بار، با نام انگلیسی‌اش و با متن یا عدد آمده باشد."},
	ReasonDamaged:      {"what the store holds of this person is damaged", "این سطر ایرادی ندارد؛ آنچه برنامه از این فرد نگه داشته آسیب دیده است. به مسئول رایانه خبر دهید و پس از رفع آن همین سطر را دوباره بدهید."},
	ReasonCut:          {"the file ends in the middle of the row", "پرونده در میانهٔ این سطر تمام شده است؛ شاید ناقص ذخیره یا فرستاده شده باشد. فهرست کامل را دوباره بدهید."},
	ReasonDateOld:      {"before there were smart cards", "این تاریخ پیش از صدور نخستین کارت هوشمند است؛ سال آن را درست کنید."},
	ReasonMisplaced:    {"a mobile number or a national code", "در این خانه شمارهٔ همراه یا کد ملی نوشته شده است؛ شاید ستون‌ها جابه‌جا شده باشند."},
	ReasonHour:         {"something else is known of a later time: needs a date with an hour", "از این کارت وضعیت تازه‌تری ثبت شده است. اگر این سطر درست است، تاریخ و ساعت آن را بنویسید، مانند ۱۴۰۵/۰۹/۰۲ ۱۴:۳۰؛ وگرنه سطر را پاک کنید."},
}

// String returns the reason's English name, for logs and tests.
func (r Reason) String() string {
	if r > 0 && int(r) < len(reasons) {
		return reasons[r].name
	}
	return fmt.Sprintf("reason(%d)", uint8(r))
}

// Sentence returns the reason as a clerk reads it, in Persian.
func (r Reason) Sentence() string {
	if r > 0 && int(r) < len(reasons) {
		return reasons[r].sentence
	}
	return ""
}
