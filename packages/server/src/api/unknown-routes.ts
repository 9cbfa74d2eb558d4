import { routes } from "@tidings/contract/routes";
import type { FastifyInstance } from "fastify";
import { TidingsError } from "../errors.ts";
import { sendProblem } from "./problem.ts";

/** Paths of the contract as patterns, each with the methods that it knows. */
function knownPaths(): { pattern: RegExp; methods: string[] }[] {
  const methods = new Map<string, string[]>();
  for (const { path, method } of routes) methods.set(path, [...(methods.get(path) ?? []), method]);
  return [...methods].map(([path, known]) => ({
    pattern: new RegExp(`^${path.replaceAll(".", "\\.").replaceAll(/\{\w+\}/g, "[^/]+")}$`),
    methods: known.includes("GET") ? ["HEAD", ...known] : known,
  }));
}

/** 405 with `Allow` where the path is known, else 404. */
export function answerUnknownRoutes(app: FastifyInstance): void {
  const paths = knownPaths();
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split("?", 1)[0] ?? "";
    const allowed = new Set(paths.flatMap(({ pattern, methods }) => (pattern.test(path) ? methods : [])));
    if (allowed.size === 0)
      return sendProblem(new TidingsError("not_found", { detail: "There is no such path" }), request, reply);
    reply.header("allow", [...allowed].sort().join(", "));
    return sendProblem(new TidingsError("method_not_allowed"), request, reply);
  });
}
