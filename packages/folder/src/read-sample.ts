import { z } from "zod";
import type { FolderFault } from "./fault.ts";
import { type FolderFile, textOf } from "./list-files.ts";
import type { Sample } from "./reading.ts";
import { YamlFile } from "./yaml-file.ts";

const facts = z.record(z.string(), z.unknown()).optional();

/** What `sample.yaml` holds; it is read for previews and never sent with the template. */
export const sampleSchema = z.strictObject({ data: facts, recipient: facts, tenant: facts });

export function readSample(key: string, file: FolderFile, samples: Map<string, Sample>, faults: FolderFault[]): void {
  const text = textOf(file, faults);
  if (text === undefined) return;
  const yaml = new YamlFile(file.path, text);
  const mapping = yaml.mapping(faults);
  if (mapping === undefined) return;
  const faultsBefore = faults.length;
  yaml.parse(sampleSchema, mapping, [], faults);
  if (faults.length === faultsBefore) samples.set(key, sampleSchema.parse(mapping));
}
