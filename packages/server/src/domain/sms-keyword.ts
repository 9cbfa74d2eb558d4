/** What a text message that came back asks for. `rest` is what stands behind the word: a category, where there is one. */
export interface SmsKeyword {
  word: "stop" | "start" | "help";
  rest: string;
}

/*
 * Words that people send, by CTIA Short Code Monitoring Handbook §A and 47 CFR 64.1200(a)(10), and as they are said in the
 * languages of the pages. Without accents, as phones leave them out.
 */
const stops =
  `STOP STOPALL UNSUBSCRIBE CANCEL END QUIT REVOKE OPTOUT OPT-OUT STOPP ABMELDEN ABBESTELLEN ENDE ARRET ARRETER
  DESABONNER DESINSCRIRE BAJA PARAR CANCELAR ALTO`.split(/\s+/);
const starts = `START UNSTOP OPTIN OPT-IN SUBSCRIBE ANMELDEN ABONNIEREN REPRENDRE ABONNER ALTA INICIAR`.split(/\s+/);
const helps = `HELP INFO HILFE AIDE AYUDA`.split(/\s+/);
/** That all is meant, and no category. */
const all: ReadonlySet<string> = new Set(["ALL", "ALLE", "ALLES", "TOUT", "TODO"]);
/** Two words that are one. */
const pairs: readonly (readonly [RegExp, string])[] = [
  [/^OPT OUT\b/, "OPTOUT"],
  [/^OPT IN\b/, "OPTIN"],
];

const words: ReadonlyMap<string, SmsKeyword["word"]> = new Map([
  ...stops.map((word) => [word, "stop"] as const),
  ...starts.map((word) => [word, "start"] as const),
  ...helps.map((word) => [word, "help"] as const),
]);

/** As it is compared: without accents, case, and what is no letter at either end. */
export function plainWords(text: string): string {
  const bare = text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toUpperCase().replaceAll(/\s+/g, " ");
  return bare.replaceAll(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, "");
}

/** Undefined for free text. Whether `rest` names something is for the caller to know: else it is free text too. */
export function smsKeywordOf(text: string): SmsKeyword | undefined {
  const plain = pairs.reduce((said, [pair, one]) => said.replace(pair, one), plainWords(text));
  const [first = "", ...more] = plain.split(" ");
  const word = words.get(first);
  if (word === undefined) return undefined;
  const rest = more.join(" ");
  return { word, rest: all.has(rest) ? "" : rest };
}
