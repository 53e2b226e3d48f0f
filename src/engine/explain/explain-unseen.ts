import { DAY } from '../../core/clock.js';
import { statusName } from '../../core/exigo.js';
import { shiftLocalText, toExigoText } from '../../core/time.js';
import { SOURCE } from '../../queue/freeze/freeze.js';
import { openBatches } from '../../queue/ledger/batches.js';
import { readWatermarks } from '../../queue/ledger/watermarks.js';
import type { SourceOrder } from '../../queue/reads/orders.js';
import { type EngineContext, orderSource } from '../context.js';
import type { Answer } from './explain-answer.js';

/** An order that no pipeline has looked at: not known, not frozen, or frozen and waiting for its verdict. */
export async function answerUnseen(
  context: EngineContext,
  source: SourceOrder | undefined,
  newest: number | undefined,
): Promise<Answer> {
  const pipeline = context.pipelines.find((one) => one.source.aggregate === 'order')?.name ?? '<pipeline>';
  if (newest !== undefined) {
    const open = await openBatches(context.database, pipeline);
    const waits = open.some((batch) => batch.change_set_id === newest);
    return {
      where: [`frozen in change set ${newest}, no pipeline has looked at it yet`],
      next: waits ? `the next run of ${pipeline} gives it its verdict` : 'looked at when it changes',
    };
  }
  if (context.config.source.orders === 'api') return unlisted(context, pipeline);
  if (source === undefined) {
    return {
      where: ['never seen: neither in the sync database nor in any change set'],
      next: 'nothing; check the number, or wait until it is replicated',
    };
  }
  const { OrderStatusID, ModifiedDate } = source;
  return {
    where: [
      `in the sync database (${statusName(OrderStatusID)}, modified ${ModifiedDate} US Central), in no change set`,
    ],
    next: await nextFreeze(context, pipeline, source),
  };
}

async function nextFreeze(
  context: EngineContext,
  pipeline: string,
  { OrderStatusID, ModifiedDate }: SourceOrder,
): Promise<string> {
  const { source } = context.config;
  const marks = await readWatermarks(context.database, SOURCE);
  const first = marks.get('first') ?? toExigoText(context.clock.now() - source.firstRunMs);
  const newest = marks.get('Orders');
  const recent = newest === undefined ? first : shiftLocalText(newest, -source.overlapMs);
  const swept = statusName(OrderStatusID) === 'Accepted' && ModifiedDate >= first;
  if (ModifiedDate >= recent || swept) return 'the next run freezes it';
  const day = ModifiedDate.slice(0, 10);
  const after = shiftLocalText(`${day} 00:00:00.000`, DAY).slice(0, 10);
  return `not frozen by itself, as it is older than ${first.slice(0, 16)} US Central or not Accepted; to fetch it: orderferry run ${pipeline} --start-date ${day} --end-date ${after}`;
}

async function unlisted(context: EngineContext, pipeline: string): Promise<Answer> {
  const marks = await readWatermarks(context.database, orderSource(context.config));
  const since = marks.get('first') ?? toExigoText(context.clock.now() - context.config.source.firstRunMs);
  return {
    where: ['never seen: in no change set, and orders come from the Exigo API'],
    next: `the next run freezes it when the API shows it as changed since ${since.slice(0, 16)} US Central and it meets exigoApi.orders; an older one: orderferry run ${pipeline} --start-date <date>`,
  };
}
