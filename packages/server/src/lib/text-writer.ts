/** Characters that take no room: mails fill their preheaders with them. */
const unseen = /\u034f|[\u00ad\u200b-\u200f\u2060\ufeff]/g;

/** Lists in lists: deeper ones are shown as deep as this. */
const listDepthMax = 10;

/**
 * Puts a text together out of pieces: white space between them collapses, and empty lines are never more than asked for.
 * What is due (an end of line, a space) is written with the next piece, so that nothing stands at an end.
 */
export class TextWriter {
  #output = "";
  #newLines = 0;
  #space = false;
  /** What the next line begins with, such as a list's mark. */
  #mark = "";
  #keepsSpace = false;
  readonly #lists: { next: number | undefined }[] = [];
  #link: { href: string | undefined; from: number } | undefined;

  text(piece: string): void {
    if (this.#keepsSpace) {
      this.#put(piece.replace(unseen, ""));
      return;
    }
    const words = piece.replace(unseen, "").replace(/[\s\u00a0]+/g, " ");
    if (words === "" || words === " ") {
      this.#space ||= words === " ";
      return;
    }
    const begins = words.startsWith(" ");
    const ends = words.endsWith(" ");
    this.#space ||= begins;
    this.#put(words.slice(begins ? 1 : 0, ends ? -1 : undefined));
    this.#space = ends;
  }

  line(): void {
    this.#newLines = Math.min(2, this.#newLines + 1);
    this.#space = false;
  }

  /** The end of what stood before, with so many empty lines. */
  block(emptyLines: number): void {
    // A paragraph that begins an item stands beside its mark.
    if (this.#mark !== "") return;
    this.#newLines = Math.max(this.#newLines, emptyLines + 1);
    this.#space = false;
  }

  rule(): void {
    this.block(1);
    this.#put("---");
    this.block(1);
  }

  cell(): void {
    if (this.#newLines === 0 && this.#output !== "") this.#space = true;
  }

  keepSpace(keeps: boolean): void {
    this.block(1);
    this.#keepsSpace = keeps;
  }

  beginList(isOrdered: boolean): void {
    this.block(this.#lists.length === 0 ? 1 : 0);
    this.#lists.push({ next: isOrdered ? 1 : undefined });
  }

  endList(): void {
    this.#lists.pop();
    this.#mark = "";
    this.block(this.#lists.length === 0 ? 1 : 0);
  }

  item(): void {
    this.#mark = "";
    this.block(0);
    const list = this.#lists.at(-1);
    const indent = "  ".repeat(Math.min(listDepthMax, Math.max(0, this.#lists.length - 1)));
    this.#mark = list?.next === undefined ? `${indent}- ` : `${indent}${list.next}. `;
    if (list?.next !== undefined) list.next += 1;
  }

  beginLink(href: string | undefined): void {
    this.endLink();
    this.#link = { href, from: this.#output.length };
  }

  /** The address behind what it was put on, but where that shows it already. */
  endLink(): void {
    const link = this.#link;
    this.#link = undefined;
    const href = link?.href?.trim().replace(/[\s\u0000-\u001f]+/g, "");
    if (link === undefined || href === undefined || href === "" || href.startsWith("#")) return;
    const shown = this.#output.slice(link.from).trim();
    const address = href.replace(/^(mailto|tel):/i, "");
    if (shown === href || shown === address) return;
    if (shown === "") {
      this.#put(address);
      return;
    }
    const space = this.#space;
    this.#space = true;
    this.#put(`(${address})`);
    this.#space = space;
  }

  end(): string {
    this.endLink();
    return this.#output;
  }

  #put(piece: string): void {
    if (piece === "") return;
    if (this.#output !== "" && this.#newLines > 0) this.#output += "\n".repeat(Math.min(this.#newLines, 3));
    else if (this.#output !== "" && this.#space) this.#output += " ";
    this.#output += this.#mark + piece;
    this.#mark = "";
    this.#newLines = 0;
    this.#space = false;
  }
}
