import type { TemplateBody } from "@tidings/contract/templates";
import type { RenderedPush } from "../ports/provider.ts";
import type { TemplateFacts } from "../ports/template-engine.ts";
import type { FieldMaker, Step } from "./field-maker.ts";
import { type RenderOptional, webLink } from "./links.ts";
import type { Laid } from "./locales.ts";
import { titledSteps } from "./text-steps.ts";

/** Title, text, links, values and what a device does with a push message. */
export function pushSteps({ fields, pathOf }: Laid<NonNullable<TemplateBody["push"]>>, make: FieldMaker): Step[] {
  const { url, imageUrl, data = {}, badge, sound, collapseKey } = fields;
  const line = (name: string, source: string | undefined) =>
    source === undefined ? undefined : make.field({ field: pathOf(name) }, "line", source);
  const link = (name: string, source: string | undefined): RenderOptional | undefined => {
    const render = line(name, source);
    return source === undefined || render === undefined ? undefined : webLink(pathOf(name), source, render);
  };
  const texts = {
    url: link("url", url),
    imageUrl: link("imageUrl", imageUrl),
    sound: line("sound", sound),
    collapseKey: line("collapseKey", collapseKey),
  };
  const renderBadge = line("badge", badge);
  const values = Object.entries(data).map(
    ([name, source]) => [name, make.field({ field: `${pathOf("data")}.${name}` }, "text", source)] as const,
  );
  const steps = titledSteps({ fields, pathOf }, make);
  if (values.length === 0 && renderBadge === undefined && Object.values(texts).every((one) => one === undefined))
    return steps;
  const put = (facts: TemplateFacts, push: RenderedPush, name: keyof typeof texts): void => {
    const text = texts[name]?.(facts);
    if (text !== undefined && text !== "") push[name] = text;
  };
  steps.push((facts, content) => {
    const push: RenderedPush = {};
    for (const name of ["url", "imageUrl", "sound", "collapseKey"] as const) put(facts, push, name);
    const number = renderBadge?.(facts).trim() ?? "";
    if (/^\d{1,9}$/.test(number)) push.badge = Number(number);
    if (values.length > 0) push.data = Object.fromEntries(values.map(([name, render]) => [name, render(facts)]));
    if (Object.keys(push).length > 0) content.push = push;
  });
  return steps;
}
