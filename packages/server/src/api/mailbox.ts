import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { TidingsError } from "../errors.ts";
import type { ApiDependencies } from "./dependencies.ts";
import type { Environments } from "./environments.ts";
import { entryPage, listPage, type MailboxView, type Page } from "./mailbox-page.ts";
import { parameter, valid } from "./validation.ts";

/** Messages that the list shows. */
const listLength = 100;

const querySchema = z.object({
  token: z.string().max(255).optional(),
  refresh: z.coerce.number().int().min(0).max(3600).optional(),
});

type MailboxDependencies = Pick<ApiDependencies, "mailbox" | "mailboxToken">;

/** The sandbox's page. Its token stands in the URL, so nothing may cache the page or be told where it was linked from. */
export function registerMailbox(
  app: FastifyInstance,
  { mailbox, mailboxToken }: MailboxDependencies,
  environments: Environments,
) {
  const opened = (request: FastifyRequest): MailboxView => {
    const { token, refresh = 0 } = valid(querySchema, request.query);
    const environment = parameter(request, "environment");
    if (token === undefined || !mailboxToken(environment, token)) {
      throw new TidingsError("unauthorized", { detail: "The token of this page is missing or wrong" });
    }
    return { environment, token, refreshSeconds: refresh };
  };

  app.get("/sandbox/:environment", { config: { operation: "sandbox" } }, async (request, reply) => {
    const view = opened(request);
    const entries = await mailbox.list(await environments.idOf(view.environment), listLength);
    return send(reply, listPage(view, entries));
  });

  app.get("/sandbox/:environment/:id", { config: { operation: "sandbox" } }, async (request, reply) => {
    const view = opened(request);
    const entry = await mailbox.find(await environments.idOf(view.environment), parameter(request, "id"));
    if (entry === undefined) throw new TidingsError("not_found");
    return send(reply, entryPage(view, entry));
  });
}

function send(reply: FastifyReply, { html, contentSecurityPolicy }: Page): FastifyReply {
  return reply
    .header("content-type", "text/html; charset=utf-8")
    .header("content-security-policy", contentSecurityPolicy)
    .header("x-content-type-options", "nosniff")
    .header("referrer-policy", "no-referrer")
    .header("cache-control", "no-store")
    .send(html);
}
