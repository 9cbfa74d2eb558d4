import { describe, expect, test } from "vitest";
import type { Zone } from "../../../../../test/harness/dns-server.ts";
import { openDns } from "./dns.ts";
import { closeServers, good, lineOf, report, serve } from "./dns-bench.conformance.ts";

closeServers();

describe("a domain that has all", () => {
  test("is well, by records of many strings and with nothing to publish", async () => {
    const { lines, publish } = await report(good);
    expect(lines).toEqual([
      "ok SPF: v=spf1 ip4:192.0.2.0/24 -all, with 0 of at most 10 look-ups",
      "ok SPF of 192.0.2.7: passes",
      "ok DKIM s1: an RSA key of 2048 bits",
      "ok DMARC: p=reject; DKIM aligns relaxed, SPF relaxed",
      "ok DMARC reports: go to mailto:d@acme.test",
      "ok MX: mail.acme.test",
      "ok PTR 192.0.2.7: mail.acme.test, and back",
    ]);
    expect(publish).toEqual([]);
  });

  test("is well too where its key is an alias of the vendor's", async () => {
    const { "s1._domainkey.acme.test TXT": key = [], ...zone } = good;
    const aliased = { ...zone, "s1._domainkey.acme.test CNAME": ["k.vendor.test"], "k.vendor.test TXT": key };
    expect(lineOf(await report(aliased), "DKIM")).toBe("ok DKIM s1: an RSA key of 2048 bits");
  });

  test("is asked for each name once", async () => {
    const { asked } = await report(good);
    expect(asked).toHaveLength(new Set(asked).size);
  });
});

describe("a domain that has nothing", () => {
  test("fails in everything, and is given lines to publish", async () => {
    const { failed, publish } = await report({});
    expect(failed).toEqual([
      "failed SPF: acme.test has no record",
      "failed DKIM s1: there is no key at s1._domainkey.acme.test",
      "failed DMARC: there is no policy at _dmarc.acme.test",
      "failed MX: acme.test takes no mail: bounces and replies are lost, and some receivers refuse its mail",
      "failed PTR 192.0.2.7: it has no name",
    ]);
    expect(publish).toEqual([
      'acme.test. 3600 IN TXT "v=spf1 ip4:192.0.2.7 ~all"',
      '_dmarc.acme.test. 3600 IN TXT "v=DMARC1; p=none; rua=mailto:dmarc-reports@acme.test"',
      "7.2.0.192.in-addr.arpa. 3600 IN PTR mail.acme.test.",
      "mail.acme.test. 3600 IN A 192.0.2.7",
    ]);
  });

  test.each(["servfail", "refused", "silent"] as const)(
    "is not told apart from one whose server is %s",
    async (trouble) => {
      const names = ["acme.test", "s1._domainkey.acme.test", "_dmarc.acme.test", "7.2.0.192.in-addr.arpa"];
      const { failed, publish } = await report(Object.fromEntries(names.map((name) => [`${name} *`, trouble])), {}, 50);
      const code = { servfail: "ESERVFAIL", refused: "EREFUSED", silent: "ETIMEOUT" }[trouble];
      expect(failed).toEqual([
        `failed SPF: could not be looked up: TXT acme.test (${code})`,
        `failed DKIM s1: s1._domainkey.acme.test could not be looked up (${code})`,
        `failed DMARC: could not be looked up: TXT _dmarc.acme.test (${code})`,
        `failed MX: could not be looked up (${code})`,
        `failed PTR 192.0.2.7: could not be looked up (${code})`,
      ]);
      expect(publish).toEqual([]);
    },
  );
});

describe("where mail comes in, and names of addresses", () => {
  test.each<[string, Zone, string]>([
    ["nothing but its own address", { "acme.test MX": "servfail" }, "failed MX: could not be looked up (ESERVFAIL)"],
    ["a host that is not there", { "acme.test MX": [[10, "gone.test"]] }, "failed MX: gone.test has no address"],
    [
      "two hosts, of which one is not there",
      {
        "acme.test MX": [
          [10, "gone.test"],
          [20, "mail.acme.test"],
        ],
      },
      "failed MX: gone.test has no address",
    ],
    ["no mail taken", { "acme.test MX": [[0, ""]] }, "failed MX: acme.test says that it takes no mail (RFC 7505)"],
    [
      "a host with IPv6 alone",
      { "acme.test MX": [[1, "six.test"]], "six.test AAAA": ["2001:db8::7"] },
      "ok MX: six.test",
    ],
  ])("with %s", async (_, zone, expected) => expect(lineOf(await report({ ...good, ...zone }), "MX")).toBe(expected));

  test("with an address of its own alone", async () => {
    const { "acme.test MX": _, ...zone } = good;
    expect(lineOf(await report({ ...zone, "acme.test A": ["192.0.2.1"] }), "MX")).toBe(
      "note MX: acme.test has none: mail goes to its own address",
    );
  });

  test("a name has to lead back, one of several is enough", async () => {
    const ptr = (names: string[], more: Zone = {}) => report({ ...good, "7.2.0.192.in-addr.arpa PTR": names, ...more });
    expect(lineOf(await ptr(["gone.test"]), "PTR")).toBe("failed PTR 192.0.2.7: gone.test does not lead back to it");
    expect(lineOf(await ptr(["other.test"], { "other.test A": ["192.0.2.8"] }), "PTR")).toBe(
      "failed PTR 192.0.2.7: other.test does not lead back to it",
    );
    expect(lineOf(await ptr(["gone.test", "mail.acme.test"]), "PTR")).toBe(
      "ok PTR 192.0.2.7: mail.acme.test, and back",
    );
    expect(lineOf(await ptr(["bad.test"], { "bad.test *": "servfail" }), "PTR")).toBe(
      "failed PTR 192.0.2.7: bad.test could not be looked up (ESERVFAIL)",
    );
  });

  test("an IPv6 address is one however it is written", async () => {
    const name = `${"7.0.0.0.".concat("0.0.0.0.".repeat(5), "8.b.d.0.1.0.0.2")}.ip6.arpa`;
    const zone = { ...good, [`${name} PTR`]: ["six.test"], "six.test AAAA": ["2001:db8:0:0::7"] };
    const addresses = ["2001:DB8:0:0:0:0:0:7"];
    expect(lineOf(await report(zone, { addresses }), "PTR")).toBe("ok PTR 2001:DB8:0:0:0:0:0:7: six.test, and back");
    const { publish } = await report(good, { addresses });
    expect(publish[0]).toBe(`${name}. 3600 IN PTR mail.acme.test.`);
    expect(publish[1]).toBe("mail.acme.test. 3600 IN AAAA 2001:DB8:0:0:0:0:0:7");
  });
});

test("a look-up whose answer is none is not waited for without end", async () => {
  const told = await report({ ...good, "acme.test MX": "garbage" }, {}, 50);
  expect(lineOf(told, "MX")).toMatch(/^failed MX: could not be looked up \(E\w+\)$/);
});

test("an end from outside ends all look-ups", async () => {
  const server = await serve({ "acme.test *": "silent" });
  const controller = new AbortController();
  const dns = openDns({ server: server.address, timeoutMs: 20_000, signal: controller.signal });
  const asked = dns.txt("acme.test");
  await expect.poll(() => server.asked).toEqual(["acme.test TXT"]);
  controller.abort();
  await expect(asked).rejects.toThrow();
});
