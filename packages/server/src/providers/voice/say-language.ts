/** Languages that Twilio's `<Say>` knows, by its SDK 6.3.1 (`SayLanguage` of VoiceResponse). */
export const sayLanguages: readonly string[] = [
  ..."af-ZA am-ET ar-AE ar-XA arb bg-BG bn-IN ca-ES cmn-CN cmn-TW cs-CZ cy-GB da-DK de-AT de-DE el-GR".split(" "),
  ..."en-AU en-CA en-GB en-GB-WLS en-IE en-IN en-NZ en-US en-ZA es-ES es-MX es-US fi-FI fil-PH fr-BE fr-CA".split(" "),
  ..."fr-FR gu-IN he-IL hi-IN hu-HU id-ID is-IS it-IT ja-JP kn-IN ko-KR lv-LV ml-IN mr-IN ms-MY nb-NO nl-BE".split(" "),
  ..."nl-NL pa-IN pl-PL pt-BR pt-PT ro-RO ru-RU sk-SK sr-RS sv-SE ta-IN te-IN th-TH tr-TR uk-UA vi-VN yue-HK".split(
    " ",
  ),
];

/** Where a language has several, or another name with Twilio, the one that it means without a country. */
const plain: Readonly<Record<string, string>> = {
  ar: "arb",
  de: "de-DE",
  en: "en-US",
  es: "es-ES",
  fr: "fr-FR",
  nl: "nl-NL",
  no: "nb-NO",
  nn: "nb-NO",
  pt: "pt-PT",
  tl: "fil-PH",
  yue: "yue-HK",
  zh: "cmn-CN",
};
/** Locales that are called otherwise there. */
const renamed: Readonly<Record<string, string>> = {
  "zh-cn": "cmn-CN",
  "zh-hans": "cmn-CN",
  "zh-hant": "cmn-TW",
  "zh-hk": "yue-HK",
  "zh-tw": "cmn-TW",
};

const byName: ReadonlyMap<string, string> = new Map([
  ...sayLanguages.map((one) => [one.split("-")[0] ?? one, one] as const).reverse(),
  ...Object.entries(plain),
  ...sayLanguages.map((one) => [one.toLowerCase(), one] as const),
  ...Object.entries(renamed),
]);

/** Twilio's name of the language in which a text of a locale is read out; undefined where it has none. */
export function sayLanguageOf(locale: string): string | undefined {
  const parts = locale.toLowerCase().split("-");
  for (let length = parts.length; length > 0; length -= 1) {
    const known = byName.get(parts.slice(0, length).join("-"));
    if (known !== undefined) return known;
  }
  return undefined;
}
