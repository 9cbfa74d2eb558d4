import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const example = fileURLToPath(new URL("../../../notifications", import.meta.url));

/** What the example does not have: every other form of a folder. */
const more: Readonly<Record<string, string | Buffer>> = {
  "integrations.production.yaml": [
    "mailbox:",
    "  channel: email",
    "  provider: smtp",
    "  settings: { host: mail.example.com, port: 587, from: Shop <shop@example.com>, user: shop }",
    "  secrets: { password: { fromEnv: SMTP_PASSWORD } }",
    "",
  ].join("\n"),
  "tenants.yaml": "acme:\n  name: Acme\n  branding: { color: teal }\n",
  "layouts/base/email.html.handlebars": "<html>\n<body>\n{{> content}}\n{{> footer}}\n</body>\n</html>\n",
  "partials/footer.html.handlebars": "<hr>\n{{> link url=data.url}}\n",
  "partials/footer.text.handlebars": "--\nShop\n",
  "partials/link.html.handlebars": '<a href="{{url}}">here</a>\n',
  "templates/welcome/template.yaml": "name: Welcome\nlayout: base\n",
  "templates/welcome/email.subject.handlebars": "Welcome {{data.name}}\n",
  "templates/welcome/email.html.handlebars": "<p>Hello</p>\n<p>{{data.name}}</p>\n",
  "templates/welcome/de/email.subject.handlebars": "Willkommen {{data.name}}\n",
  "templates/welcome/sample.yaml": "data: { name: Anna, url: https://example.com }\n",
  "lib/steps.ts":
    'export const mail = (template: string) => ({ id: "mail", type: "channel", channel: "email", template }) as const;\n',
  "workflows/welcome.ts": [
    'import { workflow } from "@tidings/client/workflow";',
    'import { mail } from "../lib/steps.ts";',
    "",
    "export default workflow({",
    '  category: "news",',
    '  data: { type: "object", properties: { name: { type: "string" } }, required: ["name"] },',
    '  steps: [mail("welcome")],',
    "});",
    "",
  ].join("\n"),
};

/** A copy of the example with every form of a folder in it. */
export function writeWholeFolder(root: string): void {
  rmSync(root, { recursive: true, force: true });
  cpSync(example, root, { recursive: true });
  for (const [path, content] of Object.entries(more)) write(root, path, content);
}

export function write(root: string, path: string, content: string | Buffer): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

export const remove = (root: string, path: string): void => rmSync(join(root, path), { recursive: true });

export const link = (root: string, path: string, target: string): void => symlinkSync(target, join(root, path));
