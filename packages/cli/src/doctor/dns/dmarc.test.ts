import type { MailSender } from "@tidings/contract/readiness";
import { describe, expect, test } from "vitest";
import type { Zone } from "../../../../../test/harness/dns-server.ts";
import { closeServers, good, goodKey, lineOf, report, rsa1024, rsa2048, strings } from "./dns-bench.conformance.ts";

closeServers();

describe("DMARC", () => {
  const dmarc = async (text: string | string[], more: Zone = {}) =>
    lineOf(await report({ ...good, "_dmarc.acme.test TXT": [text].flat(), ...more }), "DMARC");
  const reports = "; rua=mailto:d@acme.test";
  test.each<[string, string | string[], string]>([
    [
      "two records",
      [`v=DMARC1; p=none${reports}`, "v=DMARC1; p=reject"],
      "failed DMARC: _dmarc.acme.test has 2 records, and so for receivers none",
    ],
    [
      "something else beside it",
      [`v=DMARC1; p=reject; adkim=s; aspf=s${reports}`, "other"],
      "ok DMARC: p=reject; DKIM aligns strictly, SPF strictly\nok DMARC reports: go to mailto:d@acme.test",
    ],
    [
      "nothing but watching",
      `v=DMARC1; p=none${reports}`,
      "note DMARC: p=none; DKIM aligns relaxed, SPF relaxed\nok DMARC reports: go to mailto:d@acme.test",
    ],
    [
      "a policy in capitals",
      `v=DMARC1;p=Quarantine${reports}`,
      "ok DMARC: p=quarantine; DKIM aligns relaxed, SPF relaxed\nok DMARC reports: go to mailto:d@acme.test",
    ],
    ["no policy", "v=DMARC1; adkim=s", "failed DMARC: v=DMARC1; adkim=s has no policy (p=none, quarantine or reject)"],
    [
      "an unknown policy",
      "v=DMARC1; p=block",
      "failed DMARC: v=DMARC1; p=block has no policy (p=none, quarantine or reject)",
    ],
    ["a version that is not first", "p=reject; v=DMARC1", "failed DMARC: there is no policy at _dmarc.acme.test"],
    [
      "nobody to report to",
      "v=DMARC1; p=reject",
      "ok DMARC: p=reject; DKIM aligns relaxed, SPF relaxed\nnote DMARC reports: nobody gets any (rua)",
    ],
    [
      "reports to who did not agree",
      "v=DMARC1; p=reject; rua=mailto:a@reader.test!10m",
      "ok DMARC: p=reject; DKIM aligns relaxed, SPF relaxed\nnote DMARC reports: reader.test does not say that it takes them: they are not sent there",
    ],
  ])("with %s", async (_, text, expected) => expect(await dmarc(text)).toBe(expected));

  test("sends reports elsewhere where they agreed", async () => {
    const agreed = { "acme.test._report._dmarc.reader.test TXT": ["v=DMARC1"] };
    expect(await dmarc("v=DMARC1; p=reject; rua=mailto:a@reader.test", agreed)).toContain("ok DMARC reports: go to");
  });

  test("is that of the domain above, by what it says of those below, and one's own goes ahead of it", async () => {
    const { "_dmarc.acme.test TXT": _, ...zone } = good;
    const above = { ...zone, "_dmarc.acme.test TXT": ["v=DMARC1; p=reject; sp=quarantine; rua=mailto:d@acme.test"] };
    const domain = "news.acme.test";
    const inherited = lineOf(await report(above, { domain }), "DMARC");
    expect(inherited).toContain("ok DMARC: p=quarantine, that of acme.test; ");
    const own = { ...above, "_dmarc.news.acme.test TXT": ["v=DMARC1; p=none"] };
    expect(lineOf(await report(own, { domain }), "DMARC")).toContain("note DMARC: p=none; ");
  });
});

