/** A text with what its names in braces stand for; nothing, for a name that there is not. */
export function filledText(text: string, names: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\{(\w+)\}/g, (_, name: string) => (Object.hasOwn(names, name) ? (names[name] ?? "") : ""));
}
