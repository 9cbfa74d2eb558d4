import { type Header, headerText } from "./header.ts";

/** A piece of a mail's body, whole lines. */
export interface Piece {
  text: string;
  /** Without white space that DKIM's relaxed canonicalisation would change: what base64 made. */
  canonical: boolean;
}

/** A MIME entity (RFC 2045 §2.4): its own headers beside its body. */
export interface Entity {
  headers: readonly Header[];
  body: readonly Piece[];
}

const line = (text: string): Piece => ({ text, canonical: false });

/** Entities in one (RFC 2046 §5.1). The boundary begins with `=_`, which no encoded body can hold at a line's start. */
export function multipart(subtype: "alternative" | "related" | "mixed", id: string, parts: readonly Entity[]): Entity {
  const boundary = `=_${subtype.slice(0, 1)}_${id}`;
  const body: Piece[] = [];
  for (const part of parts) {
    // a part's last line break belongs to the boundary that follows (RFC 2046 §5.1.1)
    body.push(line(`--${boundary}\r\n${part.headers.map(headerText).join("")}\r\n`), ...part.body);
  }
  body.push(line(`--${boundary}--\r\n`));
  // RFC 2387 §3.1: the type of the root part
  const type = subtype === "related" ? `;\r\n type="text/html"` : "";
  return {
    headers: [{ name: "Content-Type", value: `multipart/${subtype}${type};\r\n boundary="${boundary}"` }],
    body,
  };
}
