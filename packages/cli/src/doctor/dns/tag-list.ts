/**
 * `name=value; name=value` (RFC 6376 §3.2, RFC 7489 §6.3), in order; undefined where it is none, or names a tag twice. White space around
 * names and values is gone.
 */
export function parseTags(text: string): ReadonlyMap<string, string> | undefined {
  const tags = new Map<string, string>();
  const parts = text.split(";").map((part) => part.trim());
  if (parts.at(-1) === "") parts.pop();
  for (const part of parts) {
    const [, name, value = ""] = /^([A-Za-z][A-Za-z0-9_]*)\s*=\s*(.*)$/s.exec(part) ?? [];
    if (name === undefined || tags.has(name)) return undefined;
    tags.set(name, value.trim());
  }
  return tags.size === 0 ? undefined : tags;
}
