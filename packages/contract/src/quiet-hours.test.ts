import { describe, expect, test } from "vitest";
import { categoryBodySchema } from "./categories.ts";
import { faultsOf } from "./faults.ts";

const faults = (quietHours: unknown) => {
  const parsed = categoryBodySchema.safeParse({ class: "transactional", quietHours });
  return parsed.success ? [] : faultsOf(parsed.error).map(({ path, message }) => `${path} ${message}`);
};

describe("quiet hours", () => {
  test.each<[unknown]>([
    [{ from: "22:00", to: "07:00" }],
    [{ from: "00:00", to: "24:00", days: ["sat", "sun"] }],
    [false],
  ])("may be %j", (quietHours) => {
    expect(faults(quietHours)).toEqual([]);
  });

  test.each<[unknown, string]>([
    [{ from: "22:00" }, "quietHours.to Invalid input: expected string, received undefined"],
    [{ from: "24:00", to: "07:00" }, "quietHours.from must be a time of the day, such as 22:00"],
    [{ from: "22:00", to: "7" }, "quietHours.to must be a time of the day, such as 07:00, or 24:00"],
    [{ from: "22:00", to: "22:00" }, "quietHours.to must differ from `from`"],
    [{ from: "00:00", to: "24:00" }, "quietHours.to must not be the whole week"],
    [{ from: "22:00", to: "07:00", days: ["fri", "fri"] }, "quietHours.days names a day twice"],
    [{ from: "22:00", to: "07:00", zone: "UTC" }, "quietHours.zone is not known here"],
  ])("may not be %j", (quietHours, fault) => {
    expect(faults(quietHours)).toEqual([fault]);
  });
});
