import { expect, test } from "vitest";
import { routeExamples } from "./route-examples.ts";
import { routes } from "./routes.ts";

const withExample = routes.flatMap((route) => {
  const example = routeExamples[route.operation];
  return example === undefined ? [] : [{ ...route, example }];
});

test("every example is of a route", () => {
  expect(Object.keys(routeExamples).sort()).toEqual(withExample.map(({ operation }) => operation).sort());
});

test.each(withExample.filter(({ body }) => body !== undefined))("the body of $operation is valid", (route) => {
  expect(route.body?.safeParse(route.example.body).error).toBeUndefined();
});

test.each(withExample.filter(({ query }) => query !== undefined))("the query of $operation is valid", (route) => {
  expect(route.query?.safeParse(route.example.query ?? {}).error).toBeUndefined();
});

test.each(withExample)("$operation fills the path, and knows its headers", ({ path, headers = {}, example }) => {
  expect(Object.keys(example.path ?? {})).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
  for (const name of Object.keys(example.headers ?? {})) expect(headers).toHaveProperty(name);
});
