export interface Row {
  readonly name: string;
  readonly ms: number;
  /** What a user would write or use instead, ms. */
  readonly baseline?: number | undefined;
  /** Greatest ratio that is aimed at. */
  readonly aim?: number | undefined;
  /** Processor time of the whole process; what else the machine does shows less in it. */
  readonly cpuMs: number;
  /** Most memory of the process, MiB. */
  readonly peakMib: number;
}

/** The measures as a Markdown table. */
export function table(rows: readonly Row[]): string {
  const cells = rows.map(({ name, ms, baseline, aim, cpuMs, peakMib }) => [
    name,
    duration(ms),
    baseline === undefined ? '' : duration(baseline),
    baseline === undefined ? '' : (ms / baseline).toFixed(2),
    aim === undefined ? '' : String(aim),
    duration(cpuMs),
    peakMib.toFixed(0),
  ]);
  const head = ['measure', 'product', 'baseline', 'ratio', 'aim', 'processor', 'peak MiB'];
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
