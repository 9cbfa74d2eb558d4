import { createPublicKey, type KeyObject } from "node:crypto";
import { type Check, failed, note, ok } from "../check.ts";
import type { Answer } from "./dns.ts";
import type { Report } from "./spf.ts";
import { parseTags } from "./tag-list.ts";
import { txtLine } from "./zone-line.ts";

/** A key that should be in DNS. `record` is what it has to say, where our own server signs with it. */
export interface Selector {
  selector: string;
  domain: string;
  record: string | undefined;
  /** Integrations that sign with it. */
  integrations: readonly string[];
}

/** RFC 8301 §3.2: shorter ones must not be trusted, and signers should have at least the second. */
const rsaBitsMin = 1024;
const rsaBitsAdvised = 2048;
const ed25519Bytes = 32;

export const dkimName = ({ selector, domain }: Pick<Selector, "selector" | "domain">): string =>
  `${selector}._domainkey.${domain}`;

/** What is wrong with the key of one selector. */
export function judgeDkim(of: Selector, answer: Answer<string>): Report {
  const at = dkimName(of);
  const name = `DKIM ${of.selector}`;
  const publish = of.record === undefined ? [] : [txtLine(at, of.record)];
  if (answer.status === "failed")
    return { checks: [failed(name, `${at} could not be looked up (${answer.code})`)], publish: [] };
  if (answer.status === "none") {
    const hint =
      of.record === undefined
        ? "Publish the record that your provider shows for this selector"
        : "Publish the line below";
    return { checks: [failed(name, `there is no key at ${at}`, hint)], publish };
  }
  const [text = "", ...more] = answer.values;
  if (more.length > 0)
    return {
      checks: [failed(name, `${at} has ${more.length + 1} records: which one counts is left to chance`, "Leave one")],
      publish,
    };
  const own = of.record === undefined ? undefined : keyText(parseTags(of.record));
  if (own !== undefined && keyText(parseTags(text)) !== own) {
    const hint = `${of.integrations.join(" and ")} signs with another one: publish the line below`;
    return { checks: [failed(name, `the key at ${at} is not the one that signs`, hint)], publish };
  }
  const check = judgeRecord(name, text);
  return { checks: [check], publish: check.status === "failed" ? publish : [] };
}

/** RFC 6376 §3.6.1. */
function judgeRecord(name: string, text: string): Check {
  const tags = parseTags(text);
  if (tags === undefined) return failed(name, "the record cannot be read: it is no list of tags");
  if (tags.has("v") && (tags.get("v") !== "DKIM1" || [...tags.keys()][0] !== "v"))
    return failed(name, "the record begins with another version than v=DKIM1");
  const type = tags.get("k") ?? "rsa";
  const key = keyText(tags);
  if (key === undefined) return failed(name, "the record has no key (p=)");
  if (key === "")
    return failed(name, "the key was revoked: p= is empty", "Sign with another selector, or publish its key again");
  const hashes = tags
    .get("h")
    ?.split(":")
    .map((hash) => hash.trim());
  if (hashes !== undefined && !hashes.includes("sha256"))
    return failed(name, "the key is not for sha256 (h=), which signs", "Take h= out");
  const services = tags
    .get("s")
    ?.split(":")
    .map((service) => service.trim());
  if (services !== undefined && !services.includes("*") && !services.includes("email"))
    return failed(name, "the key is not for mail (s=)", "Take s= out");
  const check = judgeKey(name, type, key);
  if (
    check.status === "ok" &&
    tags
      .get("t")
      ?.split(":")
      .some((flag) => flag.trim() === "y")
  )
    return note(
      name,
      `${check.detail}, marked as a test (t=y)`,
      "Take t=y out: some receivers trust nothing that is signed so",
    );
  return check;
}

function judgeKey(name: string, type: string, key: string): Check {
  const bytes = Buffer.from(key, "base64");
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(key) || bytes.toString("base64").replace(/=+$/, "") !== key.replace(/=+$/, ""))
    return failed(
      name,
      "the key is no base64",
      "Compare it with what was to be published: strings of a record are joined without spaces",
    );
  if (type === "ed25519") {
    if (bytes.length !== ed25519Bytes)
      return failed(name, `an Ed25519 key has ${ed25519Bytes} octets, and this ${bytes.length}`);
    return note(name, "an Ed25519 key", "Many receivers know RSA alone: sign with an RSA key beside it");
  }
  if (type !== "rsa") return failed(name, `the key is of type ${JSON.stringify(type)}, which nobody verifies`);
  const bits = rsaBits(bytes);
  if (bits === undefined)
    return failed(name, "the key is no RSA key", "It may have been cut off: compare it with what was to be published");
  if (bits < rsaBitsMin)
    return failed(
      name,
      `an RSA key of ${bits} bits: receivers trust none below ${rsaBitsMin}`,
      `Sign with one of ${rsaBitsAdvised}`,
    );
  if (bits < rsaBitsAdvised)
    return note(name, `an RSA key of ${bits} bits`, `${rsaBitsAdvised} bits are advised (RFC 8301)`);
  return ok(name, `an RSA key of ${bits} bits`);
}

/** SubjectPublicKeyInfo as RFC 6376 has it, or the bare key of RFC 8017, which some publish. */
function rsaBits(der: Buffer): number | undefined {
  for (const type of ["spki", "pkcs1"] as const) {
    let key: KeyObject;
    try {
      key = createPublicKey({ key: der, format: "der", type });
    } catch {
      continue;
    }
    return key.asymmetricKeyType === "rsa" ? key.asymmetricKeyDetails?.modulusLength : undefined;
  }
  return undefined;
}

/** White space may fold a key (RFC 6376 §3.2). */
const keyText = (tags: ReadonlyMap<string, string> | undefined): string | undefined =>
  tags?.get("p")?.replaceAll(/\s/g, "");
