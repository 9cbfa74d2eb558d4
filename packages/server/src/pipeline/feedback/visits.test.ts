import { expect, test } from "vitest";
import type { Visit, VisitKind } from "../../domain/visit.ts";
import type { Feedback as Report } from "../../ports/provider.ts";
import { Visits } from "./visits.ts";

const visit = (over: Partial<Visit> = {}): Visit => ({
  environmentId: 1,
  messageId: "m",
  kind: "clicked",
  at: 7,
  ...over,
});

/** Visits over a feedback that answers as the test says, with what it was told and what was counted. */
function bench(answer: () => Promise<number>) {
  const reports: [number, readonly Report[]][] = [];
  const counts: Record<string, number> = {};
  const visits = new Visits({
    feedback: {
      report: (environmentId, feedback) => {
        reports.push([environmentId, feedback]);
        return answer();
      },
    },
    limits: { batchMax: 3, waitingMax: 5 },
    onVisits: (kind: VisitKind, result, count) => {
      counts[`${kind} ${result}`] = (counts[`${kind} ${result}`] ?? 0) + count;
    },
  });
  return { visits, reports, counts };
}

test("visits that come together are one report per environment", async () => {
  const { visits, reports, counts } = bench(async () => 1);
  visits.record(visit());
  visits.record(visit({ environmentId: 2, kind: "opened" }));
  visits.record(visit({ messageId: "n", at: 8 }));
  await visits.stop();
  expect(reports).toEqual([
    [
      1,
      [
        { messageId: "m", kind: "clicked", at: 7 },
        { messageId: "n", kind: "clicked", at: 8 },
      ],
    ],
    [2, [{ messageId: "m", kind: "opened", at: 7 }]],
  ]);
  expect(counts).toEqual({ "clicked recorded": 2, "opened recorded": 1 });
});

test("while a report does not end so many wait, in reports of a bounded length, and what comes beyond is dropped and counted", async () => {
  let end = (): void => {};
  const ended = new Promise<number>((resolve) => {
    end = () => resolve(1);
  });
  const { visits, reports, counts } = bench(() => ended);
  for (let count = 0; count < 8; count += 1) visits.record(visit());
  visits.record(visit({ kind: "opened" }));
  expect(counts).toEqual({ "clicked dropped": 3, "opened dropped": 1 });
  end();
  await visits.stop();
  expect(reports.map(([, all]) => all.length)).toEqual([3, 2]);
  expect(counts).toEqual({ "clicked dropped": 3, "opened dropped": 1, "clicked recorded": 5 });
  visits.record(visit());
  await visits.stop();
  expect(counts).toMatchObject({ "clicked recorded": 6 });
});

test("what feedback does not take is dropped and counted, of its environment alone, and throws nothing", async () => {
  const answers = [Promise.reject(new Error("disk")), Promise.resolve(1)];
  const { visits, counts } = bench(() => answers.shift() ?? Promise.resolve(1));
  visits.record(visit());
  visits.record(visit({ environmentId: 2, kind: "opened" }));
  await visits.stop();
  expect(counts).toEqual({ "clicked dropped": 1, "opened recorded": 1 });
});

test("what no person did is counted, and told to nobody", async () => {
  const { visits, reports, counts } = bench(async () => 1);
  visits.passOver("opened");
  await visits.stop();
  expect([reports, counts]).toEqual([[], { "opened machine": 1 }]);
});
