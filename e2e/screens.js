// What a citizen does on the way through the program, a line each: the screen's
// name, the deed, and words that the answer must have. A new screen is a new line.
import { arrive, menu, place, press, say, share, start } from "./deeds.js";

export const people = {
  telegram: { name: "سارا نمونه", sample: "sara", code: "9990000018" },
  bale: { name: "رضا نمونه", sample: "reza", code: "9990000026" },
};

export const walk = [
  ["start", start(), "برای شروع"],
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
  ["questions", menu("پرسش‌ها"), "پرسش خود را انتخاب کنید"],
  ["question-sms", press("چرا پیامک نیامد؟"), "8999"],
  ["questions-again", press("پرسش‌های دیگر"), "پرسش خود را انتخاب کنید"],
  ["settings", menu("تنظیمات"), "تنظیمات"],
  ["help", menu("راهنما"), "کارت‌یار هیچ‌گاه از شما پول"],
  ["privacy", say("/privacy"), "چه چیزی نگه می‌داریم"],
  ["delete", press("حذف اطلاعات من"), "حذف شود"],
  ["deleted", press("بله، حذف شود"), "همهٔ اطلاعات شما در این گفت‌وگو حذف شد"],
];
