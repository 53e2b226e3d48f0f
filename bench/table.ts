export interface Row {
  readonly name: string;
  readonly ms: number;
  /** What a user would write or use instead, ms. */
  readonly baseline?: number | undefined;
  /** Greatest ratio that is aimed at. */
  readonly aim?: number | undefined;
  /** Processor time, ms. */
  readonly processor: number;
  readonly baselineProcessor?: number | undefined;
  /** Most memory of the process, MiB. */
  readonly peakMib: number;
}

/** The measures as a Markdown table. */
export function table(rows: readonly Row[]): string {
  const cells = rows.map(({ name, ms, baseline, aim, processor, baselineProcessor, peakMib }) => [
    name,
    duration(ms),
    baseline === undefined ? '' : duration(baseline),
    ratio(ms, baseline),
    aim === undefined ? '' : String(aim),
    duration(processor),
    ratio(processor, baselineProcessor),
    peakMib.toFixed(0),
  ]);
  const head = ['measure', 'product', 'baseline', 'ratio', 'aim', 'processor', 'ratio', 'peak MiB'];
  const all = [head, ...cells];
  const widths = head.map((_, i) => Math.max(...all.map((line) => line[i]?.length ?? 0)));
  const write = (line: readonly string[]) =>
    `| ${line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(' | ')} |\n`;
  const rule = `|${widths.map((width, i) => (i === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|\n`;
  return `\n${write(head)}${rule}${cells.map(write).join('')}`;
}

function duration(ms: number): string {
  return ms < 1_000 ? `${ms.toFixed(0)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

function ratio(ms: number, baseline: number | undefined): string {
  return baseline === undefined ? '' : (ms / baseline).toFixed(2);
}