describe("mail of the server's integrations", () => {
  const sender = (over: Partial<MailSender> = {}): MailSender => ({
    integration: "mail",
    provider: "smtp",
    enabled: true,
    from: ["acme.test"],
    returnPath: "acme.test",
    dkim: [{ domain: "acme.test", selector: "s1", record: goodKey }],
    ...over,
  });
  const signer = (domain: string) => ({ domain, selector: "s1", record: goodKey });
  const mail = async (over: Partial<MailSender>, zone: Zone = {}) =>
    lineOf(await report({ ...good, ...zone }, { senders: [sender(over)] }), "Mail by mail");

  test("brings its own selectors along, and lines for keys that are missing or are others", async () => {
    const { "s1._domainkey.acme.test TXT": _, ...zone } = good;
    const question = { selectors: [], senders: [sender()] };
    const missing = await report(zone, question);
    expect(missing.failed).toEqual(["failed DKIM s1: there is no key at s1._domainkey.acme.test"]);
    const [line = ""] = missing.publish;
    expect(missing.publish).toHaveLength(1);
    expect(line).toMatch(/^s1\._domainkey\.acme\.test\. 3600 IN TXT "v=DKIM1; k=rsa; p=[^"]{237}" "[^"]+"$/);
    expect([...line.matchAll(/"([^"]*)"/g)].map(([, text]) => text).join("")).toBe(goodKey);
    const other = await report({ ...zone, "s1._domainkey.acme.test TXT": [strings(`p=${rsa1024}`)] }, question);
    expect([other.failed, other.publish]).toEqual([
      ["failed DKIM s1: the key at s1._domainkey.acme.test is not the one that signs"],
      [line],
    ]);
    const same = await report({ ...zone, "s1._domainkey.acme.test TXT": [strings(`p=${rsa2048}`)] }, question);
    expect([same.failed, same.publish]).toEqual([[], []]);
  });

  test("aligns by what signs it and by its return path, as the policy's modes have it", async () => {
    const strict = { "_dmarc.acme.test TXT": ["v=DMARC1; p=reject; adkim=s; aspf=s; rua=mailto:d@acme.test"] };
    const below = { returnPath: "bounce.acme.test", dkim: [signer("mail.acme.test")] };
    expect(await mail({})).toBe(
      "ok Mail by mail: aligns with acme.test by DKIM (d=acme.test) and by SPF (return path acme.test)",
    );
    expect(await mail(below)).toBe(
      "ok Mail by mail: aligns with acme.test by DKIM (d=mail.acme.test) and by SPF (return path bounce.acme.test)",
    );
    expect(await mail(below, strict)).toBe(
      "failed Mail by mail: does not align with acme.test: it is signed by mail.acme.test, and its return path is at bounce.acme.test",
    );
    expect(await mail({ dkim: [signer("other.test")] })).toBe(
      "note Mail by mail: aligns with acme.test by SPF alone (return path acme.test): it is signed by other.test",
    );
    expect(await mail({ returnPath: "other.test" }, { "other.test TXT": ["v=spf1 -all"] })).toBe(
      "ok Mail by mail: aligns with acme.test by DKIM (d=acme.test)",
    );
    expect(await mail({ returnPath: "other.test", dkim: [] })).toBe(
      "failed Mail by mail: does not align with acme.test: nobody signs it, and its return path is at other.test",
    );
    expect(await mail({ returnPath: undefined, dkim: [] })).toBe("note Mail by mail: smtp signs it");
  });

  test("is of another's organization where a registry is above both", async () => {
    const registry = { "_dmarc.test TXT": ["v=DMARC1; p=none; psd=y"] };
    expect(await mail({ returnPath: "bounce.acme.test", dkim: [] }, registry)).toContain("note Mail by mail: aligns");
    expect(await mail({ returnPath: "other.test", dkim: [] }, registry)).toContain(
      "failed Mail by mail: does not align",
    );
  });

  test("needs SPF at the domain of its return path, where its addresses are named", async () => {
    const question = { senders: [sender({ returnPath: "bounce.acme.test" })] };
    const without = await report(good, question);
    expect(without.failed).toEqual(["failed SPF (bounce.acme.test): bounce.acme.test has no record"]);
    expect(without.publish).toEqual(['bounce.acme.test. 3600 IN TXT "v=spf1 ip4:192.0.2.7 ~all"']);
    const withIt = await report({ ...good, "bounce.acme.test TXT": ["v=spf1 -all"] }, question);
    expect(withIt.failed).toEqual(["failed SPF of 192.0.2.7 (bounce.acme.test): is not named by the record"]);
  });

  test("that is from other domains, or disabled, does not count", async () => {
    expect(await mail({ from: ["other.test"] })).toBe("");
    expect(await mail({ enabled: false })).toBe("");
  });
});
