import { parseArgs } from 'node:util';
import { soak } from './soak.js';

/** Weeks and months of cycles; docs/testing.md. The last line says what was made, and what is not as it must be. */
const { values } = parseArgs({
  options: {
    days: { type: 'string', default: '90' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '2026-01-15T06:00:00Z' },
  },
});
const result = await soak({
  days: Number(values.days),
  seed: Number(values.seed),
  from: Date.parse(values.from),
  onDay(day, { rows, keys, heapMib }) {
    process.stderr.write(
      `day ${day}: ${rows} rows of state, ${keys} more for good, ${heapMib.toFixed(0)} MiB\n`,
    );
  },
});
for (const finding of result.findings) process.stderr.write(`${finding}\n`);
const listed = (counts: ReadonlyMap<string, number>) =>
  [...counts].map(([kind, n]) => `${kind} ${n}`).join(', ');
process.stdout.write(
  `${result.cycles} cycles, ${result.orders} orders, ${result.sales} sales; ${listed(result.outages)}; ` +
    `${listed(result.mishaps)}; ${result.incidents} incidents, ${result.alerts} alerts; ${result.findings.length} findings\n`,
);
process.exitCode = result.findings.length === 0 ? 0 : 1;
