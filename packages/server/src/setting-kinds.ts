import { z } from "zod";

/* The kinds of settings: each is a schema that knows its name, unit, default and limit, for documentation and faults. */

export interface SettingInfo {
  name: string;
  unit: string;
  /** As it would be written in the environment; empty where there is none. */
  default: string;
  limit: string;
  secret: boolean;
  description: string;
}

export const infos = z.registry<SettingInfo>();

type Range = readonly [min: number, max: number];

/** A whole number in a range. */
export function whole(name: string, unit: string, initial: number, [min, max]: Range, description: string) {
  const limit = `a whole number from ${min} to ${max}`;
  return z
    .string()
    .refine((text) => /^\d{1,15}$/.test(text) && Number(text) >= min && Number(text) <= max, {
      error: `must be ${limit}`,
    })
    .transform(Number)
    .default(initial)
    .register(infos, { name, unit, default: String(initial), limit, secret: false, description });
}

/** A part of a whole, from 0 to 1. */
export function ratio(name: string, initial: number, description: string) {
  const limit = "a number from 0 to 1";
  return z
    .string()
    .refine((text) => /^(0|1|0?\.\d{1,12}|1\.0{1,12})$/.test(text), { error: `must be ${limit}, such as 0.25` })
    .transform(Number)
    .default(initial)
    .register(infos, { name, unit: "", default: String(initial), limit, secret: false, description });
}

export function flag(name: string, initial: boolean, description: string) {
  return z
    .enum(["true", "false"], { error: "must be true or false" })
    .transform((text) => text === "true")
    .default(initial)
    .register(infos, { name, unit: "", default: String(initial), limit: "true or false", secret: false, description });
}

export function text(name: string, initial: string, description: string) {
  return z.string().max(4096, { error: "must have at most 4096 characters" }).default(initial).register(infos, {
    name,
    unit: "",
    default: initial,
    limit: "at most 4096 characters",
    secret: false,
    description,
  });
}

export function optionalText(name: string, schema: z.ZodString, limit: string, secret: boolean, description: string) {
  return schema.optional().register(infos, { name, unit: "", default: "", limit, secret, description });
}

export function oneOf<const T extends readonly string[]>(
  name: string,
  values: T,
  initial: T[number],
  description: string,
) {
  const limit = `one of ${values.join(", ")}`;
  return z
    .string()
    .pipe(z.enum(values, { error: `must be ${limit}` }))
    .default(() => initial)
    .register(infos, { name, unit: "", default: initial, limit, secret: false, description });
}
