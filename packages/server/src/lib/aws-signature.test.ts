import { expect, test } from "vitest";
import { type AwsRequest, AwsSigner } from "./aws-signature.ts";

/*
 * Names and the keys are those of AWS's own suite of signature vectors; the signatures were made with @smithy/signature-v4
 * 5.x, which signs for AWS's clients (test/vendors/aws-signature.test.ts makes many more of them anew).
 */
const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };
const now = Date.parse("2015-08-30T12:36:00.789Z");
const origin = "https://example.amazonaws.com";

const sign = (request: Partial<AwsRequest>, sessionToken?: string) =>
  new AwsSigner({ ...credentials, sessionToken }, "us-east-1", "service").sign(
    { method: "GET", url: `${origin}/`, headers: {}, ...request },
    now,
  );

test.each<[string, Partial<AwsRequest>, string, string]>([
  ["get-vanilla", {}, "host;x-amz-date", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"],
  [
    "post-x-www-form-urlencoded",
    { method: "POST", headers: { "Content-Type": "application/x-www-form-urlencoded" }, body: "Param1=value1" },
    "content-type;host;x-amz-date",
    "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
  ],
  [
    "keys and values out of order in the query",
    { url: `${origin}/?Param2=value2&Param1=value2&Param1=value1` },
    "host;x-amz-date",
    "a7ccf0f7ae228c6cc2d3105dbf76f61e5f261f2b8dd7cea8444b37508e463435",
  ],
  [
    "a path that is sent encoded",
    { url: `${origin}/%E1%88%B4/a%20b` },
    "host;x-amz-date",
    "9ce58cc1ce2cc3a2388a68b96ac805167dcfc7d34fcd030c5c079032d80be1b3",
  ],
  [
    "slashes",
    { url: `${origin}//example//` },
    "host;x-amz-date",
    "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84",
  ],
  [
    "marks that encodeURIComponent leaves",
    { url: `${origin}/?-._~09AZaz=!'()*%2F%20%2B%C3%A9` },
    "host;x-amz-date",
    "cc83f1c89cbb1910c705b66e428888f2ad7ccae3d444c9cff173cea4026309c4",
  ],
  [
    "get-header-value-trim, and a header that is not signed",
    { headers: { "My-Header1": "  value1  ", "My-header2": ' "a   b   c"  ', "User-Agent": "x" } },
    "host;my-header1;my-header2;x-amz-date",
    "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
  ],
])("%s has the signature that AWS's own library gives it", (_name, request, names, signature) => {
  const headers = sign(request);
  expect(headers).toMatchObject({ ...request.headers, "x-amz-date": "20150830T123600Z" });
  expect(headers["authorization"]).toBe(
    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, " +
      `SignedHeaders=${names}, Signature=${signature}`,
  );
  expect(headers).not.toHaveProperty("x-amz-security-token");
});

test("a session's token is sent, and signed", () => {
  const headers = sign({ method: "POST" }, "AQoDYXdzEPT//////////wEXAMPLE");
  expect(headers["x-amz-security-token"]).toBe("AQoDYXdzEPT//////////wEXAMPLE");
  expect(headers["authorization"]).toContain("SignedHeaders=host;x-amz-date;x-amz-security-token, ");
  expect(headers["authorization"]).toContain("997fca65d08f4072d2c61b34906c6c8e83179f706ce49ad9dbb7c41659dc53cc");
});

test("a signer goes on over midnight with the next day's key", () => {
  const signer = new AwsSigner(credentials, "us-east-1", "service");
  const request = { method: "GET", url: `${origin}/`, headers: {} };
  const over = (at: number) => new AwsSigner(credentials, "us-east-1", "service").sign(request, at);
  for (const at of [now, now + 86_400_000, now]) expect(signer.sign(request, at)).toEqual(over(at));
  expect(signer.sign(request, now)["authorization"]).not.toBe(signer.sign(request, now + 86_400_000)["authorization"]);
});
