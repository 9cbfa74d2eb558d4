import { generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import {
  closeServers,
  good,
  goodKey,
  lineOf,
  publicKey,
  report,
  rsa1024,
  rsa2048,
  strings,
} from "./dns-bench.conformance.ts";

closeServers();

describe("DKIM", () => {
  const ed25519 = generateKeyPairSync("ed25519").publicKey.export({ type: "spki", format: "der" }).subarray(-32);
  const pkcs1 = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey.export({ type: "pkcs1", format: "der" });
  test.each<[string, string[], string]>([
    ["one of 1024 bits", [`p=${rsa1024}`], "note DKIM s1: an RSA key of 1024 bits"],
    [
      "one of fewer",
      [`p=${publicKey(768)}`],
      "failed DKIM s1: an RSA key of 768 bits: receivers trust none below 1024",
    ],
    ["a bare one", [`k=rsa; p=${pkcs1.toString("base64")}`], "ok DKIM s1: an RSA key of 2048 bits"],
    [
      "one that is folded",
      [`v=DKIM1; p=${rsa2048.replaceAll(/.{50}/g, "$& ")};`],
      "ok DKIM s1: an RSA key of 2048 bits",
    ],
    ["one of Ed25519", [`v=DKIM1; k=ed25519; p=${ed25519.toString("base64")}`], "note DKIM s1: an Ed25519 key"],
    [
      "one of Ed25519 with its frame",
      [`k=ed25519; p=${Buffer.alloc(44).toString("base64")}`],
      "failed DKIM s1: an Ed25519 key has 32 octets, and this 44",
    ],
    ["one that was cut off", [`v=DKIM1; p=${rsa2048.slice(0, 200)}`], "failed DKIM s1: the key is no RSA key"],
    ["no base64", ["v=DKIM1; p=not-a-key"], "failed DKIM s1: the key is no base64"],
    ["a revoked one", ["v=DKIM1; p="], "failed DKIM s1: the key was revoked: p= is empty"],
    ["none in its record", ["v=DKIM1; k=rsa"], "failed DKIM s1: the record has no key (p=)"],
    [
      "another version",
      [`v=DKIM2; p=${rsa2048}`],
      "failed DKIM s1: the record begins with another version than v=DKIM1",
    ],
    [
      "a version that is not first",
      [`p=${rsa2048}; v=DKIM1`],
      "failed DKIM s1: the record begins with another version than v=DKIM1",
    ],
    ["a tag twice", [`p=${rsa2048}; p=${rsa2048}`], "failed DKIM s1: the record cannot be read: it is no list of tags"],
    ["an unknown type", [`k=dsa; p=${rsa2048}`], 'failed DKIM s1: the key is of type "dsa", which nobody verifies'],
    ["one for sha1", [`h=sha1; p=${rsa2048}`], "failed DKIM s1: the key is not for sha256 (h=), which signs"],
    ["one for something else", [`s=tlsrpt; p=${rsa2048}`], "failed DKIM s1: the key is not for mail (s=)"],
    ["one for a test", [`t=y:s; p=${rsa2048}`], "note DKIM s1: an RSA key of 2048 bits, marked as a test (t=y)"],
    [
      "two records",
      [goodKey, goodKey],
      "failed DKIM s1: s1._domainkey.acme.test has 2 records: which one counts is left to chance",
    ],
  ])("with %s", async (_, texts, expected) => {
    const zone = { ...good, "s1._domainkey.acme.test TXT": texts.map(strings) };
    expect(lineOf(await report(zone), "DKIM")).toBe(expected);
  });

  test("is not looked at where no selector is known", async () => {
    expect(lineOf(await report(good, { selectors: [] }), "DKIM")).toBe(
      "skipped DKIM: no selector is known: --selector names those that sign",
    );
  });
});
