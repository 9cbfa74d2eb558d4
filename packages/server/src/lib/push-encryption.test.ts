import { createECDH, randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { encryptPush, pushContentBytesMax } from "./push-encryption.ts";

const bytes = (text: string): Buffer => Buffer.from(text, "base64url");

/** RFC 8291, appendix A. */
const vector = {
  content: Buffer.from("When I grow up, I want to be a watermelon"),
  privateKey: bytes("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"),
  keys: {
    publicKey: bytes("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"),
    secret: bytes("BTBZMqHH6r4Tts7J_aSIgg"),
  },
  salt: bytes("DGv6ra1nlYgDCS1FRnbzlw"),
  message:
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN",
};

describe("the encryption of push messages", () => {
  it("gives what RFC 8291 gives", () => {
    const ephemeral = createECDH("prime256v1");
    ephemeral.setPrivateKey(vector.privateKey);
    const { content, keys, salt } = vector;
    expect(encryptPush(content, keys, { ephemeral, salt }).toString("base64url")).toBe(vector.message);
  });

  it("takes another key and salt for each message, and fills 4096 bytes at most", () => {
    const content = randomBytes(pushContentBytesMax);
    const [a, b] = [encryptPush(content, vector.keys), encryptPush(content, vector.keys)];
    expect(a).toHaveLength(4096);
    // salt, and the key behind size and length
    expect(a.subarray(0, 16)).not.toEqual(b.subarray(0, 16));
    expect(a.subarray(21, 86)).not.toEqual(b.subarray(21, 86));
  });

  it("throws where the browser's key is no point of the curve", () => {
    const publicKey = Buffer.from(vector.keys.publicKey);
    publicKey.writeUInt8((publicKey.at(-1) ?? 0) ^ 1, 64);
    expect(() => encryptPush(Buffer.from("x"), { ...vector.keys, publicKey })).toThrow();
  });
});
