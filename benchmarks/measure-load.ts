import { cpuMicroseconds, residentMib } from "../test/harness/cpu.ts";
import type { FakeProviderProcess } from "../test/harness/fake-provider-process.ts";
import { journalled, type Quantiles, quantiles, runLoad, taken } from "./measures.ts";

export interface Scenario {
  name: string;
  batch: number;
  maxBatch: number;
  connections: number;
  /** Requests per second; 0 for a closed loop. */
  rate: number;
  events: number;
  /** 1,000 where left out. */
  recipients?: number;
}

export interface Figures {
  perSecond: number;
  cpuMicroseconds: number;
  accept: Quantiles;
  toProvider: Quantiles;
  residentMib: number;
}

export interface Target {
  url: string;
  pid: number;
  provider: FakeProviderProcess;
  journal: string;
}

/** Warms up, then sends what the scenario says, and waits until the provider has all of it. */
export async function measureLoad(scenario: Scenario, { url, pid, provider, journal }: Target): Promise<Figures> {
  const warmRequests = Math.ceil(5000 / scenario.batch);
  const { batch, connections, rate, recipients = 1000 } = scenario;
  await runLoad(url, { requests: warmRequests, connections, batch, recipients, event: "transactional" });
  const warm = await taken(provider, warmRequests * batch);
  const cpu = cpuMicroseconds(pid);
  const requests = Math.ceil(scenario.events / batch);
  const total = requests * batch;
  const load = runLoad(url, { requests, connections, batch, rate, recipients, event: "transactional" });
  await taken(provider, warm + total);
  const used = cpuMicroseconds(pid) - cpu;
  const memory = residentMib(pid);
  const { p50, p99, p999 } = await load;
  const { latencies, perSecond } = await journalled(journal, warm);
  return {
    perSecond,
    cpuMicroseconds: used / total,
    accept: { p50, p99, p999 },
    toProvider: quantiles(latencies),
    residentMib: memory,
  };
}
