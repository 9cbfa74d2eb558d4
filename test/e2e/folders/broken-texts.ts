import { type BrokenFolder, flow, put, step } from "./broken-folder.ts";
import { link, remove } from "./whole-folder.ts";

export const texts: BrokenFolder[] = [
  {
    name: "a block that is not closed",
    break: put("templates/newsletter/email.text.handlebars", "Hello\n{{#if data.x}}\nmore\n"),
    file: "templates/newsletter/email.text.handlebars",
    line: 4,
    says: /./,
  },
  {
    name: "a helper that is none",
    break: put("templates/newsletter/email.text.handlebars", "Hello\n\n{{shout data.x}}\n"),
    file: "templates/newsletter/email.text.handlebars",
    line: 3,
    says: /calls 'shout', which is no helper/,
  },
  {
    name: "a block that is not closed in a language",
    break: put("templates/welcome/de/email.html.handlebars", "<p>\n{{#each data.items}}\n</p>\n"),
    file: "templates/welcome/de/email.html.handlebars",
    line: 4,
    says: /./,
  },
  {
    name: "a block that is not closed in a partial",
    break: put("partials/link.html.handlebars", "x\n{{#if url}}\n"),
    file: "partials/link.html.handlebars",
    line: 3,
    says: /./,
  },
  {
    name: "a subject of two lines",
    break: put("templates/newsletter/email.subject.handlebars", "one\ntwo\n"),
    file: "templates/newsletter/email.subject.handlebars",
    line: 1,
    says: /control characters/,
  },
  {
    name: "a mail without a subject",
    break: (root) => remove(root, "templates/newsletter/email.subject.handlebars"),
    file: "templates/newsletter/email.html.handlebars",
    line: 1,
    says: /email.subject is missing/,
  },
  {
    name: "a text of a channel that is none",
    break: put("templates/newsletter/emial.text.handlebars", "x"),
    file: "templates/newsletter/emial.text.handlebars",
    line: 1,
    says: /did you mean `email`/,
  },
  {
    name: "a file with an odd name",
    break: put("templates/newsletter/text.handlebars", "x"),
    file: "templates/newsletter/text.handlebars",
    line: 1,
    says: /no name that is known here/,
  },
  {
    name: "an ICU message that does not end",
    break: put("templates/welcome/messages/de.yaml", "hello: Hallo\nitems: '{count, plural, one {eins} other {'\n"),
    file: "templates/welcome/messages/de.yaml",
    line: 2,
    says: /items/,
  },
  {
    name: "an attachment that is not there",
    break: put(
      "templates/welcome/template.yaml",
      "layout: base\nemail:\n  attachments:\n    - { filename: a.txt, contentType: text/plain, file: a.text }\n",
    ),
    file: "templates/welcome/template.yaml",
    line: 4,
    says: /there is no file a\.text/,
  },
  {
    name: "a language that is none",
    break: put("templates/welcome/german_x/email.subject.handlebars", "x"),
    file: "templates/welcome/german_x/email.subject.handlebars",
    line: 1,
    says: /locale/i,
  },
];

export const files: BrokenFolder[] = [
  {
    name: "a file where nothing is looked for",
    break: put("workflow.yaml", "category: news\n"),
    file: "workflow.yaml",
    line: 1,
    says: /in no place/,
  },
  {
    name: "a workflow whose name is no key",
    break: put("workflows/my flow.yaml", flow(`steps: [${step}]\n`)),
    file: "workflows/my flow.yaml",
    line: 1,
    says: /not a key/,
  },
  {
    name: "a file that is too large",
    break: put("workflows/x.yaml", `# ${"x".repeat(1_100_000)}\n`),
    file: "workflows/x.yaml",
    line: 1,
    says: /larger than/,
  },
  {
    name: "a file that is no text",
    break: put("workflows/x.yaml", Buffer.from([0xff, 0xfe, 0x00])),
    file: "workflows/x.yaml",
    line: 1,
    says: /not UTF-8/,
  },
  {
    name: "a link that leads out",
    break: (root) => link(root, "categories.yml", "/etc/hostname"),
    file: "categories.yml",
    line: 1,
    says: /leads out of the folder/,
  },
  {
    name: "sample data of another form",
    break: put("templates/welcome/sample.yaml", "data: {}\nreciepient: {}\n"),
    file: "templates/welcome/sample.yaml",
    line: 2,
    says: /did you mean `recipient`/,
  },
];
