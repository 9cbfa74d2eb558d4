import type { Form } from "./field-compiler.ts";
import type { FieldMaker, Step } from "./field-maker.ts";
import type { Laid } from "./locales.ts";

type TextTarget = "subject" | "text" | "body";

/** The step that renders a field as it is; none where the field is not there. */
export function step(
  target: TextTarget,
  form: Form,
  source: string | undefined,
  pathOf: (name: string) => string,
  make: FieldMaker,
  name: string = target,
): Step[] {
  if (source === undefined) return [];
  const render = make.field({ field: pathOf(name) }, form, source);
  return [
    (facts, content) => {
      content[target] = render(facts);
    },
  ];
}

/** Of a message with a title, which is its subject. */
export function titledSteps(
  { fields, pathOf }: Laid<{ title?: string | undefined; text: string }>,
  make: FieldMaker,
): Step[] {
  return [
    ...step("subject", "line", fields.title, pathOf, make, "title"),
    ...step("text", "text", fields.text, pathOf, make),
  ];
}
