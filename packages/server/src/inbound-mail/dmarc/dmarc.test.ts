import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isSenderDomain } from "../../domain/inbound-mail/dmarc-report.ts";
import { dmarcXml, zipOf } from "./dmarc-samples.conformance.ts";
import { readDmarcXml } from "./dmarc-xml.ts";
import { unpack } from "./unpack.ts";

const bytesMax = 1_000_000;

describe("a DMARC report", () => {
  test("says by source and end how mail of a day fared", async () => {
    const rows = [
      { ip: "192.0.2.1", count: 2, dkim: "pass", spf: "fail" },
      { ip: "192.0.2.1", count: 3, dkim: "pass", spf: "fail" },
      { ip: "2001:db8::1", count: 1, dkim: "fail", spf: "fail", disposition: "reject" },
    ];
    expect(await readDmarcXml(dmarcXml({ rows }))).toEqual({
      organization: "receiver.example",
      reportId: "r-1",
      domain: "acme.test",
      day: 20_422,
      sources: [
        { sourceIp: "192.0.2.1", disposition: "none", dkimAligned: true, spfAligned: false, messages: 5 },
        { sourceIp: "2001:db8::1", disposition: "reject", dkimAligned: false, spfAligned: false, messages: 1 },
      ],
    });
  });

  test("is read with a namespace too", async () => {
    const text = dmarcXml().replace("<feedback>", '<feedback xmlns="urn:ietf:params:xml:ns:dmarc-2.0">');
    expect((await readDmarcXml(text))?.domain).toBe("acme.test");
  });

  test.each([
    ["a document type", (text: string) => text.replace("<feedback>", '<!DOCTYPE x [<!ENTITY a "b">]><feedback>')],
    ["an entity that is not defined", (text: string) => text.replace("receiver.example", "&a;")],
    ["an address that is none", (text: string) => text.replace("192.0.2.1", "example.org")],
    ["a count that is none", (text: string) => text.replace("<count>1<", "<count>-1<")],
    ["no rows", (text: string) => text.replace(/<record>.*<\/record>/s, "")],
    [
      "too many elements in each other",
      (text: string) => text.replace("<feedback>", `<feedback>${"<a>".repeat(20)}${"</a>".repeat(20)}`),
    ],
    ["too many rows", (text: string) => text.replace(/<record>.*<\/record>/s, (record) => record.repeat(10_001))],
    ["its end cut off", (text: string) => text.slice(0, -10)],
  ])("is none with %s", async (_name, change) => {
    const changed = change(dmarcXml());
    expect(changed).not.toBe(dmarcXml());
    expect(await readDmarcXml(changed)).toBeUndefined();
  });

  test("ends in an answer wherever it is cut off or whatever stands in it", async () => {
    const text = dmarcXml();
    for (let length = 0; length < text.length; length += 1)
      expect(await readDmarcXml(text.slice(0, length))).toBeUndefined();
    await fc.assert(
      fc.asyncProperty(fc.nat(text.length), fc.string({ unit: "binary", maxLength: 20 }), async (at, noise) => {
        const report = await readDmarcXml(text.slice(0, at) + noise + text.slice(at));
        expect(report === undefined || report.sources.length > 0).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test("is about the domains that mail is from, and those above and below them", () => {
    const senders = new Set(["mail.acme.test"]);
    expect(
      ["acme.test", "mail.acme.test", "a.mail.acme.test"].map((domain) => isSenderDomain(domain, senders)),
    ).toEqual([true, true, true]);
    expect(["example.org", "xmail.acme.test", "il.acme.test"].map((domain) => isSenderDomain(domain, senders))).toEqual(
      [false, false, false],
    );
  });
});

describe("what a report is packed into", () => {
  const text = dmarcXml();

  test.each([
    ["nothing", Buffer.from(text)],
    ["gzip", gzipSync(text)],
    ["zip", zipOf(text)],
    ["zip without compression", zipOf(text, 0)],
  ])("is opened: %s", async (_name, bytes) => {
    expect(await unpack(bytes, bytesMax)).toEqual({ status: "unpacked", text });
  });

  test("is refused where it becomes too large, and is not opened further", async () => {
    const bomb = "0".repeat(50_000_000);
    expect(await unpack(gzipSync(bomb), bytesMax)).toEqual({ status: "refused", reason: "too_large" });
    expect(await unpack(zipOf(bomb), bytesMax)).toEqual({ status: "refused", reason: "too_large" });
    expect(await unpack(Buffer.alloc(bytesMax + 1), bytesMax)).toEqual({ status: "refused", reason: "too_large" });
  });

  test("is refused where it is broken, wherever", async () => {
    for (const whole of [gzipSync(text), zipOf(text)])
      for (let length = 4; length < whole.length; length += 3)
        expect([
          { status: "refused", reason: "malformed" },
          { status: "unpacked", text },
        ]).toContainEqual(await unpack(whole.subarray(0, length), bytesMax));
    expect(await unpack(gzipSync(text).subarray(0, 100), bytesMax)).toEqual({ status: "refused", reason: "malformed" });
    expect(await unpack(Buffer.from([1, 2]), bytesMax)).toMatchObject({ status: "refused" });
  });
});
