import type { Json } from "@tidings/contract/data";

/**
 * The TypeScript type of what a JSON Schema admits, for schemas written as a literal (`as const`): `type` (one or
 * several), `properties`, `required`, `additionalProperties`, `items`, `enum`, `const`, `nullable` (OpenAPI 3.0), `anyOf`,
 * `oneOf` and `allOf`. What it does not know, such as `$ref`, is any JSON: a type may be wider than its schema, never
 * narrower. The server checks the rest.
 *
 * @example
 * type Order = DataOf<{
 *   type: "object";
 *   properties: { id: { type: "string" }; total: { type: "number" } };
 *   required: ["id"];
 * }>; // { id: string; total?: number }
 */
export type DataOf<Schema> = Schema extends { readonly nullable: true } ? Typed<Schema> | null : Typed<Schema>;

type Typed<Schema> = Schema extends { readonly const: infer Value }
  ? Plain<Value>
  : Schema extends { readonly enum: readonly (infer Value)[] }
    ? Plain<Value>
    : Schema extends { readonly anyOf: readonly (infer Each)[] }
      ? Distributed<Each>
      : Schema extends { readonly oneOf: readonly (infer Each)[] }
        ? Distributed<Each>
        : Schema extends { readonly allOf: infer All extends readonly unknown[] }
          ? AllOf<All>
          : Schema extends { readonly type: readonly (infer Type)[] }
            ? OfType<Type, Schema>
            : Schema extends { readonly type: infer Type }
              ? OfType<Type, Schema>
              : Schema extends { readonly properties: unknown }
                ? OfType<"object", Schema>
                : Json;

/** Distributes over several types. */
type OfType<Type, Schema> = Type extends "string"
  ? string
  : Type extends "number" | "integer"
    ? number
    : Type extends "boolean"
      ? boolean
      : Type extends "null"
        ? null
        : Type extends "array"
          ? ArrayOf<Schema>
          : Type extends "object"
            ? ObjectOf<Schema>
            : Json;

type Distributed<Schema> = Schema extends unknown ? DataOf<Schema> : never;
type AllOf<All extends readonly unknown[]> = All extends readonly [infer First, ...infer Rest]
  ? DataOf<First> & AllOf<Rest>
  : unknown;

type ArrayOf<Schema> = Schema extends { readonly items: infer Items extends object } ? DataOf<Items>[] : Json[];

type ObjectOf<Schema> = Schema extends { readonly properties: infer Properties }
  ? Flat<
      {
        -readonly [Name in keyof Properties as Name extends Required<Schema> ? Name : never]: DataOf<Properties[Name]>;
      } & {
        -readonly [Name in keyof Properties as Name extends Required<Schema> ? never : Name]?:
          | DataOf<Properties[Name]>
          | undefined;
      } & Further<Schema>
    >
  : {
      [name: string]: Schema extends { readonly additionalProperties: infer More extends object } ? DataOf<More> : Json;
    };

type Required<Schema> = Schema extends { readonly required: readonly (infer Name)[] } ? Name : never;

/**
 * Unknown properties are for the server to refuse or take: with an index signature beside them the known ones would
 * lose their checks.
 */
type Further<Schema> = Schema extends { readonly additionalProperties: true }
  ? { [name: string]: Json | undefined }
  : unknown;

/** A literal without its `readonly`. */
type Plain<Value> = Value extends object ? { -readonly [Name in keyof Value]: Plain<Value[Name]> } : Value;

/** An intersection as one object, as an editor should show it. */
type Flat<T> = { [Name in keyof T]: T[Name] };
