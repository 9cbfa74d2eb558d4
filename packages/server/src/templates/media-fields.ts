import type { FieldMaker, Step } from "./field-maker.ts";
import { webLink } from "./links.ts";

/** The step that adds addresses of pictures and files; what values made no http or https URL of is left out. */
export function mediaSteps(sources: readonly string[] | undefined, path: string, make: FieldMaker): Step[] {
  if (sources === undefined) return [];
  const links = sources.map((source, index) => {
    const field = `${path}[${index}]`;
    return webLink(field, source, make.field({ field }, "line", source));
  });
  return [
    (facts, content) => {
      const urls = links.flatMap((render) => render(facts) ?? []);
      if (urls.length > 0) content.mediaUrls = urls;
    },
  ];
}
