/** Fields of one line: in a file of their own, the end of the last line is none of theirs. */
export const lineFields: ReadonlySet<string> = new Set(["subject", "title", "preheader", "url", "imageUrl"]);
