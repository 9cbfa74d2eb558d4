import { z } from "zod";
import { AwsSigner } from "../../lib/aws-signature.ts";
import type { OutboundResponse, ProviderEnvironment, SendContext } from "../../ports/provider.ts";
import { baseUrlSchema } from "../base-url.ts";

const visible = /^[\x21-\x7e]+$/;

/** What every integration with AWS takes. Keys stand in the settings; roles of machines are not looked up. */
export const awsAccount = {
  region: z
    .string()
    .max(40)
    .regex(/^[a-z]{2,4}(?:-[a-z]+)+-\d{1,2}$/, { error: "must be a region such as eu-central-1" }),
  accessKeyId: z.string().regex(/^\w{16,128}$/, { error: "must be 16 to 128 letters and digits" }),
  secretAccessKey: z.string().max(200).regex(visible, { error: "must be visible ASCII" }),
  /** Of credentials that end: somebody has to bring new ones in time. */
  sessionToken: z.string().max(8192).regex(visible, { error: "must be visible ASCII" }).optional(),
  /** Takes all calls in place of AWS's own hosts: those to the service, for certificates of reports, and to confirm a subscription. */
  baseUrl: baseUrlSchema.optional(),
};
export const awsSecrets = ["secretAccessKey", "sessionToken"] as const;

const accountSchema = z.object(awsAccount);
type AwsAccount = z.infer<typeof accountSchema>;

export interface AwsCall {
  method: "GET" | "POST";
  path: string;
  contentType?: string;
  body?: string;
}

/** One service of AWS, as an integration's account reaches it. */
export class AwsClient {
  readonly #base: string;
  readonly #signer: AwsSigner;
  readonly #environment: ProviderEnvironment;

  /** `host` is the first label of the service's host, `name` what it is called in signatures. */
  constructor(account: AwsAccount, service: { host: string; name: string }, environment: ProviderEnvironment) {
    const { region, baseUrl } = account;
    // docs.aws.amazon.com/general/latest/gr/rande.html: the regions of China have a domain of their own
    const domain = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
    this.#base = (baseUrl ?? `https://${service.host}.${region}.${domain}`).replace(/\/+$/, "");
    this.#signer = new AwsSigner(account, region, service.name);
    this.#environment = environment;
  }

  call({ method, path, contentType, body }: AwsCall, context: SendContext): Promise<OutboundResponse> {
    const url = this.#base + path;
    const own: Record<string, string> = contentType === undefined ? {} : { "content-type": contentType };
    const headers = this.#signer.sign({ method, url, headers: own, body }, this.#environment.clock.now());
    const rest = body === undefined ? {} : { body };
    const { timeoutMs, trace } = context;
    return this.#environment.http.request({ method, url, headers, ...rest, timeoutMs, trace });
  }
}
