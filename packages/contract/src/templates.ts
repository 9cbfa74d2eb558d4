import { z } from "zod";
import { bodyText, line } from "./text.ts";

const templateText = bodyText(500_000);
const templateLine = line(998);

/** Body of `PUT /v1/templates/{key}`: per channel what its messages are made of. */
export const templateBodySchema = z
  .strictObject({
    name: line(200).optional(),
    engine: z.literal("handlebars").optional(),
    email: z
      .strictObject({ subject: templateLine, text: templateText.optional(), html: templateText.optional() })
      .refine((mail) => mail.text !== undefined || mail.html !== undefined, { error: "needs text or html" })
      .optional(),
    sms: z.strictObject({ text: templateText }).optional(),
    push: z.strictObject({ title: templateLine.optional(), text: templateText }).optional(),
    in_app: z.strictObject({ title: templateLine.optional(), text: templateText }).optional(),
    chat: z.strictObject({ text: templateText }).optional(),
    voice: z.strictObject({ text: templateText }).optional(),
    /** Template of a JSON text; left out, the call carries the event's data. */
    webhook: z.strictObject({ body: templateText.optional() }).optional(),
  })
  .refine((body) => Object.keys(body).some((key) => key !== "name" && key !== "engine"), {
    error: "needs content for at least one channel",
  });
export type TemplateBody = z.infer<typeof templateBodySchema>;
