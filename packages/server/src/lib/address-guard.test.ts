import { describe, expect, it } from "vitest";
import { isPublicAddress, resolveGuarded } from "./address-guard.ts";

const forbidden = [
  "0.0.0.0",
  "0.1.2.3",
  "10.0.0.1",
  "100.64.0.1",
  "127.0.0.1",
  "127.255.255.254",
  "169.254.169.254",
  "172.16.0.1",
  "172.31.255.255",
  "192.0.0.1",
  "192.0.2.1",
  "192.168.1.1",
  "198.18.0.1",
  "198.51.100.1",
  "203.0.113.1",
  "224.0.0.1",
  "240.0.0.1",
  "255.255.255.255",
  "::",
  "::1",
  "::7f00:1",
  "::ffff:127.0.0.1",
  "::ffff:8.8.8.8",
  "::ffff:0:7f00:1",
  "64:ff9b::7f00:1",
  "64:ff9b:1::1",
  "100::1",
  "2001::1",
  "2001:db8::1",
  "2002:7f00:1::",
  "3fff::1",
  "fc00::1",
  "fd00::1",
  "fe80::1",
  "fe80::1%eth0",
  "fec0::1",
  "ff02::1",
  "4000::1",
];

describe("the guard", () => {
  it.each(forbidden)("refuses %s", async (address) => {
    expect(isPublicAddress(address)).toBe(false);
    const resolver = async () => [{ address, family: address.includes(":") ? (6 as const) : (4 as const) }];
    expect(await resolveGuarded("name.test", { allowPrivateNetwork: false, resolver })).toMatchObject({
      status: "refused",
      code: "private_address",
    });
  });

  it.each(["8.8.8.8", "1.1.1.1", "100.63.255.255", "172.32.0.1", "2606:4700::1111", "2a00:1450::1"])(
    "lets %s through",
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  it("refuses a name that mixes public and private addresses", async () => {
    const resolver = async () => [
      { address: "8.8.8.8", family: 4 as const },
      { address: "10.0.0.1", family: 4 as const },
    ];
    expect(await resolveGuarded("mixed.test", { allowPrivateNetwork: false, resolver })).toMatchObject({
      status: "refused",
      code: "private_address",
    });
  });

  it("checks what the system makes of odd notations of an address", async () => {
    for (const host of ["0x7f.1", "2130706433", "0177.0.0.1", "127.1", "localhost"]) {
      const result = await resolveGuarded(host, { allowPrivateNetwork: false });
      expect(result.status, host).toBe("refused");
    }
  });

  it("says so where a name has no address", async () => {
    const settings = { allowPrivateNetwork: true, resolver: async () => [] };
    expect(await resolveGuarded("none.test", settings)).toMatchObject({ status: "refused", code: "dns_failed" });
    const failing = { allowPrivateNetwork: true, resolver: async () => Promise.reject(new Error("SERVFAIL")) };
    expect(await resolveGuarded("none.test", failing)).toMatchObject({ status: "refused", code: "dns_failed" });
  });

  it("gives a literal back, and private ones only where they are allowed", async () => {
    expect(await resolveGuarded("::1", { allowPrivateNetwork: true })).toEqual({
      status: "resolved",
      address: "::1",
      family: 6,
    });
    expect(await resolveGuarded("::1", { allowPrivateNetwork: false })).toMatchObject({ code: "private_address" });
  });
});
