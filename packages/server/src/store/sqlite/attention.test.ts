import { test } from "vitest";
import { claimTogether, loadEvents } from "../conformance/attention-load.conformance.ts";
import { times } from "../conformance/corner.conformance.ts";
import { onFile } from "./on-file.conformance.ts";

test(
  "no cap is exceeded by turns that eight loops plan and commit at once",
  {
    timeout: 30_000 + loadEvents * 10,
  },
  () => onFile((store) => claimTogether(times(4, () => store))),
);
