import type { Logger } from '../core/log.js';
import type { AnyPipeline } from '../core/pipeline.js';
import type { Database } from '../db/database.js';
import { openBatches } from '../queue/ledger/batches.js';
import { waitingItems } from '../queue/reads/waiting.js';
import { cancellationFlow } from './pipelines.js';

/**
 * The flows that are configured, as the ledger has it: that of cancellations stays when the section has gone out of every
 * template, as long as something of it is open or waits. Its next run holds what cannot be asked (NO_NOTICE_FILES); until
 * then every command warns.
 */
export async function pipelinesHere(
  configured: readonly AnyPipeline[],
  database: Database,
  log: Logger,
): Promise<readonly AnyPipeline[]> {
  const flow = cancellationFlow();
  if (configured.some(({ name }) => name === flow.name)) return configured;
  const open = await openBatches(database, flow.name);
  if (open.length > 0) {
    log.warn(
      `${flow.name}: no template has a section "cancellations" any more, and orders wait to be canceled (open batches: ${open.length}); put the section back, or run it: what cannot be asked is then held as NO_NOTICE_FILES`,
    );
    return [...configured, flow];
  }
  const waiting = await waitingItems(database, { pipeline: flow.name, limit: 1 });
  return waiting.length > 0 ? [...configured, flow] : configured;
}
