import { UsageError } from '../../core/errors.js';
import { statusId } from '../../core/exigo.js';
import type { AnyPipeline } from '../../core/pipeline.js';
import { toUtcText } from '../../core/time.js';
import { acquireLease, Lease } from '../../queue/lease/lease.js';
import { linksOfOrders, linkWords, type OrderLink } from '../../queue/ledger/adopted.js';
import { cancellationsOf, wantedBy } from '../../queue/ledger/cancellations.js';
import {
  acceptFingerprint,
  CANCELED_BY_PERSON,
  effectsOfOrders,
  giveUpEffect,
  insertCanceledEffect,
  latestEffects,
  type PriorEffect,
} from '../../queue/ledger/effects.js';
import { insertEvent } from '../../queue/ledger/events.js';
import { excludePlanned, excludeReady, resolveItems } from '../../queue/ledger/items.js';
import type { Session } from '../../queue/ledger/session.js';
import { type OpenItem, openItemsOfOrder } from '../../queue/reads/open-items.js';
import { frozenStatus, newestVersion } from '../../queue/reads/orders.js';
import { type WaitingItem, waitingItems } from '../../queue/reads/waiting.js';
import {
  askForCancellation,
  cancellationPipeline,
  isOfCancellations,
  takesCancellations,
} from '../cancellations/ask.js';
import type { EngineContext } from '../context.js';
import { pipelineLease, requestDeadline } from '../leases.js';
import { isReplaceable } from '../verdicts/standing.js';
import { askedOrder, firstStep, makePersonsBatch } from './persons-batch.js';
import { nothingToDecide } from './persons-refusal.js';
import { ignoreReturns } from './persons-returns.js';

export type ReleaseAs = 'ignore' | 'resend' | 'cancel';

/** One order as a person's decision finds it. */
interface Case {
  readonly context: Pick<EngineContext, 'pipelines' | 'config'>;
  readonly session: Session;
  readonly pipeline: AnyPipeline;
  readonly orderId: number;
  readonly now: string;
  /** Held or failed, and not answered. */
  readonly waiting: WaitingItem | undefined;
  /** Versions on their way. */
  readonly open: readonly OpenItem[];
  /** The newest hand-over, unless nothing of its file has left. */
  readonly prior: PriorEffect | undefined;
  /** The newest hand-over when nothing of its file has left. */
  readonly planned: PriorEffect | undefined;
}

const CANCELED = { code: 'CANCELED_BY_PERSON', reason: 'a person canceled it before it was sent' };
const WITHDRAWN = { code: 'WITHDRAWN_BY_PERSON', reason: 'a person took the resend back before it left' };

/**
 * A person's decision on an order. `ignore`: what waits is answered, and the 3PL is taken to know this
 * version; a resend that has not left is taken back. `resend`: it goes with the next run, as a new
 * generation when it had been handed over. `cancel`: it is not sent, now or later; a 3PL that has it is asked
 * to cancel it, or must be told by the person. Returns what follows from it; stays in the timeline. Throws UsageError, which
 * says what to do instead, when there is nothing to decide.
 */
export async function release(
  context: EngineContext,
  pipeline: AnyPipeline,
  orderId: number,
  as: ReleaseAs,
  reason: string | null,
): Promise<string> {
  if (pipeline.source.kind === '3pl-inbox' && as !== 'ignore') {
    throw new UsageError(
      `order ${orderId}: what a 3PL said of it can be released as ignore alone, or tried again with "errors retry"; to ${as} the order itself, leave out --pipeline ${pipeline.name}`,
    );
  }
  if (pipeline.source.aggregate === 'return') return ignoreReturns(context, pipeline, orderId, reason);
  if (isOfCancellations(pipeline) && as !== 'ignore') {
    throw new UsageError(
      `order ${orderId}: a cancellation can be released as ignore alone, or tried again with "errors retry"; to ${as} the order itself, leave out --pipeline ${pipeline.name}`,
    );
  }
  const decide = async (session: Session): Promise<string> => {
    const now = toUtcText(context.clock.now());
    const found = { ...(await findCase(session, pipeline, orderId, now)), context };
    const outcome = await { ignore, resend, cancel }[as](found);
    await insertEvent(session, {
      at: now,
      kind: 'released',
      pipeline: pipeline.name,
      orderId,
      message: `a person released it as ${as}${reason === null ? '' : ` (${reason})`}: ${outcome}`,
    });
    return `order ${orderId}: ${outcome}`;
  };
  const newest = (await latestEffects(context.database, pipeline.name, firstStep(pipeline), [orderId])).get(
    orderId,
  );
  const inFile = as === 'cancel' && newest !== undefined && isReplaceable(newest);
  return inFile ? fenced(context, pipeline, decide) : context.database.transaction(decide);
}

/** What `ignore` does to an order that waits, in a transaction of the caller; returns what follows from it. */
export async function leaveAsIs(
  session: Session,
  pipeline: AnyPipeline,
  orderId: number,
  now: string,
): Promise<string> {
  return ignore(await findCase(session, pipeline, orderId, now));
}

