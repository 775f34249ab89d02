package locale

import (
	"strings"
	"time"
)

// Buttons about those who follow a card on somebody else's proof.
const (
	ButtonInvite     = "دعوت یک همراه"
	ButtonCompanions = "همراهان"
	ButtonEndAll     = "پایان دادن به دسترسی همه"
	ButtonTakeBack   = "پس گرفتن پیوند دعوت"
	ButtonTellOthers = "معرفی به دیگران"
)

// ButtonEndOne ends the access of the nth companion.
func ButtonEndOne(n int) string { return "پایان دسترسی همراه " + Number(n) }

// InviteMade goes before [Invitation] and says what that message gives.
func InviteMade(nickname string) string {
	return heading(nickname) + "پیام بعدی را برای همراه خود بفرستید. پیوند آن یک بار و تا یک ساعت کار می‌کند.\n\n" +
		"هر کس آن را بپذیرد، از رسیدن این کارت باخبر می‌شود و می‌تواند وضعیت آن را بپرسد. فقط برای کسی بفرستید که به او اعتماد دارید."
}

// Invitation is the message that is sent on: it holds nothing of anybody.
func Invitation(link string) string {
	return "دعوت به " + ServiceName + "\n" +
		"با این پیوند، خبر رسیدن یک کارت ملی هوشمند به شما هم می‌رسد و می‌توانید وضعیت آن را بپرسید. تا یک ساعت آن را باز کنید و «" + ButtonAccept + "» را بزنید.\n\n" +
		link
}

// OfferFamily says what who opened an invitation gets.
func OfferFamily() string {
	return "شما دعوت شده‌اید تا خبر یک کارت ملی هوشمند را دنبال کنید.\n" +
		"اگر بپذیرید، رسیدن کارت به دفتر را همین‌جا خبر می‌دهیم و هر وقت خواستید وضعیت آن را می‌بینید. از شما فقط نشانی همین گفت‌وگو و نامی را که برای این کارت می‌نویسید نگه می‌داریم.\n\n" +
		"اگر نمی‌دانید پیوند از کیست، نپذیرید."
}

// Accepting takes the place of the offer.
func Accepting() string { return "پذیرفتید." }

// FamilyAccepted goes before the status, with the main buttons.
func FamilyAccepted() string {
	return "از این پس خبرهای این کارت را همین‌جا می‌فرستیم. هر وقت خواستید وضعیت آن را ببینید، «" + ButtonStatus + "» را بزنید."
}

// InviteAccepted tells who made the invitation.
func InviteAccepted(nickname string) string {
	return heading(nickname) + "همراه شما دعوت را پذیرفت و از این پس خبر این کارت را می‌گیرد.\n" +
		"اگر همراهتان می‌گوید که نپذیرفته است، در «" + ButtonCompanions + "» به این دسترسی پایان دهید."
}

// OwnLink is the answer to who opens an invitation of their own.
func OwnLink() string {
	return "این پیوند را خودتان ساخته‌اید. آن را برای همراه خود بفرستید."
}

// FollowedSince is the answer to who follows the card already.
func FollowedSince(nickname string) string {
	return heading(nickname) + "این کارت را از پیش دنبال می‌کنید. پیوند به کار کس دیگری می‌آید."
}

// InviterFull is the answer to an invitation of somebody who has as many
// companions as may be.
func InviterFull() string {
	return "کسی که شما را دعوت کرده است دیگر برای همراه تازه جا ندارد. از او بخواهید به دسترسی یکی پایان دهد و پیوندی تازه بفرستد."
}

// ManyCompanions says how many companions there may be.
func ManyCompanions(most int) string {
	return "برای هر کارت تا " + Number(most) + " همراه می‌توان داشت. اول به دسترسی یکی پایان دهید."
}

// Companions lists those who follow the card on this chat's proof, by the time
// that they began. open says that a link waits to be accepted.
func Companions(nickname string, since []time.Time, open bool) string {
	lines := []string{heading(nickname) + "همراهان این کارت، که به دعوت شما خبر آن را می‌گیرند:"}
	if len(since) == 0 {
		lines[0] = heading(nickname) + "این کارت اکنون همراهی ندارد."
	}
	for i, at := range since {
		lines = append(lines, "همراه "+Number(i+1)+": از "+Date(at))
	}
	if open {
		lines = append(lines, "یک پیوند دعوت هنوز باز است.")
	}
	return strings.Join(lines, "\n")
}

