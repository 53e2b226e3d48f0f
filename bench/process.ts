import { fork } from 'node:child_process';
import { once } from 'node:events';
import { InvariantError } from '../src/core/errors.js';
import type { CaseName } from './cases.js';
import type { Measured } from './measured.js';
import type { Site } from './site.js';
import type { Row } from './table.js';

export type Result = Measured & { readonly peakMib: number };

export function fastest(results: readonly Result[]): Result {
  return results.reduce((best, one) => (one.ms.total < best.ms.total ? one : best));
}

export function row(
  name: string,
  result: Result,
  against: { readonly baseline?: Result; readonly aim?: number; readonly ms?: number } = {},
): Row {
  const { baseline, aim, ms = result.ms.total } = against;
  return {
    name,
    ms,
    baseline: baseline?.ms.total,
    aim,
    processor: result.ms.processor,
    baselineProcessor: baseline?.ms.processor,
    peakMib: result.peakMib,
  };
}

/** Runs a case in a process of its own. `detail`: with its longest statements. */
export async function runCase(name: CaseName, site: Site, orders: number, detail: boolean): Promise<Result> {
  const child = fork(new URL('./case.js', import.meta.url), [name, JSON.stringify(site), String(orders)], {
    execArgv: [],
  });
  const answers: Result[] = [];
  child.on('message', (result) => answers.push(result as Result));
  const [code] = (await once(child, 'close')) as [number | null];
  const [answer] = answers;
  if (code !== 0 || answer === undefined) throw new InvariantError(`case "${name}" ended with code ${code}`);
  say(`  ${name}: ${seconds(answer.ms.total)}\n`);
  if (detail) say(answer.top.map((line) => `      ${line}\n`).join(''));
  return answer;
}

export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

export function percent(share: number): string {
  return `${share < 0 ? '' : '+'}${(share * 100).toFixed(0)} %`;
}

export function say(text: string): void {
  process.stdout.write(text);
}
