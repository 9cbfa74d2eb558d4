/** `de` of `de-AT`; empty where there is none. */
export function languageOf(locale: string | undefined): string {
  return /^[a-z]{2,3}/i.exec(locale ?? "")?.[0].toLowerCase() ?? "";
}