// CompanionsEnded goes before what is left.
func CompanionsEnded() string {
	return "دسترسی پایان یافت و به همراه شما گفتیم."
}

// LinkTakenBack goes before what is left when only a link was ended.
func LinkTakenBack() string { return "پیوند دعوت دیگر کار نمی‌کند." }

// AccessEnded tells a companion.
func AccessEnded(nickname string) string {
	return heading(nickname) + "دسترسی شما به خبر این کارت پایان یافت و دیگر خبری از آن نمی‌فرستیم.\n" +
		"اگر باز هم لازم دارید، از کسی که دعوتتان کرده بود پیوندی تازه بخواهید."
}

// ProofOfInviter is said to a companion in place of [ProveAgain].
func ProofOfInviter(nickname string, told bool) string {
	text := heading(nickname) + "از تأیید کسی که شما را دعوت کرده است بیش از ۶ ماه گذشته است. برای دیدن وضعیت، از او بخواهید «" + ButtonStatus +
		"» را بزند و دوباره تأیید کند."
	if told {
		text += toldAllTheSame
	}
	return text
}

// companionsEndToo goes with a question whose yes ends the companions' access.
const companionsEndToo = "\nدسترسی همراهانی که دعوت کرده‌اید هم پایان می‌یابد و به آن‌ها می‌گوییم."

// TellOthersHow goes before [TellOthers].
func TellOthersHow() string {
	return "پیام بعدی را برای هر کس که منتظر کارت ملی است بفرستید. چیزی از شما در آن نیست."
}

// TellOthers is a message to send on to people whose card may be waiting.
func TellOthers(link string) string {
	return "برای کارت ملی هوشمند درخواست داده‌اید؟ شاید کارتتان به دفتر رسیده باشد و پیامک آن به شما نرسیده باشد.\n" +
		ServiceName + " می‌گوید کارت در چه مرحله‌ای است و رسیدن آن را خبر می‌دهد. هیچ‌گاه پول، رمز یا کد پیامکی نمی‌خواهد.\n\n" +
		link
}

func familySamples() []Sample {
	since := time.Date(2026, 11, 23, 10, 0, 0, 0, Tehran())
	const link = "https://t.me/sample_bot?start=ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	return []Sample{
		{Name: "ButtonInvite", Text: ButtonInvite},
		{Name: "ButtonCompanions", Text: ButtonCompanions},
		{Name: "ButtonEndAll", Text: ButtonEndAll},
		{Name: "ButtonTakeBack", Text: ButtonTakeBack},
		{Name: "ButtonTellOthers", Text: ButtonTellOthers},
		{Name: "ButtonEndOne", Text: ButtonEndOne(2)},
		{Name: "InviteMade/one", Text: InviteMade("")},
		{Name: "InviteMade/several", Text: InviteMade("مامان")},
		{Name: "Invitation", Text: Invitation(link)},
		{Name: "OfferFamily", Text: OfferFamily()},
		{Name: "Accepting", Text: Accepting()},
		{Name: "FamilyAccepted", Text: FamilyAccepted()},
		{Name: "InviteAccepted", Text: InviteAccepted("مامان")},
		{Name: "OwnLink", Text: OwnLink()},
		{Name: "FollowedSince", Text: FollowedSince("مامان")},
		{Name: "InviterFull", Text: InviterFull()},
		{Name: "ManyCompanions", Text: ManyCompanions(5)},
		{Name: "Companions/none", Text: Companions("", nil, true)},
		{Name: "Companions/several", Text: Companions("مامان", []time.Time{since, since}, false)},
		{Name: "CompanionsEnded", Text: CompanionsEnded()},
		{Name: "LinkTakenBack", Text: LinkTakenBack()},
		{Name: "AccessEnded", Text: AccessEnded("مامان")},
		{Name: "ProofOfInviter/told", Text: ProofOfInviter("", true)},
		{Name: "ProofOfInviter/not told", Text: ProofOfInviter("", false)},
		{Name: "TellOthersHow", Text: TellOthersHow()},
		{Name: "TellOthers", Text: TellOthers("https://ble.ir/sample_bot")},
	}
}
