import { readFile } from "node:fs/promises";
import type { Tidings } from "@tidings/client";
import Fastify, { type FastifyInstance } from "fastify";
import { z } from "zod";
import { securityHeaders } from "./headers.ts";
import { importMap, readModule } from "./modules.ts";
import type { Sessions } from "./session.ts";

export interface SiteOptions {
  tidings: Tidings;
  /** Where the page finds Tidings. */
  tidingsUrl: string;
  sessions: Sessions;
}

/** A token lives for ten minutes; the page asks for the next one by itself. */
const tokenSeconds = 600;
/** A comment waits for Tidings through a restart. The SDK gives all its attempts one key: it arrives once. */
const patience = { retries: 10, callTimeoutMs: 30_000 };
const name = z.string().regex(/^[a-z]{1,50}$/);
const userSchema = z.object({ user: name });
const commentSchema = z.object({ to: name, text: z.string().trim().min(1).max(500) });
const assetTypes: Readonly<Record<string, string>> = {
  "inbox.css": "text/css",
  "inbox.js": "text/javascript",
  "items.js": "text/javascript",
  "no-eval.js": "text/javascript",
};

const asset = (file: string): Promise<string> => readFile(new URL(`../public/${file}`, import.meta.url), "utf8");

/** A site with people who are signed in, comments, and an inbox on its page. */
export function createSite({ tidings, tidingsUrl, sessions }: SiteOptions): FastifyInstance {
  const app = Fastify({ logger: { level: "warn" } });
  const headers = securityHeaders(tidingsUrl, importMap);
  app.addHook("onRequest", async (_request, reply) => void reply.headers(headers));
  app.addContentTypeParser("application/x-www-form-urlencoded", { parseAs: "string" }, (_request, body, done) => {
    done(null, Object.fromEntries(new URLSearchParams(String(body))));
  });

  app.get("/", async (request, reply) => {
    const user = sessions.userOf(request.headers.cookie);
    reply.type("text/html; charset=utf-8").header("cache-control", "no-store");
    if (user === undefined) return asset("sign-in.html");
    const page = await asset("index.html");
    return page
      .replace('"%IMPORT_MAP%"', () => importMap)
      .replace("%TIDINGS_URL%", () => tidingsUrl)
      .replaceAll("%USER%", () => user);
  });

  app.post("/sign-in", async (request, reply) => {
    const body = userSchema.safeParse(request.body);
    if (!body.success) return reply.code(400).send({});
    return reply.header("set-cookie", sessions.cookieOf(body.data.user)).redirect("/", 303);
  });

  /** The page gets a token for the inbox of whoever is signed in, and for no other. */
  app.post("/inbox-token", async (request, reply) => {
    const user = sessions.userOf(request.headers.cookie);
    if (user === undefined) return reply.code(401).send({});
    const { token } = await tidings.recipients.createInboxToken(user, { ttlSeconds: tokenSeconds });
    return reply.type("text/plain").header("cache-control", "no-store").send(token);
  });

  app.post("/comments", async (request, reply) => {
    const from = sessions.userOf(request.headers.cookie);
    if (from === undefined) return reply.code(401).send({});
    const body = commentSchema.safeParse(request.body);
    if (!body.success) return reply.code(400).send({});
    const { to, text } = body.data;
    await tidings.events.send("comment.added", { recipients: [{ id: to }], data: { from, text } }, patience);
    return reply.code(202).send({});
  });

  app.get("/:file", async (request, reply) => {
    const { file } = z.object({ file: z.string() }).parse(request.params);
    const type = Object.hasOwn(assetTypes, file) ? assetTypes[file] : undefined;
    if (type === undefined) return reply.code(404).send({});
    return reply.type(`${type}; charset=utf-8`).send(await asset(file));
  });

  app.get("/modules/:name/*", async (request, reply) => {
    const { name, "*": path } = z.object({ name: z.string(), "*": z.string() }).parse(request.params);
    const text = await readModule(name, path);
    if (text === undefined) return reply.code(404).send({});
    return reply.type("text/javascript; charset=utf-8").send(text);
  });
  return app;
}
