import { describe, expect, test } from "vitest";
import type { Zone } from "../../../../../test/harness/dns-server.ts";
import { closeServers, good, lineOf, report } from "./dns-bench.conformance.ts";
import type { DomainQuestion } from "./domain-report.ts";

closeServers();

const spf = async (text: string | string[], more: Zone = {}, over: Partial<DomainQuestion> = {}) =>
  lineOf(await report({ ...good, "acme.test TXT": [text].flat(), ...more }, { addresses: [], ...over }), "SPF");

describe("SPF", () => {
  const chain = (count: number): Zone =>
    Object.fromEntries(
      Array.from({ length: count }, (_, index) => [
        `i${index}.test TXT`,
        [index === count - 1 ? "v=spf1 ip4:198.51.100.7 -all" : `v=spf1 include:i${index + 1}.test -all`],
      ]),
    );

  test.each<[string, string | string[], string]>([
    ["two records", ["v=spf1 -all", "v=spf1 ~all"], "failed SPF: acme.test has 2 records, and so for receivers none"],
    [
      "another version beside it",
      ["v=spf10 -all", "v=spf1 ~all"],
      "ok SPF: v=spf1 ~all, with 0 of at most 10 look-ups",
    ],
    ["upper case", "V=SPF1 IP4:192.0.2.7 -ALL", "ok SPF: V=SPF1 IP4:192.0.2.7 -ALL, with 0 of at most 10 look-ups"],
    ["all for everybody", "v=spf1 +all", "failed SPF: ends in +all: anybody may send"],
    ["all for everybody, unsaid", "v=spf1 all", "failed SPF: ends in +all: anybody may send"],
    ["nothing said", "v=spf1 ?all", "failed SPF: ends in ?all: it says nothing of who is not named"],
    ["no all", "v=spf1 ip4:192.0.2.7", "failed SPF: ends in no all: it says nothing of who is not named"],
    [
      "what is no mechanism",
      "v=spf1 ipv4:192.0.2.7 -all",
      'failed SPF: the record of acme.test has "ipv4:192.0.2.7", which is no mechanism',
    ],
    [
      "what is no address",
      "v=spf1 ip4:192.0.2.777 -all",
      'failed SPF: the record of acme.test has "ip4:192.0.2.777", which is no mechanism',
    ],
    [
      "too long a network",
      "v=spf1 ip4:192.0.2.7/33 -all",
      'failed SPF: the record of acme.test has "ip4:192.0.2.7/33", which is no mechanism',
    ],
    [
      "an include of nothing",
      "v=spf1 include:none.test -all",
      "failed SPF: include names none.test, which has no record of SPF",
    ],
    [
      "an include of itself",
      "v=spf1 include:acme.test -all",
      "failed SPF: include leads from acme.test back to itself",
    ],
    [
      "two redirects",
      "v=spf1 redirect=none.test redirect=i0.test",
      "failed SPF: the record of acme.test has redirect= twice",
    ],
    [
      "a modifier that nobody knows",
      "v=spf1 future=x -all",
      "ok SPF: v=spf1 future=x -all, with 0 of at most 10 look-ups",
    ],
    [
      "a redirect to one that ends well",
      "v=spf1 redirect=i0.test",
      "ok SPF: v=spf1 redirect=i0.test, with 1 of at most 10 look-ups",
    ],
    [
      "a redirect behind all, which counts for nothing",
      "v=spf1 -all redirect=none.test",
      "ok SPF: v=spf1 -all redirect=none.test, with 0 of at most 10 look-ups",
    ],
    [
      "ptr",
      "v=spf1 ptr -all",
      "ok SPF: v=spf1 ptr -all, with 1 of at most 10 look-ups\nnote SPF: has ptr, which should not be used (RFC 7208 §5.5)",
    ],
    [
      "a macro",
      "v=spf1 exists:%{i}.spf.test -all",
      "ok SPF: v=spf1 exists:%{i}.spf.test -all, with 1 of at most 10 look-ups",
    ],
    [
      "names that are not there",
      "v=spf1 a:n1.test a:n2.test mx:n3.test -all",
      "ok SPF: v=spf1 a:n1.test a:n2.test mx:n3.test -all, with 3 of at most 10 look-ups\nnote SPF: names 3 things that are not there; some receivers put up with 2",
    ],
  ])("with %s", async (_, text, expected) => expect(await spf(text, chain(1))).toBe(expected));

  test("counts look-ups through all that it includes, up to ten and not beyond", async () => {
    expect(await spf("v=spf1 include:i0.test a mx -all", chain(8))).toContain("with 10 of at most 10");
    expect(await spf("v=spf1 include:i0.test a mx -all", chain(9))).toBe("failed SPF: takes 11 look-ups, more than 10");
    expect(await spf("v=spf1 include:i0.test -all", chain(200))).toBe(
      "failed SPF: takes more than 40 look-ups, more than 10",
    );
  });

  test("tells which part of it could not be looked up", async () => {
    expect(await spf("v=spf1 include:i0.test -all", { "i0.test *": "servfail" })).toBe(
      "failed SPF: could not be looked up: TXT i0.test (ESERVFAIL)",
    );
  });

  test.each<[string, string, string]>([
    ["by an include", "v=spf1 include:i0.test -all", "passes"],
    ["by an include of an include", "v=spf1 include:outer.test -all", "passes"],
    ["by a", "v=spf1 a:host.test -all", "passes"],
    ["by the network around a", "v=spf1 a:near.test/24 -all", "passes"],
    ["by mx", "v=spf1 mx:box.test -all", "passes"],
    ["by nothing", "v=spf1 a:near.test -all", "is not named by the record"],
    ["by what is let through softly", "v=spf1 ~ip4:198.51.100.7 -all", "is not named by the record"],
    ["by an include that is softly", "v=spf1 ?include:i0.test -all", "is not named by the record"],
    ["behind all", "v=spf1 -all ip4:198.51.100.7", "is not named by the record"],
  ])("names an address %s, or not", async (_, text, expected) => {
    const zone: Zone = {
      ...chain(1),
      "outer.test TXT": ["v=spf1 include:i0.test -all"],
      "host.test A": ["198.51.100.7"],
      "near.test A": ["198.51.100.9"],
      "box.test MX": [[5, "host.test"]],
    };
    expect(await spf(text, zone, { addresses: ["198.51.100.7"] })).toContain(`SPF of 198.51.100.7: ${expected}`);
  });

  test("names IPv6 addresses too", async () => {
    expect(await spf("v=spf1 ip6:2001:db8::/32 -all", {}, { addresses: ["2001:db8::7"] })).toContain(
      "2001:db8::7: passes",
    );
  });
});
