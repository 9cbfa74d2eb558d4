import type { FastifyInstance } from "fastify";
import { TidingsError } from "../errors.ts";
import { bodyDepthOf } from "./body-bounds.ts";
import { parseJsonBody } from "./json-body.ts";

/** JSON alone, in UTF-8 and as it is: a compressed body could grow without end. */
export function acceptJson(app: FastifyInstance, depthMax: number): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, (request, bytes, done) => {
    const encoding = request.headers["content-encoding"];
    if (encoding !== undefined && encoding !== "identity") return done(new TidingsError("unsupported_media_type"));
    if (bytes.length === 0) return done(null, undefined);
    try {
      const depth = bodyDepthOf(request.routeOptions.config?.operation ?? "", depthMax);
      done(null, parseJsonBody(Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes), depth));
    } catch (error) {
      done(error instanceof Error ? error : new TidingsError("internal"));
    }
  });
}
