import { generateKeyPairSync } from "node:crypto";
import { expect, it } from "vitest";
import { smtpSchema } from "./smtp-settings.ts";

const ed25519 = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const dsa = generateKeyPairSync("dsa", { modulusLength: 1024, divisorLength: 160 })
  .privateKey.export({ type: "pkcs8", format: "pem" })
  .toString();
const base = { host: "mx.test", from: "Acme <a@acme.test>" };
const signer = (selector: string) => ({ domain: "acme.test", selector });

it("takes the whole of what an integration may set", () => {
  const settings = {
    ...base,
    from: { default: "a@acme.test", marketing: "News <news@acme.test>" },
    returnPath: "bounces@acme.test",
    dkim: [signer("a"), signer("b")],
    dkimPrivateKey: ed25519,
    dkimPrivateKey2: ed25519,
    unsubscribeUrl: "https://acme.test/u?r={recipient}",
    unsubscribeMailto: "mailto:leave@acme.test",
  };
  expect(smtpSchema.safeParse(settings).error).toBeUndefined();
});

it.each([
  ["a sender by lane without a default", { from: { critical: "a@b.test" } }, "from"],
  ["a return path too long for a token", { returnPath: `${"b".repeat(16)}@acme.test` }, "returnPath"],
  ["a return path that is not ASCII", { returnPath: "é@acme.test" }, "returnPath"],
  ["dkim without its key", { dkim: [signer("a")] }, "dkimPrivateKey"],
  ["a key without dkim", { dkimPrivateKey: ed25519 }, "dkimPrivateKey"],
  ["one key for two", { dkim: [signer("a"), signer("b")], dkimPrivateKey: ed25519 }, "dkimPrivateKey2"],
  ["two keys for one", { dkim: [signer("a")], dkimPrivateKey: ed25519, dkimPrivateKey2: ed25519 }, "dkimPrivateKey2"],
  ["a key that cannot sign", { dkim: [signer("a")], dkimPrivateKey: dsa }, "dkimPrivateKey"],
  ["a selector that is no label", { dkim: [signer("a b")], dkimPrivateKey: ed25519 }, "dkim.0.selector"],
  ["unsubscribing without TLS", { unsubscribeUrl: "http://acme.test/" }, "unsubscribeUrl"],
  ["unsubscribing by mail alone", { unsubscribeMailto: "mailto:a@b.test" }, "unsubscribeMailto"],
])("refuses %s, and names the field", (_, change, path) => {
  const { error } = smtpSchema.safeParse({ ...base, ...change });
  expect(error?.issues.map((issue) => issue.path.join("."))).toContain(path);
});

it("refuses a key by the name of its type, and says nothing of it", () => {
  const { error } = smtpSchema.safeParse({ ...base, dkim: [signer("a")], dkimPrivateKey: dsa });
  expect(error?.message).toContain("of type dsa; DKIM signs with RSA or Ed25519");
  expect(error?.message).not.toContain("PRIVATE KEY");
});
