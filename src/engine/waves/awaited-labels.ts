import { RenderError } from '../../core/hand-over.js';
import type { LabelFolder } from '../../core/label.js';
import type { AnyPipeline } from '../../core/pipeline.js';
import { toUtcText } from '../../core/time.js';
import type { Lease } from '../../queue/lease/lease.js';
import { leaveMailsToPersons } from '../../queue/ledger/mails.js';
import { type WaitingItem, waitingItems } from '../../queue/reads/waiting.js';
import type { EngineContext } from '../context.js';
import { tryAgain } from '../persons/retry-waiting.js';
import { assertGoingOn } from '../stop.js';
import { hasCome, LABEL_NOT_THERE } from './label-folder.js';

/** Orders whose names are read at a time. */
const PAGE = 100;

/**
 * Orders that are held because their label was not in its folder, and whose label has come: they get another try, as if a person
 * had asked for it, but that a mail of unknown outcome goes again for a person alone. Returns how many.
 */
export async function goOnWithLabels(
  context: EngineContext,
  lease: Lease,
  pipeline: AnyPipeline,
): Promise<number> {
  if (pipeline.load[0]?.kind !== '3pl-file') return 0;
  if (!context.config.threePls.some(({ labels }) => labels?.folder)) return 0;
  const waiting = await waitingItems(context.database, { pipeline: pipeline.name, code: LABEL_NOT_THERE });
  const come: WaitingItem[] = [];
  for (let i = 0; i < waiting.length; i += PAGE) {
    assertGoingOn(context.signal);
    come.push(...(await whoseCame(context, waiting.slice(i, i + PAGE))));
  }
  if (come.length === 0) return 0;
  await lease.transaction(async (session) => {
    const now = toUtcText(context.clock.now());
    const words = (_: WaitingItem, batchId: number) =>
      `its shipping label is there: it goes on (batch ${batchId})`;
    const batchId = await tryAgain(session, pipeline, come, now, words);
    await leaveMailsToPersons(session, batchId);
  });
  return come.length;
}

async function whoseCame(context: EngineContext, waiting: readonly WaitingItem[]): Promise<WaitingItem[]> {
  const folders = new Map(waiting.map((item) => [item.item_id, folderOf(context, item)]));
  const keys = waiting.map((item) => ({ changeSetId: item.change_set_id, orderId: item.order_id ?? -1 }));
  const targets = new Map(waiting.map((item) => [item.order_id, item]));
  const named = await context.orders.read(keys, (orders) =>
    orders.map((order) => {
      const item = targets.get(order.id);
      return { item, name: nameOf(folders.get(item?.item_id ?? -1) ?? null, order) };
    }),
  );
  const come: WaitingItem[] = [];
  for (const { item, name } of named) {
    if (item === undefined) continue;
    const folder = folders.get(item.item_id) ?? null;
    // Without a folder, or with a name that cannot be made any more, the next verdict says what is what.
    if (folder === null || name === null || (await hasCome(context.clock, folder, name))) come.push(item);
  }
  return come;
}

function folderOf({ config }: EngineContext, { target }: WaitingItem): LabelFolder | null {
  return config.threePls.find(({ name }) => name === target)?.labels?.folder ?? null;
}

function nameOf(folder: LabelFolder | null, order: Parameters<LabelFolder['nameOf']>[0]): string | null {
  try {
    return folder?.nameOf(order) ?? null;
  } catch (error) {
    if (!(error instanceof RenderError)) throw error;
    return null;
  }
}
