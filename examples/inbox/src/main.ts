import { randomBytes } from "node:crypto";
import { Tidings } from "@tidings/client";
import { Sessions } from "./session.ts";
import { createSite } from "./site.ts";

const tidingsUrl = process.env["TIDINGS_URL"] ?? "http://127.0.0.1:4400";
const tidings = new Tidings({ baseUrl: tidingsUrl, apiKey: process.env["TIDINGS_API_KEY"] ?? "" });
const site = createSite({ tidings, tidingsUrl, sessions: new Sessions(randomBytes(32)) });

for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => void site.close());
const address = await site.listen({ host: "127.0.0.1", port: Number(process.env["SITE_PORT"] ?? "4600") });
process.stdout.write(`The site is open: ${address}\n`);
