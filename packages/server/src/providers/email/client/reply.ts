/** What a server answers (RFC 5321 §4.2). */
export interface Reply {
  code: number;
  /** The text behind the code, line by line. It may quote addresses. */
  lines: readonly string[];
}

/** As it came, first line only: what the table of refusals reads. */
export const replyText = ({ code, lines }: Reply): string => `${code} ${lines[0] ?? ""}`;

/** RFC 5321 §4.5.3.1.5 has 512 octets for a line; servers write more, but not this. */
const lineOctetsMax = 8192;
const linesMax = 200;

/** The server does not speak SMTP. */
export class MalformedReply extends Error {
  override name = "MalformedReply";
}

/** Makes replies of what comes in. After a MalformedReply it must not be used again. */
export class ReplyReader {
  #rest = "";
  #lines: string[] = [];
  #code = 0;

  /** True while something has come that is no whole reply yet. */
  get isPending(): boolean {
    return this.#rest !== "" || this.#lines.length > 0;
  }

  /** Whole replies that end in this chunk. Throws a MalformedReply. */
  push(chunk: Buffer): Reply[] {
    const text = this.#rest + chunk.toString("latin1");
    const replies: Reply[] = [];
    let start = 0;
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", start)) {
      const reply = this.#line(text.slice(start, text[end - 1] === "\r" && end > start ? end - 1 : end));
      if (reply !== undefined) replies.push(reply);
      start = end + 1;
    }
    this.#rest = text.slice(start);
    if (this.#rest.length > lineOctetsMax) throw new MalformedReply("a line without end");
    return replies;
  }

  #line(line: string): Reply | undefined {
    const [, digits = "", separator = "", text = ""] = /^([2-5]\d\d)([ -]|$)(.*)$/.exec(line) ?? [];
    const code = Number(digits);
    const isOther = this.#lines.length > 0 && code !== this.#code;
    if (digits === "" || isOther || line.length > lineOctetsMax) throw new MalformedReply("no reply");
    this.#code = code;
    this.#lines.push(text);
    if (separator === "-") {
      if (this.#lines.length > linesMax) throw new MalformedReply("a reply without end");
      return undefined;
    }
    const lines = this.#lines;
    this.#lines = [];
    return { code, lines };
  }
}
