// What a citizen does on the way through the program, a line each: the screen's
// name, the deed, and words that the answer must have. A new screen is a new line.
import { arrive, choose, join, menu, more, openLink, place, press, say, share, start } from "./deeds.js";

export const people = {
  telegram: { name: "سارا نمونه", sample: "sara", code: "9990000018" },
  bale: { name: "رضا نمونه", sample: "reza", code: "9990000026" },
};

export const walk = [
  ["start", start(), "برای شروع"],
  ["place-of-a-stranger", place("35.6997, 51.3380"), "مکان شما را نگه نداشتیم"],
  ["typed-phone", say("09990000001"), "لازم نیست شماره را بنویسید"],
  ["contact-of-another", more("فرستادن شمارهٔ شخص دیگر"), "این شمارهٔ حساب خود شما نیست"],
  ["contact", share(), "کد ملی صاحب کارت را بفرستید"],
  ["code-too-short", say("۹۹۹"), "کد ملی باید ۱۰ رقم باشد"],
  ["status", say((person) => person.code), "مرحله: ارسال به دفتر"],
  ["subscribed", press("خبرم کن"), "از این پس"],
  ["provinces", press("انتخاب دفتر"), "استان را انتخاب کنید"],
  ["cities", press("اصفهان"), "شهر را انتخاب کنید"],
  ["offices", press("کاشان"), "دفتر را انتخاب کنید"],
  ["office-chosen", press("ادارهٔ پست نمونهٔ کاشان"), "دفتر دلخواه شما یادداشت شد"],
  ["office-again", press("انتخاب دفتر"), "استان را انتخاب کنید"],
  ["office-search", say("ونک"), "این دفترها را یافتیم"],
  ["nearest-ask", press("نزدیک‌ترین دفتر به من"), "فرستادن مکان من"],
  ["nearest", place("35.6997, 51.3380"), "نزدیک‌ترین دفترها به جایی که فرستادید"],
  ["too-far", place("-41.2866, 174.7756"), "در نزدیکی این مکان دفتری نمی‌شناسیم"],
  ["alert", arrive(), "به دفتر رسید"],
  ["remind-later", press("بعداً یادم بینداز"), "چه وقت یادآوری کنیم"],
  ["remind-when", press("سه روز دیگر"), "یادآوری می‌کنیم"],
  ["status-ready", menu("وضعیت کارت من"), "مرحله: آمادهٔ تحویل در دفتر"],
  ["collected", press("تحویل گرفتم"), "یادداشت کردیم"],
  ["greeting", say("سلام"), "هر وقت خواستید"],
  ["not-understood", say("چه خبر"), "متوجه این پیام نشدیم"],
  ["status-again", menu("وضعیت کارت من"), "مرحله: آمادهٔ تحویل در دفتر"],
  ["way", press("مسیر کارت"), "اکنون در این مرحله"],
  ["pin", press("نقشهٔ دفتر"), "مکان"],
  ["questions", menu("پرسش‌ها"), "پرسش خود را انتخاب کنید"],
  ["question-sms", press("چرا پیامک نیامد؟"), "8999"],
  ["questions-again", press("پرسش‌های دیگر"), "پرسش خود را انتخاب کنید"],
  ["question-typed", say("هزینع کارت چنده"), "هزینهٔ کارت چقدر است؟"],
  ["question-unknown", say("پیتزا"), "پاسخ این پرسش را نداریم"],
  ["own-card", say("کارتم کجاست؟"), "مرحله: آمادهٔ تحویل در دفتر"],
  ["settings", menu("تنظیمات"), "تنظیمات"],
  ["help", menu("راهنما"), "کارت‌یار هیچ‌گاه از شما پول"],
  ["tell-others", press("معرفی به دیگران"), "برای کارت ملی هوشمند درخواست داده‌اید؟"],
  ["sticker", more("فرستادن استیکر"), "عکس، صدا، استیکر و فایل را نمی‌توانیم بخوانیم"],
  ["privacy", say("/privacy"), "چه چیزی نگه می‌داریم"],
  ["delete", press("حذف اطلاعات من"), "حذف شود"],
  ["deleted", press("بله، حذف شود"), "همهٔ اطلاعات شما در این گفت‌وگو حذف شد"],
];

