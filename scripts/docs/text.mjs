/** A page as Markdown: its parts with an empty line between them. */
export function page(...parts) {
  return `${parts
    .flat()
    .filter((part) => part !== undefined && part !== "")
    .join("\n\n")}\n`;
}

/** A table; nothing where it has no rows. */
export function table(head, rows) {
  if (rows.length === 0) return "";
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.map(cell).join(" | ")} |`).join("\n");
}

/** A bar would end a cell, also inside code. */
function cell(text) {
  return String(text ?? "")
    .replaceAll("|", "\\|")
    .replaceAll("\n", " ");
}

export const code = (text) => `\`${text}\``;

export const fence = (language, text) => `\`\`\`${language}\n${text}\n\`\`\``;

/** The name of a heading in a link, as GitHub makes it. */
export function anchor(heading) {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, "")
    .replaceAll(" ", "-");
}

/** 31622400 as 31,622,400. */
export function grouped(number) {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ",");
}
