import { expect, test } from "vitest";
import { trustedProxiesSetting } from "./trusted-proxies-setting.ts";

test("proxies are addresses and networks, and nothing is trusted that is none", () => {
  expect(trustedProxiesSetting.parse("10.0.0.0/8, ::1,192.0.2.7")).toEqual(["10.0.0.0/8", "::1", "192.0.2.7"]);
  expect(trustedProxiesSetting.parse(undefined)).toEqual([]);
  for (const bad of ["10.0.0.0/33", "proxy.example", "10.0.0.0/8/8", "::1/129", "10.0.0.0/", "true"])
    expect(trustedProxiesSetting.safeParse(bad).success, bad).toBe(false);
});
