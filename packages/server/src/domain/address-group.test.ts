import { expect, test } from "vitest";
import { addressGroup, callingCode, countryOfAddress } from "./address-group.ts";

test("a mail address is of its domain, in lower case", () => {
  expect(addressGroup("email", "Anna@Example.COM")).toBe("example.com");
  expect(addressGroup("push", "token")).toBe("");
  expect(addressGroup("sms", "+4366012345")).toBe("43");
});

test.each([
  ["+12025550123", "1"],
  ["+79991234567", "7"],
  ["+4366012345", "43"],
  ["+447700900123", "44"],
  ["+35312345678", "353"],
  ["+390612345678", "39"],
  ["+420123456789", "420"],
  ["+5491123456789", "54"],
  ["+59812345678", "598"],
  ["+85212345678", "852"],
  ["+8613812345678", "86"],
  ["+99412345678", "994"],
  ["+21612345678", "216"],
  ["+27821234567", "27"],
  ["nonsense", ""],
  ["+43", ""],
])("the calling code of %s is %j", (phone, code) => {
  expect(callingCode(phone)).toBe(code);
});

test("a number says its country; where several share its code, the recipient's own decides", () => {
  expect(countryOfAddress("sms", "+4366012345", "DE")).toBe("AT");
  expect(countryOfAddress("sms", "+14165550123", undefined)).toBe("US");
  expect(countryOfAddress("voice", "+14165550123", "CA")).toBe("CA");
  expect(countryOfAddress("voice", "+14165550123", "AT")).toBe("US");
  expect(countryOfAddress("sms", "+99912345678", "AT")).toBe("AT");
  expect(countryOfAddress("email", "a@b.de", "AT")).toBe("AT");
  expect(countryOfAddress("email", "a@b.de", undefined)).toBeUndefined();
});
