import type { Setting } from "@tidings/contract/preferences";
import type { Channel } from "@tidings/contract/words";

/** What the preference centre has beside the texts of all pages. */
export interface CentreTexts {
  choose: string;
  stopped: string;
  settings: Readonly<Record<Setting, string>>;
  channels: Readonly<Record<Channel, string>>;
}

// biome-ignore format: one text per line is what lets languages be compared
const en: CentreTexts = {
  choose: "Choose what you want to get, where, and how often.",
  stopped: "cannot be reached at present",
  settings: { on: "At once", off: "Not at all", hourly: "Gathered, every hour", daily: "Gathered, every day", weekly: "Gathered, every week" },
  channels: { email: "Email", sms: "Text message", push: "Notification on your device", in_app: "In the app", webhook: "Webhook", chat: "Chat", voice: "Call" },
};

// biome-ignore format: as above
const de: CentreTexts = {
  choose: "Wählen Sie, was Sie wo und wie oft erhalten möchten.",
  stopped: "derzeit nicht erreichbar",
  settings: { on: "Sofort", off: "Gar nicht", hourly: "Gesammelt, jede Stunde", daily: "Gesammelt, jeden Tag", weekly: "Gesammelt, jede Woche" },
  channels: { email: "E-Mail", sms: "SMS", push: "Mitteilung auf Ihrem Gerät", in_app: "In der App", webhook: "Webhook", chat: "Chat", voice: "Anruf" },
};

// biome-ignore format: as above
const fr: CentreTexts = {
  choose: "Choisissez ce que vous souhaitez recevoir, où et à quelle fréquence.",
  stopped: "injoignable pour le moment",
  settings: { on: "Immédiatement", off: "Jamais", hourly: "Regroupés, chaque heure", daily: "Regroupés, chaque jour", weekly: "Regroupés, chaque semaine" },
  channels: { email: "E-mail", sms: "SMS", push: "Notification sur votre appareil", in_app: "Dans l’application", webhook: "Webhook", chat: "Messagerie", voice: "Appel" },
};

// biome-ignore format: as above
const es: CentreTexts = {
  choose: "Elija qué desea recibir, dónde y con qué frecuencia.",
  stopped: "no disponible por ahora",
  settings: { on: "Al momento", off: "Nunca", hourly: "Agrupado, cada hora", daily: "Agrupado, cada día", weekly: "Agrupado, cada semana" },
  channels: { email: "Correo electrónico", sms: "SMS", push: "Notificación en su dispositivo", in_app: "En la aplicación", webhook: "Webhook", chat: "Chat", voice: "Llamada" },
};

const byLanguage: Readonly<Record<string, CentreTexts>> = { en, de, fr, es };

/** In a language that the pages have. */
export function centreTexts(language: string): CentreTexts {
  return byLanguage[language] ?? en;
}