async function findCase(
  session: Session,
  pipeline: AnyPipeline,
  orderId: number,
  now: string,
): Promise<Omit<Case, 'context'>> {
  const step = firstStep(pipeline);
  const effects = (await effectsOfOrders(session, pipeline.name, step, [orderId])).get(orderId) ?? [];
  const newest = effects.at(-1);
  const planned = newest !== undefined && isReplaceable(newest) ? newest : undefined;
  return {
    session,
    pipeline,
    orderId,
    now,
    waiting: (await waitingItems(session, { pipeline: pipeline.name, orderId })).at(-1),
    open: await openItemsOfOrder(session, pipeline.name, orderId),
    prior: planned === undefined ? newest : effects.at(-2),
    planned,
  };
}

/** A file that is planned may be rendered by a run at this moment: its orders are taken out in turn only. */
export async function fenced(
  context: EngineContext,
  pipeline: AnyPipeline,
  work: (session: Session) => Promise<string>,
): Promise<string> {
  const lease = await acquireLease(context.database, context.clock, {
    name: pipelineLease(pipeline.name),
    ttlMs: context.config.lease.ttlMs,
    requestDeadlineMs: requestDeadline(context.config),
  });
  if (!(lease instanceof Lease)) {
    throw new UsageError(
      `${lease.heldBy} is working on ${pipeline.name} and may be sending the file of this order; nothing was done, repeat it when that run has ended`,
    );
  }
  try {
    return await lease.transaction(work);
  } finally {
    await lease.release();
  }
}

async function resend(found: Case): Promise<string> {
  const { session, pipeline, orderId, waiting, prior, now } = found;
  const asked = found.open.find((item) => item.generation > (prior?.generation ?? 0));
  if (asked !== undefined || prior?.state === 'pending') {
    throw new UsageError(
      `order ${orderId} ${asked?.state === 'loading' || asked === undefined ? 'is on its way in a file' : `goes with the next run already (batch ${asked.batch_id})`}; nothing to resend, see "orderferry explain ${orderId}"`,
    );
  }
  const linked = prior === undefined && (await linkOf(found)) !== undefined;
  if (waiting === undefined && prior === undefined && !linked) {
    throw await nothingToDecide(session, pipeline, orderId);
  }
  await assertAnswered(found);
  const newest = await newestVersion(session, orderId);
  if (newest !== undefined && (await frozenStatus(session, orderId, newest)) === statusId('Canceled')) {
    throw new UsageError(
      `order ${orderId}: Exigo says Canceled, so it is not sent; set it to Accepted there and run again, or release it as ignore or cancel`,
    );
  }
  const generation = prior === undefined ? 1 : prior.generation + 1;
  const fallback = waiting?.change_set_id ?? prior?.change_set_id;
  const item = await askedOrder(session, orderId, generation, fallback);
  // What is known by its link alone, an adopted one for instance, was handed over as well.
  const kind = prior?.target == null && !linked ? 'release' : 'resend';
  const batchId = await makePersonsBatch(session, pipeline, kind, [item], now);
  if (waiting !== undefined) await resolveItems(session, [waiting.item_id], 'RESENT', now);
  await settleCancellation(found);
  return `goes with the next run (batch ${batchId}, generation ${generation})`;
}

async function ignore(found: Omit<Case, 'context'>): Promise<string> {
  const { session, pipeline, orderId, waiting, prior, now } = found;
  if (waiting === undefined) {
    const resent = prior !== undefined && found.open.some((item) => item.generation > prior.generation);
    const taken = resent ? await excludeReady(session, pipeline.name, orderId, WITHDRAWN, now) : 0;
    if (taken === 0) throw await nothingToDecide(session, pipeline, orderId);
    return prior?.target == null
      ? 'not sent; it stays canceled'
      : `not sent again; ${prior.target} keeps what it has`;
  }
  await resolveItems(session, [waiting.item_id], 'IGNORED', now);
  if (prior === undefined || prior.target === null) {
    const link = await linkOf(found);
    return link === undefined
      ? 'not sent in this version; a newer one is looked at anew'
      : `left as ${link.system} has it; a newer version is looked at anew`;
  }
  if (prior.state === 'held') {
    await giveUpEffect(session, prior.effect_id, waiting.fingerprint, waiting.change_set_id);
    return `its file is left as it is; when ${prior.target} has the order, set it to Printed in Exigo yourself`;
  }
  if (waiting.fingerprint !== null) {
    await acceptFingerprint(session, prior.effect_id, waiting.fingerprint, waiting.change_set_id);
  }
  return `left as ${prior.target} has it${await reopenLaterStep(found, waiting)}`;
}

