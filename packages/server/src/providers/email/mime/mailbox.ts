import type { Mailbox } from "../address.ts";
import { encodedWords, isPlain } from "./encoded-words.ts";
import { fold, type Header, header } from "./header.ts";

/** RFC 5322 §3.2.3: words that a display name may hold without quotes. */
const atoms = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;

/** From, To, Reply-To: one mailbox, its display name as atoms, a quoted string or encoded words. */
export function mailboxHeader(headerName: string, { name, address }: Mailbox): Header {
  if (name === "") return header(headerName, address.text);
  return header(headerName, fold(headerName.length + 2, [...phrase(name), `<${address.text}>`]));
}

function phrase(name: string): string[] {
  if (!isPlain(name) || name.length > 200) return encodedWords(name).split(" ");
  return atoms.test(name) ? name.split(" ") : [`"${name.replaceAll(/["\\]/g, "\\$&")}"`];
}
