import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { kafkaAddress } from "./kafka-address.ts";

describe("the address of a Kafka", () => {
  test("names its brokers, with the standard port where none is given, and the prefix of what it holds", () => {
    expect(kafkaAddress("kafka://one")).toEqual({ brokers: ["one:9092"], prefix: "tidings", user: undefined });
    expect(kafkaAddress("kafka://one:9093,two.example.com, 10.0.0.3:1/staging")).toEqual({
      brokers: ["one:9093", "two.example.com:9092", "10.0.0.3:1"],
      prefix: "staging",
      user: undefined,
    });
    expect(kafkaAddress("kafka://one/")?.prefix).toBe("tidings");
    expect(kafkaAddress("kafka://[::1]:9092,[2001:db8::7]")?.brokers).toEqual(["[::1]:9092", "[2001:db8::7]:9092"]);
  });

  test("names a user, whose password may hold anything once it is escaped", () => {
    expect(kafkaAddress("kafka://ada:love@one/p")?.user).toEqual({ name: "ada", password: "love" });
    expect(kafkaAddress("kafka://ada:b:c@one")?.user).toEqual({ name: "ada", password: "b:c" });
    const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(text, text, (name, password) => {
        const url = `kafka://${encodeURIComponent(name)}:${encodeURIComponent(password)}@one:9092`;
        expect(kafkaAddress(url)).toEqual({ brokers: ["one:9092"], prefix: "tidings", user: { name, password } });
      }),
      { numRuns: 200 },
    );
  });

  test.each([
    ["another scheme", "redis://one:6379"],
    ["a scheme in capitals", "KAFKA://one"],
    ["no scheme", "one:9092"],
    ["no host", "kafka://"],
    ["no host in front of the prefix", "kafka:///tidings"],
    ["an empty host in the list", "kafka://one,,two"],
    ["a list that ends with a comma", "kafka://one,"],
    ["a port that is none", "kafka://one:port"],
    ["a port that is too large", "kafka://one:65536"],
    ["port 0", "kafka://one:0"],
    ["a host with a space", "kafka://one two"],
    ["a user without a password", "kafka://ada@one"],
    ["a password without a user", "kafka://:love@one"],
    ["a password with a bare @", "kafka://ada:lo@ve@one"],
    ["a password with a bare slash", "kafka://ada:lo/ve@one"],
    ["a password with a bare percent sign", "kafka://ada:100%@one"],
    ["a password that is no UTF-8", "kafka://ada:%ff@one"],
    ["a prefix with a slash", "kafka://one/a/b"],
    ["a prefix with a space", "kafka://one/a b"],
    ["a prefix that is escaped", "kafka://one/%41"],
    ["a prefix that is too long", `kafka://one/${"p".repeat(101)}`],
    ["options", "kafka://one/tidings?acks=0"],
    ["a fragment", "kafka://one/tidings#x"],
    ["nothing", ""],
  ])("is none with %s", (_what, url) => {
    expect(kafkaAddress(url)).toBeUndefined();
  });

  test("is found, or none, in whatever text, without a fault", () => {
    const part = fc.oneof(fc.string(), fc.constantFrom(":", "@", "/", "%", ",", "[", "]", "?", "one", "9092"));
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const address = kafkaAddress(`kafka://${parts.join("")}`);
        for (const broker of address?.brokers ?? []) expect(broker).toMatch(/^[^\s/@?#]+:\d{1,5}$/);
        expect(address === undefined || address.brokers.length > 0).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});
