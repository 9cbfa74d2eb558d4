/** What a file of the folder is. `typescript` is a workflow too; `ignored` is there for others to read. */
export type Form =
  | "category"
  | "integration"
  | "source"
  | "tenant"
  | "policy"
  | "segment"
  | "workflow"
  | "typescript"
  | "template"
  | "layout"
  | "partial"
  | "ignored";

/** Place of a form, and the part of it that tells the key; for integrations and sources that is the environment. */
const places: readonly (readonly [RegExp, Form])[] = [
  [/^categories\.ya?ml$/, "category"],
  [/^integrations(?:\.([^/]+))?\.ya?ml$/, "integration"],
  [/^sources(?:\.([^/]+))?\.ya?ml$/, "source"],
  [/^tenants\.ya?ml$/, "tenant"],
  [/^policies\.ya?ml$/, "policy"],
  [/^segments\.ya?ml$/, "segment"],
  [/^workflows\/([^/]+)\.ya?ml$/, "workflow"],
  [/^workflows\/([^/]+)\.ts$/, "typescript"],
  [/^templates\/([^/]+)\/.+$/, "template"],
  [/^layouts\/([^/]+)\/.+$/, "layout"],
  [/^partials\/(.+)\.(?:html|text)\.handlebars$/, "partial"],
  // What editors read, and what several `.ts` workflows import.
  [/^schemas\/[^/]+\.json$/, "ignored"],
  [/^lib\/.+\.(?:ts|js|json)$/, "ignored"],
  [/^(?:package|tsconfig)\.json$/, "ignored"],
];

export function formOf(path: string): { form: Form; key: string } | undefined {
  for (const [pattern, form] of places) {
    const match = pattern.exec(path);
    if (match !== null) return { form, key: match[1] ?? "" };
  }
  return undefined;
}
