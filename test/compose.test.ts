import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { defaultConfig, describeSettings } from "../packages/server/src/config.ts";

/** compose.yaml and deploy/Dockerfile, as far as a reader of YAML can tell: the tests start no containers. */

const root = new URL("../", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), "utf8");

const serviceSchema = z.object({
  image: z.string(),
  build: z.object({ context: z.string(), dockerfile: z.string() }).optional(),
  environment: z.record(z.string(), z.string()),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  depends_on: z.record(z.string(), z.object({ condition: z.literal("service_healthy") })).default({}),
  healthcheck: z.union([z.object({ test: z.array(z.string()) }), z.object({ disable: z.literal(true) })]).optional(),
});
const fileSchema = z.object({
  services: z.record(z.string(), serviceSchema),
  volumes: z.record(z.string(), z.unknown()).default({}),
});

const parsed = (path: string) => fileSchema.parse(parse(read(path), { merge: true }));
const product = parsed("compose.yaml");
const servers = parsed("compose.services.yaml");
const ours = Object.entries(product.services).filter(([, { build }]) => build !== undefined);
const settings = new Set(describeSettings().map(({ name }) => name));

describe("compose.yaml", () => {
  test("runs each role in a process of its own", () => {
    const roles = ours.map(([name, { environment }]) => [name, environment["TIDINGS_ROLES"]]);
    expect(roles).toEqual(defaultConfig().process.roles.map((role) => [role, role]));
  });

  test("names settings that there are, and no variable of ours that is none", () => {
    const named = new Set(read("compose.yaml").match(/TIDINGS_[A-Z0-9_]+/g));
    expect([...named].filter((name) => !settings.has(name))).toEqual([]);
    expect(named.size).toBeGreaterThan(5);
  });

  test("has no secret that could be left as it is: each is asked for", () => {
    const secret = new Set(describeSettings().flatMap(({ name, secret: isSecret }) => (isSecret ? [name] : [])));
    // A URL without a user holds no secret.
    const isSecret = (name: string, value: string): boolean =>
      (secret.has(name) && !/^\w+:\/\/[^@]+$/.test(value)) || /PASSWORD|SECRET|_KEY$/.test(name);
    for (const [service, { environment }] of Object.entries(product.services))
      for (const [name, value] of Object.entries(environment))
        if (isSecret(name, value))
          expect([service, name, value]).toEqual([service, name, expect.stringMatching(/\$\{[A-Z_]+:\?[^}]+\}/)]);
  });

  test("pins every image to a version", () => {
    const images = [product, servers].flatMap(({ services }) => Object.values(services).map(({ image }) => image));
    const bases = [...read("deploy/Dockerfile").matchAll(/^FROM (\S+)/gm)].map(([, image = ""]) => image);
    for (const image of [...images, ...bases]) expect(image).toMatch(/^[a-z/]+:\d+\.\d+(\.\d+)?(-[a-z-]+)?$/);
    expect(bases).toHaveLength(2);
  });

  test("waits for services that there are, and whose health is looked at", () => {
    for (const [name, { depends_on: needed }] of ours) {
      expect([name, Object.keys(needed).toSorted()]).toEqual([name, ["kafka", "postgres"]]);
      for (const service of Object.keys(needed)) expect(product.services[service]?.healthcheck).toHaveProperty("test");
    }
  });

  test("listens where the settings say, on this machine alone", () => {
    const { port } = defaultConfig().api;
    expect(product.services["api"]?.ports).toEqual([`127.0.0.1:${port}:${port}`]);
    expect(product.services["api"]?.environment["TIDINGS_PORT"]).toBe(String(port));
    expect(read("deploy/Dockerfile")).toContain(`EXPOSE ${port}\n`);
    for (const { services } of [product, servers])
      for (const { ports } of Object.values(services))
        for (const mapping of ports) expect(mapping).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  });

  test("reaches the database and the broker by the names and ports of their services", () => {
    const { api, kafka, postgres } = product.services;
    const url = new URL(api?.environment["TIDINGS_DATABASE_URL"]?.replace(/\$\{[^}]+\}/, "x") ?? "");
    expect([url.host, url.username, url.pathname]).toEqual(["postgres:5432", "tidings", "/tidings"]);
    expect(postgres?.environment).toMatchObject({ POSTGRES_USER: "tidings", POSTGRES_DB: "tidings" });
    const broker = new URL(api?.environment["TIDINGS_QUEUE_URL"] ?? "").host;
    expect(kafka?.environment["KAFKA_ADVERTISED_LISTENERS"]).toBe(`PLAINTEXT://${broker}`);
  });

  test("mounts volumes that it declares and folders that there are", () => {
    for (const { services, volumes } of [product, servers])
      for (const mount of Object.values(services).flatMap((service) => service.volumes)) {
        const [from = ""] = mount.split(":");
        expect([mount, from.startsWith("./") ? existsSync(new URL(from, root)) : from in volumes]).toEqual([
          mount,
          true,
        ]);
      }
  });

  test("is built from files that there are", () => {
    for (const [, { build }] of ours) expect(existsSync(new URL(build?.dockerfile ?? "", root))).toBe(true);
    expect(read("deploy/Dockerfile")).toContain("packages/server/dist/main.js");
  });
});
