import { InvariantError } from '../../core/errors.js';
import { type PlannedUpdate, type Reported, sameUpdate } from '../../core/marketplace.js';
import type { Order } from '../../core/order.js';
import type { OrderPipeline, TransformTools } from '../../core/pipeline.js';
import type { Decision } from '../../queue/ledger/items.js';
import { marketplaceKey } from '../../queue/ledger/marketplace-orders.js';
import type { PriorUpdate } from '../../queue/ledger/updates.js';
import { excluded, guarded, held } from '../verdicts/decide.js';

export interface UpdateTools extends TransformTools {
  /** What {@link TransformTools.report} looked at. */
  updatesOf(order: Order): Reported;
  /** What was done for a marketplace order, by its key, newest last; without what has not left. */
  priorsOf(itemKey: string): readonly PriorUpdate[];
  /** Fingerprint of what its marketplace has taken, also when the ledger has forgotten it. */
  reportedOf(itemKey: string): string | null;
}

export interface NextUpdate {
  readonly planned: PlannedUpdate;
  readonly itemKey: string;
  readonly generation: number;
}

export interface UpdateDecision {
  readonly decision: Decision;
  readonly updates: readonly NextUpdate[];
}

/**
 * The pipeline's verdict on an order, and which updates it brings about: one that its marketplace order has not had.
 * What was refused is not sent again as it was, unless a person insists.
 */
export function decideUpdate(
  order: Order,
  pipeline: OrderPipeline,
  tools: UpdateTools,
  personInsists: boolean,
): UpdateDecision {
  const none = (decision: Decision): UpdateDecision => ({ decision, updates: [] });
  if (!personInsists && tools.priorsOf(String(order.id)).length > 0) {
    return none(excluded('CANCELED_BY_PERSON', null));
  }
  const verdict = guarded(() => pipeline.transform(order, tools));
  if ('state' in verdict) return none(verdict);
  if (verdict.verdict === 'exclude') return none(excluded(verdict.code, verdict.reason));
  if (verdict.verdict === 'reject') return none(held(verdict.code, verdict.reason));
  const reported = tools.updatesOf(order);
  if (reported.verdict !== 'report') {
    throw new InvariantError(`order ${order.id}: loaded by ${pipeline.name}, but there is nothing to report`);
  }
  const standings = reported.updates.map((planned) => standingOf(planned, tools, personInsists));
  const updates = standings.flatMap((one) => ('next' in one ? [one.next] : []));
  const [first] = updates;
  if (first === undefined) return none(settled(standings));
  const target = [...new Set(updates.map(({ planned }) => planned.link.store))].join(', ');
  const { fingerprint } = first.planned;
  return { decision: { state: 'loading', target, fingerprint, code: null, reason: null }, updates };
}

type StandingUpdate = { readonly next: NextUpdate } | { readonly stays: Decision };

function standingOf(planned: PlannedUpdate, tools: UpdateTools, personInsists: boolean): StandingUpdate {
  const { store, orderNumber } = planned.link;
  const itemKey = marketplaceKey({ store, order_number: orderNumber });
  const prior = tools.priorsOf(itemKey).at(-1);
  const next = { next: { planned, itemKey, generation: (prior?.generation ?? 0) + 1 } };
  if (prior === undefined) {
    const known = sameUpdate(tools.reportedOf(itemKey), planned.fingerprint, false);
    return known ? { stays: excluded('ALREADY_REPORTED', null) } : next;
  }
  const same = sameUpdate(prior.fingerprint, planned.fingerprint, prior.state !== 'done');
  if (!same) return next;
  if (prior.state !== 'held' && prior.state !== 'failed') {
    return { stays: excluded('ALREADY_REPORTED', prior.state === 'done' ? null : 'it is on its way') };
  }
  if (personInsists) return next;
  if (prior.resolution === 'IGNORED') {
    return { stays: excluded('IGNORED_BY_PERSON', 'it was refused, and a person left it as it is') };
  }
  const waits = held(prior.code ?? 'UPDATE_REFUSED', prior.reason ?? 'it was refused');
  return { stays: { ...waits, target: store, fingerprint: planned.fingerprint } };
}

/** Nothing is sent: what waits for a person goes before what is over. */
function settled(standings: readonly StandingUpdate[]): Decision {
  const stays = standings.flatMap((one) => ('stays' in one ? [one.stays] : []));
  const decision = stays.find(({ state }) => state === 'held') ?? stays[0];
  if (decision === undefined) throw new InvariantError('a report without updates');
  return decision;
}
