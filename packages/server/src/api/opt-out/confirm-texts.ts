/** What the page has by which a recipient confirms a consent. `{…}` stands for a name. */
interface ConfirmTexts {
  title: string;
  question: string;
  confirm: string;
  ignore: string;
  done: string;
  doneText: string;
  leave: string;
  gone: string;
  /** What stands for everything there is. */
  all: string;
}

// biome-ignore format: one text per line is what lets languages be compared
const en: ConfirmTexts = {
  title: "Please confirm",
  question: "Do you want to get “{category}”?",
  confirm: "Yes, I do",
  ignore: "If you did not ask for this, close the page: then nothing is sent to you.",
  done: "Thank you",
  doneText: "You have confirmed that you want to get “{category}”.",
  leave: "You can leave at any time by the link in each message.",
  gone: "There is nothing to confirm any more.",
  all: "all messages",
};

// biome-ignore format: as above
const de: ConfirmTexts = {
  title: "Bitte bestätigen",
  question: "Möchten Sie „{category}“ erhalten?",
  confirm: "Ja, bestätigen",
  ignore: "Wenn Sie das nicht angefordert haben, schließen Sie die Seite: Dann wird Ihnen nichts gesendet.",
  done: "Vielen Dank",
  doneText: "Sie haben bestätigt, dass Sie „{category}“ erhalten möchten.",
  leave: "Sie können sich jederzeit über den Link in jeder Nachricht abmelden.",
  gone: "Hier gibt es nichts mehr zu bestätigen.",
  all: "alle Nachrichten",
};

// biome-ignore format: as above
const fr: ConfirmTexts = {
  title: "Veuillez confirmer",
  question: "Souhaitez-vous recevoir « {category} » ?",
  confirm: "Oui, je confirme",
  ignore: "Si vous n’avez rien demandé, fermez la page : rien ne vous sera envoyé.",
  done: "Merci",
  doneText: "Vous avez confirmé vouloir recevoir « {category} ».",
  leave: "Vous pouvez vous désabonner à tout moment par le lien de chaque message.",
  gone: "Il n’y a plus rien à confirmer.",
  all: "tous les messages",
};

// biome-ignore format: as above
const es: ConfirmTexts = {
  title: "Confirme, por favor",
  question: "¿Quiere recibir «{category}»?",
  confirm: "Sí, confirmo",
  ignore: "Si no lo ha pedido, cierre la página: no se le enviará nada.",
  done: "Gracias",
  doneText: "Ha confirmado que quiere recibir «{category}».",
  leave: "Puede darse de baja en cualquier momento con el enlace de cada mensaje.",
  gone: "Ya no hay nada que confirmar.",
  all: "todos los mensajes",
};

const byLanguage: Readonly<Record<string, ConfirmTexts>> = { en, de, fr, es };

/** In a language that the pages have. */
export function confirmTexts(language: string): ConfirmTexts {
  return byLanguage[language] ?? en;
}
