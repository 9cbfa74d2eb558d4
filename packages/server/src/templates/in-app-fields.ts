import type { TemplateBody } from "@tidings/contract/templates";
import type { FieldMaker, Step } from "./field-maker.ts";
import { known, safeLink } from "./links.ts";
import type { Laid } from "./locales.ts";
import { titledSteps } from "./text-steps.ts";

/** Title, text, links, buttons and values of an in-app message. */
export function inAppSteps({ fields, pathOf }: Laid<NonNullable<TemplateBody["in_app"]>>, make: FieldMaker): Step[] {
  const { url, imageUrl, actions = [], data } = fields;
  const line = (name: string, source: string) => make.field({ field: pathOf(name) }, "line", source);
  const link = (name: string, source: string | undefined) =>
    source === undefined ? () => undefined : safeLink(pathOf(name), source, line(name, source));
  const renderUrl = link("url", url);
  const renderImageUrl = link("imageUrl", imageUrl);
  const place = pathOf("actions");
  const buttons = actions.map(({ key, label, url: target }, index) => {
    const path = `${place}[${index}]`;
    const field = (name: string, source: string) => make.field({ field: `${path}.${name}` }, "line", source);
    const renderTarget = target === undefined ? () => undefined : safeLink(`${path}.url`, target, field("url", target));
    return { key, label: field("label", label), url: renderTarget };
  });
  const values = Object.entries(data ?? {}).map(
    ([name, source]) => [name, make.field({ field: `${pathOf("data")}.${name}` }, "text", source)] as const,
  );
  const steps = titledSteps({ fields, pathOf }, make);
  if (url === undefined && imageUrl === undefined && buttons.length === 0 && values.length === 0) return steps;
  steps.push((facts, content) => {
    content.inApp = {
      ...known("url", renderUrl(facts)),
      ...known("imageUrl", renderImageUrl(facts)),
      ...(buttons.length === 0
        ? {}
        : {
            actions: buttons.map((button) => ({
              key: button.key,
              label: button.label(facts),
              ...known("url", button.url(facts)),
            })),
          }),
      ...(values.length === 0
        ? {}
        : { data: Object.fromEntries(values.map(([name, render]) => [name, render(facts)])) }),
    };
  });
  return steps;
}
