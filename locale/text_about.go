package locale

// Descriptions of the commands, as the platform lists them.
const (
	CommandStart     = "شروع، و وضعیت کارت‌های فهرست شما"
	CommandStatus    = "وضعیت کارت"
	CommandQuestions = "پرسش‌هایی که همه می‌پرسند"
	CommandHelp      = "راهنما"
	CommandSettings  = "تنظیمات، افراد و حذف اطلاعات"
	CommandPrivacy   = "چه چیزی نگه می‌داریم و چرا"
)

// BotDescription stands in the empty chat, before somebody starts.
func BotDescription() string {
	return ServiceName + " می‌گوید کارت ملی هوشمند شما در چه مرحله‌ای است و وقتی به دفتر برسد خبرتان می‌کند.\n\n" +
		"شمارهٔ همراه و کد ملی خود را آماده کنید و دکمهٔ شروع را بزنید.\n\n" +
		ServiceName + " هیچ‌گاه از شما پول، رمز یا کد پیامکی نمی‌خواهد."
}

// BotShort stands on the bot's page and with links to it.
func BotShort() string {
	return "وضعیت کارت ملی هوشمند، و خبر رسیدن آن به دفتر"
}

func aboutSamples() []Sample {
	return []Sample{
		{Name: "CommandStart", Text: CommandStart},
		{Name: "CommandStatus", Text: CommandStatus},
		{Name: "CommandQuestions", Text: CommandQuestions},
		{Name: "CommandHelp", Text: CommandHelp},
		{Name: "CommandSettings", Text: CommandSettings},
		{Name: "CommandPrivacy", Text: CommandPrivacy},
		{Name: "BotDescription", Text: BotDescription()},
		{Name: "BotShort", Text: BotShort()},
	}
}