/** A later step that failed before this version came would be forgotten: it gets another try. */
async function reopenLaterStep(found: Omit<Case, 'context'>, waiting: WaitingItem): Promise<string> {
  const { session, pipeline, orderId, now } = found;
  const step = pipeline.load[1]?.step;
  if (step === undefined) return '';
  const later = (await latestEffects(session, pipeline.name, step, [orderId])).get(orderId);
  const waits = later?.state === 'held' || later?.state === 'failed';
  const answered = later?.resolution === 'IGNORED' || later?.resolution === 'CANCELED';
  if (!waits || answered || later.item_id === waiting.item_id) return '';
  const item = await askedOrder(session, orderId, later.generation, waiting.change_set_id);
  const batchId = await makePersonsBatch(session, pipeline, 'retry', [item], now);
  return `; step ${step} is tried again with the next run (batch ${batchId})`;
}

async function cancel(found: Case): Promise<string> {
  const { session, pipeline, orderId, waiting, prior, planned, now } = found;
  if (planned !== undefined) await excludePlanned(session, planned.item_id, CANCELED, now);
  const taken = await excludeReady(session, pipeline.name, orderId, CANCELED, now);
  const threePl = prior?.state === 'held' ? null : (prior?.target ?? null);
  const asks = prior !== undefined && takesCancellations(found.context, threePl);
  if (waiting === undefined && taken === 0 && planned === undefined && !asks) {
    throw await nothingToDecide(session, pipeline, orderId);
  }
  if (waiting !== undefined) await resolveItems(session, [waiting.item_id], 'CANCELED', now);
  if (prior === undefined || prior.target === null) {
    const changeSetId = waiting?.change_set_id ?? planned?.change_set_id ?? 0;
    const key = { pipeline: pipeline.name, step: firstStep(pipeline), orderId, changeSetId, itemId: null };
    const link = await linkOf(found);
    const reason = link === undefined ? CANCELED.reason : `a person canceled it; ${linkWords(link)}`;
    await insertCanceledEffect(session, { ...key, fingerprint: CANCELED_BY_PERSON, reason }, now);
    // No cancellation file is made for it: what its 3PL knows it by was the earlier script's.
    return link === undefined
      ? 'canceled; it will not be sent, in no version'
      : `canceled, in every version; ${linkWords(link)}, and must be told by you`;
  }
  await acceptFingerprint(session, prior.effect_id, CANCELED_BY_PERSON, prior.change_set_id);
  if (asks) return askToCancel(found, prior, prior.target);
  return prior.state === 'held'
    ? `canceled, in every version; look whether ${prior.target} has its held file, and tell it`
    : `canceled, in every version; ${prior.target} has it and must be told by you`;
}

/** That a 3PL has an order that this ledger has handed over in no file: adopted, or long ago. */
async function linkOf({
  session,
  orderId,
}: Pick<Case, 'session' | 'orderId'>): Promise<OrderLink | undefined> {
  return (await linksOfOrders(session, [orderId])).get(orderId)?.[0];
}

/** The 3PL has it: what it answers decides. */
async function askToCancel(
  { context, session, orderId, now }: Case,
  { generation, change_set_id: changeSetId }: PriorEffect,
  threePl: string,
): Promise<string> {
  const why = 'a person canceled it';
  const wanted = { orderId, generation, threePl, changeSetId, by: 'person', why } as const;
  await askForCancellation(context, session, [wanted], now);
  const own = await askedOf(session, orderId, generation);
  const said = {
    canceled: `has canceled it (${own?.evidence})`,
    'too-late': `did not cancel it (${own?.evidence}): stop it there if that is still possible`,
    refused: `refuses to cancel it (${own?.evidence})`,
  };
  const asked = `has it and is asked to cancel it by the next run of ${cancellationPipeline(context)?.name}`;
  return `canceled, in every version; ${threePl} ${own?.answer == null ? asked : said[own.answer]}`;
}

async function askedOf(session: Session, orderId: number, generation: number | undefined) {
  const all = (await cancellationsOf(session, [orderId])).get(orderId) ?? [];
  return all.find((row) => row.generation === generation);
}

/** Two hand-overs of an order at a 3PL that is asked to cancel one of them: nobody could tell which its answer is about. */
async function assertAnswered({ context, session, orderId, prior }: Case): Promise<void> {
  if (prior?.state !== 'done') return;
  const asked = await askedOf(session, orderId, prior.generation);
  if (asked === undefined || asked.answer !== null) return;
  // Wanted no more, but at the 3PL already: it answers all the same.
  const open = await openItemsOfOrder(session, cancellationPipeline(context)?.name ?? '', orderId);
  if (wantedBy(asked).length === 0 && open.length === 0) return;
  throw new UsageError(
    `order ${orderId}: ${asked.target} is asked to cancel it and has not answered yet; send it again when it has`,
  );
}

/** What waits of a cancellation is answered by another hand-over. */
async function settleCancellation({ context, session, orderId, now }: Case): Promise<void> {
  const pipeline = cancellationPipeline(context)?.name;
  if (pipeline === undefined) return;
  const waiting = await waitingItems(session, { pipeline, orderId });
  const ids = waiting.map(({ item_id }) => item_id);
  await resolveItems(session, ids, 'RESENT', now);
}
