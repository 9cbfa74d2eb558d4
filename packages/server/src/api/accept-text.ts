import type { FastifyInstance } from "fastify";
import { TidingsError } from "../errors.ts";

/** A media type whose body a handler reads itself, as it comes and by its own limit; as it is: a compressed body could grow without end. */
export function acceptText(scope: FastifyInstance, mediaType: string): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser(mediaType, (request, payload, done) => {
    const encoding = request.headers["content-encoding"];
    if (encoding === undefined || encoding === "identity") return done(null, payload);
    done(new TidingsError("unsupported_media_type"));
  });
}
