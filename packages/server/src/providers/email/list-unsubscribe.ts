import type { OutboundMessage } from "../../ports/provider.ts";
import { type Header, header } from "./mime/header.ts";

/** Names in braces, each replaced by the message's own value, percent-encoded. */
const placeholder = /\{(recipient|message|category|tenant)\}/g;
/** RFC 5322 §2.1.1, less the header's name and brackets: a URL cannot be folded. */
const urlMax = 960;

export interface UnsubscribeSettings {
  unsubscribeUrl?: string | undefined;
  unsubscribeMailto?: string | undefined;
  unsubscribeTransactional: boolean;
}

/** What is wrong with a template of such a URL; undefined where nothing is. */
export function unsubscribeFault(template: string, protocol: "https:" | "mailto:"): string | undefined {
  const url = template.replaceAll(placeholder, "x");
  if (!/^[\x21-\x7e]+$/.test(url) || /[<>"{}|\\^`,]/.test(url)) {
    return "must be a URL with {recipient}, {message}, {category} and {tenant} as its only placeholders";
  }
  if (!URL.canParse(url) || new URL(url).protocol !== protocol) return `must be a URL that begins with ${protocol}`;
  return undefined;
}

/**
 * List-Unsubscribe (RFC 2369) and List-Unsubscribe-Post (RFC 8058) by class: the integration's own URL, where one is set, on
 * marketing mail, on transactional where that was asked for, on critical never; else the one that the message brings. One
 * click takes https (RFC 8058 §3.1). Undefined where the message's values make a line too long.
 */
export function unsubscribeHeaders(message: OutboundMessage, settings: UnsubscribeSettings): Header[] | undefined {
  const { unsubscribeUrl, unsubscribeMailto, unsubscribeTransactional } = settings;
  if (message.lane === "critical") return [];
  if (unsubscribeUrl === undefined)
    return message.unsubscribeUrl === undefined ? [] : ownHeaders(message.unsubscribeUrl);
  if (message.lane === "transactional" && !unsubscribeTransactional) return [];
  const urls = [unsubscribeUrl, ...(unsubscribeMailto === undefined ? [] : [unsubscribeMailto])].map((template) =>
    filled(template, message),
  );
  if (urls.some((url) => url.length > urlMax)) return undefined;
  return [
    header("List-Unsubscribe", urls.map((url) => `<${url}>`).join(",\r\n ")),
    { name: "List-Unsubscribe-Post", value: "List-Unsubscribe=One-Click" },
  ];
}

function ownHeaders(url: string): Header[] | undefined {
  if (url.length > urlMax) return undefined;
  const list = header("List-Unsubscribe", `<${url}>`);
  return url.startsWith("https:")
    ? [list, { name: "List-Unsubscribe-Post", value: "List-Unsubscribe=One-Click" }]
    : [list];
}

function filled(template: string, { recipient, id, category, tenant = "" }: OutboundMessage): string {
  const values: Readonly<Record<string, string>> = { recipient, message: id, category, tenant };
  return template.replaceAll(placeholder, (_, name: string) =>
    encodeURIComponent((values[name] ?? "").replaceAll(/\p{Cs}/gu, "\ufffd")),
  );
}
