import type { FetchRequest } from "@tidings/contract/workflows";
import type { Json } from "../domain/steps/step-kind.ts";

/** What the templates of a request may read. */
export interface RequestFacts {
  data: Record<string, unknown>;
  recipient: {
    id: string;
    locale?: string | undefined;
    timeZone?: string | undefined;
    attributes: Record<string, unknown>;
  };
  /** Results of earlier steps, by step. */
  steps: Readonly<Record<string, Json>>;
  tenant: { key: string } | undefined;
}

/** A request as it goes out. Names of headers are in lower case. */
export interface RenderedRequest {
  url: string;
  headers: Record<string, string>;
  body: string | undefined;
}

/** A request's templates, compiled once. Rendering is pure; it throws where a value does not fit its place. */
export type CompiledRequest = (facts: RequestFacts) => RenderedRequest;

export interface RequestTemplates {
  /** Throws an error that carries `field` and `line` where a source is broken. */
  compile(request: FetchRequest): CompiledRequest;
}
