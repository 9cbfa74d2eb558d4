import { expect, test } from "vitest";
import { DocumentSources } from "./document-sources.ts";
import { YamlFile } from "./yaml-file.ts";

const sources = new DocumentSources("templates/t");
sources.addYaml(
  [],
  new YamlFile(
    "t.yaml",
    "name: T\nemail:\n  attachments:\n    - { filename: a }\nin_app:\n  text: |\n    one\n    two\n",
  ),
);
sources.addFile(["email", "html"], "html");
sources.addFile(["locales", "de", "email", "html"], "de");
sources.addYaml(["messages", "de"], new YamlFile("messages.yaml", "hello: x\nbye: y\n"));

test.each<[string, (string | number)[], number | undefined, string]>([
  ["a field in a file of its own", ["email", "html"], 7, "html:7:1"],
  ["a field of the document's file", ["email", "attachments", 0, "filename"], undefined, "t.yaml:4:19"],
  ["a field that is missing beside others", ["email", "attachments", 0, "content"], undefined, "t.yaml:4:7"],
  ["a line of a block", ["in_app", "text"], 2, "t.yaml:8:1"],
  ["a field of a language that is missing", ["locales", "de", "email", "subject"], undefined, "de:1:1"],
  ["a message", ["messages", "de", "bye"], undefined, "messages.yaml:2:6"],
  ["the document itself", [], undefined, "t.yaml:1:1"],
])("%s stands where it was written, or nearest to where it belongs", (_what, path, line, place) => {
  const found = sources.placeOf(path, line);
  expect(`${found.file}:${found.line}:${found.column}`).toBe(place);
});
