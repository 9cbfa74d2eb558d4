import { test } from "vitest";
import { loadEvents } from "../conformance/attention-load.conformance.ts";
import { times } from "../conformance/corner.conformance.ts";
import { orderTogether } from "../conformance/order-load.conformance.ts";
import { onFile } from "./on-file.conformance.ts";

test(
  "no order is broken and no cap exceeded by loops that plan and send at once",
  {
    timeout: 60_000 + loadEvents * 30,
  },
  () => onFile((store) => orderTogether(times(4, () => store))),
);