// guests accept invitations.
export const guests = {
  telegram: { name: "دایی نمونه", platform: "telegram", phone: "09990000021" },
  bale: { name: "خالهٔ نمونه", platform: "bale", phone: "09990000022" },
};

// What a family does, likewise.
export const family = [
  ["start", start(), "برای شروع"],
  ["contact", share(), "کد ملی صاحب کارت را بفرستید"],
  ["status", say((person) => person.code), "مرحله: ارسال به دفتر"],
  ["settings", menu("تنظیمات"), "تنظیمات"],
  ["add-person", press("افزودن یک نفر دیگر"), "کد ملی صاحب کارت را بفرستید"],
  ["code-wrong", say("9990000124"), "این کد ملی درست نیست"],
  ["not-found", say("9990000123"), "کد رهگیری رسید را دارید"],
  ["receipt", press("بله، کد رهگیری را دارم"), "کد رهگیری را از روی رسید کاغذی بنویسید"],
  ["receipt-too-short", say("NEM-1"), "کد رهگیری ۱۰ حرف و رقم است"],
  ["receipt-none", say("رسید ندارم"), "برای هر کدام نامی بگذارید"],
  ["nickname-number", say("خودم ۹۹۹"), "در نام، شماره و کد ننویسید"],
  ["nickname-first", say("خودم"), "به چه نامی بشناسیم"],
  ["nickname-taken", say("خودم"), "نفر دیگری را با همین نام دارید"],
  ["nickname-second", say("مامان"), "را یادداشت کردیم"],
  ["whose-card", menu("انتخاب دفتر"), "کارت چه کسی؟"],
  ["statuses", menu("وضعیت کارت من"), "هنوز کارتی با این کد و این شماره نیافتیم"],
  ["settings-several", menu("تنظیمات"), "کسانی که کارتشان را دنبال می‌کنید"],
  ["person", press("خودم"), "دفتر دلخواه"],
  ["invite", press("دعوت یک همراه"), "دعوت به کارت‌یار"],
  ["own-link", openLink(), "این پیوند را خودتان ساخته‌اید"],
  ["companions-none", press("همراهان"), /یک پیوند دعوت هنوز باز است/],
  ["link-taken-back", press("پس گرفتن پیوند دعوت"), /پیوند دعوت دیگر کار نمی‌کند/],
  ["settings-again", menu("تنظیمات"), "کسانی که کارتشان را دنبال می‌کنید"],
  ["person-second", press("مامان"), "دفتر دلخواه"],
  ["remove", press("برداشتن از فهرست"), "این کارت از فهرست شما برداشته شود؟"],
  ["removed", press("بله، برداشته شود"), "این کارت از فهرست شما برداشته شد"],
  ["settings-one", menu("تنظیمات"), "رسیدن کارت را"],
  ["invite-guest", press("دعوت یک همراه"), "دعوت به کارت‌یار"],
];

// What the guest does with the link, and who invited does then.
export const visit = (token, person, guest) => [
  ["guest-before", join(guest), ""],
  ["guest-offer", openLink(token), "شما دعوت شده‌اید"],
  ["guest-refuses", press("نمی‌پذیرم"), "نپذیرفتید"],
  ["guest-offer-again", openLink(token), "شما دعوت شده‌اید"],
  ["guest-accepts", press(/^می‌پذیرم/), "به چه نامی بشناسیم"],
  ["guest-names", say("دختر خاله"), "را یادداشت کردیم"],
  ["guest-link-over", openLink(token), "این پیوند دیگر کار نمی‌کند"],
  ["guest-settings", menu("تنظیمات"), "به دعوت کسی دیگر"],
  ["guest-alert", async (page) => { await arrive()(page, person); await choose(page, guest); }, "به دفتر رسید"],
  ["told-of-guest", (page) => choose(page, person), "همراه شما دعوت را پذیرفت"],
  ["companions", press("همراهان"), "همراه ۱"],
  ["companion-ended", press("پایان دسترسی همراه ۱"), "دسترسی پایان یافت"],
  ["guest-ended", (page) => choose(page, guest), "دسترسی شما به خبر این کارت پایان یافت"],
];
