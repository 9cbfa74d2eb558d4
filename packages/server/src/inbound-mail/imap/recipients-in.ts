/** The header of a mail is looked at so far. */
const headerBytesMax = 64 * 1024;
const recipientsMax = 20;

/**
 * Addresses in those headers of a mail, by which the server of a mailbox says whom it was for. Who knows an address that we made may
 * write it there: only that it is ours is believed.
 */
export function recipientsIn(raw: Buffer, names: readonly string[]): string[] {
  const head = raw.subarray(0, headerBytesMax).toString("latin1");
  const [header = ""] = head.split(/\r?\n\r?\n/, 1);
  const wanted = new Set(names.map((name) => name.toLowerCase()));
  const lines = header.replaceAll(/\r?\n[ \t]+/g, " ").split(/\r?\n/);
  const values = lines.flatMap((line) => {
    const at = line.indexOf(":");
    return at > 0 && wanted.has(line.slice(0, at).trim().toLowerCase()) ? line.slice(at + 1) : [];
  });
  return values.flatMap((value) => value.match(/[^\s<>(),;:"]+@[^\s<>(),;:"]+/g) ?? []).slice(0, recipientsMax);
}
