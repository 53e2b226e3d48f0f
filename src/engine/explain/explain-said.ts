import type { SaidRow } from '../../core/shipment.js';
import { toUtcText } from '../../core/time.js';
import type { TimelineEntry } from '../../queue/reads/orders.js';
import type { EngineContext } from '../context.js';

/** The timeline with what 3PLs have said of the order, row by row, at the time their files were taken. */
export function withSaid(
  { pipelines }: Pick<EngineContext, 'pipelines'>,
  timeline: readonly TimelineEntry[],
  rows: readonly SaidRow[],
): TimelineEntry[] {
  const pipeline = pipelines.find(({ source }) => source.aggregate === 'shipment')?.name ?? '3PL inbox';
  const all = [...timeline];
  for (const row of rows) {
    const entry = { at_utc: toUtcText(row.receivedAt), kind: 'said', pipeline, message: messageOf(row) };
    const index = all.findIndex(({ at_utc }) => at_utc >= entry.at_utc && at_utc !== entry.at_utc);
    all.splice(index < 0 ? all.length : index, 0, entry);
  }
  return all;
}

/** `SHIP_7.csv line 3: shipped 1 of TEA with UPS 1Z999`. */
function messageOf(row: SaidRow): string {
  const { file, line, answer, itemCode, quantity, tracking, carrier, reason, repeats } = row;
  const what = itemCode === null ? '' : ` ${quantity ?? 'all'} of ${itemCode}`;
  const numbers =
    tracking.length === 0 ? '' : ` with ${[carrier, tracking.join(', ')].filter(Boolean).join(' ')}`;
  const words = reason === null ? '' : ` (${reason})`;
  return `${file} line ${line}: ${answer}${what}${numbers}${words}${repeats ? '; an earlier file had it' : ''}`;
}
