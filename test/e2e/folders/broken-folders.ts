import type { BrokenFolder } from "./broken-folder.ts";
import { references, secrets } from "./broken-references.ts";
import { files, texts } from "./broken-texts.ts";
import { typescript } from "./broken-typescript.ts";
import { yaml } from "./broken-yaml.ts";

export const brokenFolders: readonly BrokenFolder[] = [
  ...yaml,
  ...references,
  ...secrets,
  ...texts,
  ...files,
  ...typescript,
];
