import { type BrokenFolder, put, swap } from "./broken-folder.ts";

export const typescript: BrokenFolder[] = [
  {
    name: "TypeScript that does not parse",
    break: put("workflows/x.ts", "export default {\n  category: ,\n};\n"),
    file: "workflows/x.ts",
    line: 2,
    says: /Unexpected/,
  },
  {
    name: "TypeScript that throws",
    break: put("workflows/x.ts", "type T = string;\n\nthrow new Error('no luck' as T);\n"),
    file: "workflows/x.ts",
    line: 3,
    says: /throws: no luck/,
  },
  {
    name: "TypeScript that exports nothing",
    break: put("workflows/x.ts", "export const a = 1;\n"),
    file: "workflows/x.ts",
    line: 1,
    says: /exports no workflow/,
  },
  {
    name: "TypeScript that imports what is not there",
    break: swap("workflows/welcome.ts", "../lib/steps.ts", "../lib/stepps.ts"),
    file: "workflows/welcome.ts",
    line: 2,
    says: /Could not resolve/,
  },
  {
    name: "TypeScript that hangs",
    break: put("workflows/x.ts", "for (;;) {}\n"),
    file: "workflows/x.ts",
    line: 1,
    says: /does not end/,
  },
  {
    name: "TypeScript with an unknown field",
    break: swap("workflows/welcome.ts", '  category: "news",', '  catgory: "news",'),
    file: "workflows/welcome.ts",
    line: 5,
    says: /catgory is not known here; did you mean `category`/,
  },
  {
    name: "TypeScript with a template that is not there",
    break: swap(
      "workflows/welcome.ts",
      '  steps: [mail("welcome")],',
      '  steps: [\n    { id: "a", type: "channel", channel: "email", template: "welcom" },\n  ],',
    ),
    file: "workflows/welcome.ts",
    line: 8,
    says: /did you mean `welcome`/,
  },
  {
    name: "a data schema with an unknown keyword",
    break: swap("workflows/welcome.ts", "required:", "requird:"),
    file: "workflows/welcome.ts",
    line: 6,
    says: /requird/,
  },
];

/** Mutations of the whole folder, each of them one mistake. */
