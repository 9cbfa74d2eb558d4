import { createHmac, timingSafeEqual } from "node:crypto";

/**
 * Who is signed in, in a cookie that only this server can have made: `<user>.<HMAC>`. It stands for whatever sessions your
 * application has. What matters is that the server, and never the page, says whose inbox it is.
 */
export class Sessions {
  readonly #secret: Buffer;

  constructor(secret: Buffer) {
    this.#secret = secret;
  }

  cookieOf(user: string): string {
    const name = Buffer.from(user).toString("base64url");
    return `session=${name}.${this.#sign(name).toString("base64url")}; HttpOnly; SameSite=Strict; Path=/`;
  }

  /** Undefined where nobody is signed in, or the cookie is not ours. */
  userOf(cookies: string | undefined): string | undefined {
    const [, name = "", signature = ""] = /(?:^|; )session=([\w-]+)\.([\w-]+)/.exec(cookies ?? "") ?? [];
    const given = Buffer.from(signature, "base64url");
    const right = this.#sign(name);
    if (name === "" || given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
    return Buffer.from(name, "base64url").toString();
  }

  #sign(name: string): Buffer {
    return createHmac("sha256", this.#secret).update(name).digest();
  }
}
