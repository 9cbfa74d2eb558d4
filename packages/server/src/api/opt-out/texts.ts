/** What the pages by which recipients say no are written in, by language. `{…}` stands for a name. */
export interface OptOutTexts {
  unsubscribe: string;
  question: string;
  keep: string;
  done: string;
  doneText: string;
  stays: string;
  preferences: string;
  everything: string;
  save: string;
  saved: string;
  always: string;
  unavailable: string;
  broken: string;
  expired: string;
  tooMany: string;
}

// biome-ignore format: one text per line is what lets languages be compared
const en: OptOutTexts = {
  unsubscribe: "Unsubscribe",
  question: "Do you want to get no more “{category}”?",
  keep: "Nothing has been changed yet.",
  done: "You are unsubscribed",
  doneText: "You will get no more “{category}” at this address.",
  stays: "Messages that you need, such as a password reset, still reach you.",
  preferences: "Your preferences",
  everything: "Nothing but what is necessary",
  save: "Save",
  saved: "Your choices are saved.",
  always: "always",
  unavailable: "This link does not work",
  broken: "It is incomplete or was changed. Open it again from the message.",
  expired: "It is too old. Open the link in a newer message.",
  tooMany: "Too many requests. Please try again in a moment.",
};

// biome-ignore format: as above
const de: OptOutTexts = {
  unsubscribe: "Abmelden",
  question: "Möchten Sie „{category}“ nicht mehr erhalten?",
  keep: "Bisher wurde nichts geändert.",
  done: "Sie sind abgemeldet",
  doneText: "Sie erhalten „{category}“ an dieser Adresse nicht mehr.",
  stays: "Notwendige Nachrichten, etwa zum Zurücksetzen des Passworts, erhalten Sie weiterhin.",
  preferences: "Ihre Einstellungen",
  everything: "Nur was notwendig ist",
  save: "Speichern",
  saved: "Ihre Auswahl ist gespeichert.",
  always: "immer",
  unavailable: "Dieser Link funktioniert nicht",
  broken: "Er ist unvollständig oder wurde verändert. Öffnen Sie ihn noch einmal aus der Nachricht.",
  expired: "Er ist zu alt. Öffnen Sie den Link in einer neueren Nachricht.",
  tooMany: "Zu viele Anfragen. Bitte versuchen Sie es gleich noch einmal.",
};

// biome-ignore format: as above
const fr: OptOutTexts = {
  unsubscribe: "Se désabonner",
  question: "Ne plus recevoir « {category} » ?",
  keep: "Rien n’a encore été modifié.",
  done: "Vous êtes désabonné",
  doneText: "Vous ne recevrez plus « {category} » à cette adresse.",
  stays: "Les messages nécessaires, comme la réinitialisation du mot de passe, vous parviennent toujours.",
  preferences: "Vos préférences",
  everything: "Seulement ce qui est nécessaire",
  save: "Enregistrer",
  saved: "Vos choix sont enregistrés.",
  always: "toujours",
  unavailable: "Ce lien ne fonctionne pas",
  broken: "Il est incomplet ou a été modifié. Ouvrez-le à nouveau depuis le message.",
  expired: "Il est trop ancien. Ouvrez le lien d’un message plus récent.",
  tooMany: "Trop de demandes. Réessayez dans un instant.",
};

// biome-ignore format: as above
const es: OptOutTexts = {
  unsubscribe: "Darse de baja",
  question: "¿No quiere recibir más «{category}»?",
  keep: "Todavía no se ha cambiado nada.",
  done: "Se ha dado de baja",
  doneText: "Ya no recibirá «{category}» en esta dirección.",
  stays: "Los mensajes necesarios, como el restablecimiento de la contraseña, le seguirán llegando.",
  preferences: "Sus preferencias",
  everything: "Solo lo necesario",
  save: "Guardar",
  saved: "Sus preferencias se han guardado.",
  always: "siempre",
  unavailable: "Este enlace no funciona",
  broken: "Está incompleto o se ha modificado. Ábralo de nuevo desde el mensaje.",
  expired: "Es demasiado antiguo. Abra el enlace de un mensaje más reciente.",
  tooMany: "Demasiadas solicitudes. Inténtelo de nuevo en un momento.",
};

const byLanguage: Readonly<Record<string, OptOutTexts>> = { en, de, fr, es };
const acceptedMax = 20;

/** The recipient's language, else the first of the browser's that is known, else English. */
export function textsFor(locale: string, accepted: string | undefined): { language: string; texts: OptOutTexts } {
  const wanted = [locale, ...(accepted ?? "").split(",").slice(0, acceptedMax)];
  for (const tag of wanted) {
    const language = /^\s*([a-z]{2,3})\b/i.exec(tag)?.[1]?.toLowerCase() ?? "";
    const texts = Object.hasOwn(byLanguage, language) ? byLanguage[language] : undefined;
    if (texts !== undefined) return { language, texts };
  }
  return { language: "en", texts: en };
}

/** Raised with each change of what the pages say: the ledger keeps which text somebody answered. */
const textVersion = 2;
export const textVersionOf = (language: string): string => `tidings-pages-${textVersion}-${language}`;
