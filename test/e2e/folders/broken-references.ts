import { type BrokenFolder, put, swap } from "./broken-folder.ts";
import { remove } from "./whole-folder.ts";

export const references: BrokenFolder[] = [
  {
    name: "a category that is not there",
    break: swap("workflows/order-shipped.yaml", "category: orders", "category: order"),
    file: "workflows/order-shipped.yaml",
    line: 6,
    says: /there is no category `order`; did you mean `orders`/,
  },
  {
    name: "a template that is not there",
    break: swap("workflows/newsletter.yaml", "template: newsletter", "template: newsleter"),
    file: "workflows/newsletter.yaml",
    line: 11,
    says: /there is no template `newsleter`; did you mean `newsletter`/,
  },
  {
    name: "a channel that its template has nothing for",
    break: swap("workflows/newsletter.yaml", "channel: email", "channel: sms"),
    file: "workflows/newsletter.yaml",
    line: 11,
    says: /has no content for sms; it has some for email/,
  },
  {
    name: "a layout that is not there",
    break: swap("templates/welcome/template.yaml", "base", "basis"),
    file: "templates/welcome/template.yaml",
    line: 2,
    says: /there is no layout `basis`; did you mean `base`/,
  },
  {
    name: "a partial that is not there",
    break: put("templates/welcome/email.html.handlebars", "<p>\n</p>\n{{> foter}}\n"),
    file: "templates/welcome/email.html.handlebars",
    line: 3,
    says: /there is no partial `foter`; did you mean `footer`/,
  },
  {
    name: "partials that take each other in",
    break: put("partials/link.html.handlebars", "x\n{{> footer}}\n"),
    file: "partials/link.html.handlebars",
    line: 2,
    says: /takes itself in: link > footer > link/,
  },
  {
    name: "a layout's partial that is not there",
    break: (root) => remove(root, "partials/footer.html.handlebars"),
    file: "layouts/base/email.html.handlebars",
    line: 4,
    says: /footer/,
  },
];

export const secrets: BrokenFolder[] = [
  {
    name: "a secret that is written out",
    break: swap("integrations.production.yaml", "{ fromEnv: SMTP_PASSWORD }", "letmein"),
    file: "integrations.production.yaml",
    line: 5,
    says: /must name an environment variable/,
  },
  {
    name: "a secret whose variable is not set",
    break: put(
      "integrations.development.yaml",
      "smtp:\n  channel: email\n  provider: smtp\n  secrets: { password: { fromEnv: NOT_SET_ANYWHERE } }\n",
    ),
    file: "integrations.development.yaml",
    line: 4,
    says: /NOT_SET_ANYWHERE, which is not set/,
  },
  {
    name: "a provider that is not there",
    break: swap("integrations.yaml", "provider: sandbox", "provider: sandbocks"),
    file: "integrations.yaml",
    line: 6,
    says: /there is no such provider/,
  },
  {
    name: "settings that a provider does not take",
    break: put(
      "integrations.development.yaml",
      "smtp:\n  channel: email\n  provider: smtp\n  settings:\n    host: mail.example.com\n    prot: 587\n",
    ),
    file: "integrations.development.yaml",
    line: 6,
    says: /prot/,
  },
];
