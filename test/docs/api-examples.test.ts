import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Route } from "@tidings/contract/route";
import { type RouteExample, routeExamples, someId } from "@tidings/contract/route-examples";
import { routes } from "@tidings/contract/routes";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { z } from "zod";
import { Api } from "../harness/api.ts";
import { stopChild } from "../harness/child.ts";
import { type ServerProcess, startServerProcess } from "../harness/server-process.ts";

/** The examples of the reference and of openapi.json, called in their order on a server that has nothing. */

const folder = mkdtempSync(join(tmpdir(), "tidings examples "));
const answerSchema = z.looseObject({
  id: z.string().optional(),
  items: z.array(z.looseObject({ id: z.string().optional() })).optional(),
});
let server: ServerProcess;
let api: Api;

beforeAll(async () => {
  server = await startServerProcess(join(folder, "data"));
  api = new Api(server.url);
});
afterAll(async () => {
  await api.close();
  await stopChild(server);
  rmSync(folder, { recursive: true, force: true });
});

/** Where a fresh server has nothing that the example could name. */
const namesNothing = new Set(["getDeadLetter", "resendWebhookDelivery"]);

function pathOf(route: Route, { path = {}, query = {} }: RouteExample, lastId: string): string {
  const filled = route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = path[name] ?? "";
    return encodeURIComponent(value === someId ? lastId : value);
  });
  const search = new URLSearchParams(query).toString();
  return search === "" ? filled : `${filled}?${search}`;
}

async function call(route: Route, example: RouteExample, lastId: string) {
  const { status, json } = await api.call(route.method, pathOf(route, example, lastId), example.body, example.headers);
  return { status, json, answer: answerSchema.parse(json ?? {}) };
}

test("every example answers as the contract says", async () => {
  /** Of each tag the id of what was made last. */
  const made = new Map<string, string>();
  let called = 0;
  for (const [operation, example] of Object.entries(routeExamples)) {
    const route = routes.find((each) => each.operation === operation);
    if (route === undefined || route.open === true) continue;
    const lastId = made.get(route.tag) ?? someId;
    const { status, json, answer } = await call(route, example, lastId);
    const wanted = namesNothing.has(operation) ? 404 : route.status;
    expect(status, `${operation} gave ${JSON.stringify(json)}`).toBe(wanted);
    if (wanted === route.status && route.response !== undefined) {
      expect(route.response.safeParse(json).error, operation).toBeUndefined();
    }
    called += 1;
    if (answer.id !== undefined && /^(create|send|start|replay)/.test(operation)) made.set(route.tag, answer.id);
    if (operation === "listMessages") made.set(route.tag, await firstMessage(route, example));
  }
  expect(called).toBeGreaterThan(30);
});

/** Messages come a moment after their event's answer. */
async function firstMessage(route: Route, example: RouteExample): Promise<string> {
  const list = async () => (await call(route, example, someId)).answer.items?.[0]?.id;
  return (await vi.waitUntil(list, { timeout: 10_000 })) ?? someId;
}
