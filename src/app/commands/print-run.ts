import { counted } from '../../core/text.js';
import type { PlannedCall } from '../../engine/dry-targets.js';
import type { RunSummary } from '../../engine/report.js';
import type { Output } from '../output.js';

/** A run for people: batches with their balance, files, calls. */
export function printRun(output: Output, summary: RunSummary, calls: readonly PlannedCall[] | null): void {
  if (summary.heldBy !== null) {
    output.line(`${summary.pipeline} is being worked on by ${summary.heldBy}; nothing was done here`);
    return;
  }
  if (calls !== null) output.line('DRY RUN: nothing was changed anywhere');
  for (const set of summary.changeSets) {
    const what = `change set ${set.changeSetId}: ${counted(set.ordersFrozen, 'order')} frozen, ${set.ordersUnchanged} unchanged`;
    output.line(
      set.source.startsWith('godatafeed/')
        ? `${what}, of ${set.source}`
        : `${what}, ${counted(set.rawRows, 'row')}, since ${set.startAt} US Central`,
    );
  }
  if (summary.batches.length > 0) {
    const number = { align: 'right' } as const;
    output.table(
      [
        { title: 'batch', ...number },
        { title: 'kind' },
        { title: 'state' },
        ...['frozen', 'delivered', 'excluded', 'held', 'failed', 'waiting'].map((title) => ({
          title,
          ...number,
        })),
      ],
      summary.batches.map((batch) => [
        batch.batchId,
        batch.kind,
        batch.state,
        batch.frozen,
        batch.delivered,
        batch.excluded,
        batch.held,
        batch.failed,
        batch.waiting,
      ]),
    );
  }
  for (const file of summary.files) {
    output.line(
      `file ${file.path}: ${file.state}, ${counted(file.orders ?? 0, 'order')}, ${counted(file.rows ?? 0, 'row')}, sha256 ${file.sha256 ?? '-'}`,
    );
  }
  for (const call of calls ?? []) {
    if (call.orders.length === 0) output.line(`call ${call.operation}`);
    else
      output.line(
        `call ${call.operation}: ${counted(call.orders.length, 'order')} (${call.orders.slice(0, 10).join(', ')}${call.orders.length > 10 ? ', ...' : ''})`,
      );
  }
  for (const { store, message } of summary.storeProblems) {
    output.line(store.startsWith('inbox/') ? message : `GoDataFeed store ${store} was not read: ${message}`);
  }
  if (summary.error !== null) {
    output.line(`ended early: ${summary.error.message}`);
    output.line('what is left stays recorded and goes on with the next run');
  }
  const { held, failed, waiting } = summary.totals;
  if (waiting > 0) output.line(`${waiting} wait for their wave or their next step: orderferry status`);
  if (held + failed > 0) output.line(`${held} held, ${failed} failed: orderferry errors list`);
}
