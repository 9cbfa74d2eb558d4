export interface Rate {
  perSecond: number;
  /** Of this process with all its threads. */
  cpuMicroseconds: number;
}

/** Runs `each` so many times, so many at once. */
export async function measured(count: number, atOnce: number, each: () => unknown): Promise<Rate> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  let left = count;
  const work = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await each();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond: count / seconds, cpuMicroseconds: (user + system) / count };
}

/** Prints the median of the runs of each subject: one of each in turn, so that what disturbs the machine disturbs all of them. */
export async function compared(subjects: Readonly<Record<string, () => Promise<Rate>>>, runs: number): Promise<void> {
  const rates = new Map(Object.keys(subjects).map((name) => [name, [] as Rate[]]));
  for (let run = 0; run < runs; run += 1) {
    for (const [name, subject] of Object.entries(subjects)) rates.get(name)?.push(await subject());
  }
  for (const [name, each] of rates) report(name, each);
}

function report(name: string, rates: readonly Rate[]): void {
  const sorted = rates.toSorted((a, b) => a.perSecond - b.perSecond);
  const median = sorted[Math.floor(sorted.length / 2)];
  if (median === undefined) return;
  const [low, high] = [sorted[0], sorted.at(-1)].map((rate) => Math.round(rate?.perSecond ?? 0));
  console.log(
    `${name.padEnd(28)} ${String(Math.round(median.perSecond)).padStart(7)}/s  ${median.cpuMicroseconds.toFixed(0).padStart(5)} µs CPU each  (${low} to ${high})`,
  );
}
