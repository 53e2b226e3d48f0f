import { statusId, statusName } from '../../core/exigo.js';
import { makeOrder, type Order } from '../../core/order.js';
import { exclude } from '../../core/pipeline.js';
import { fromExigoText, fromUtcText } from '../../core/time.js';
import type { ShownOrder } from '../../core/views.js';
import { CANCELED_BY_PERSON, linkedOrders } from '../../queue/ledger/effects.js';
import {
  type ComparedEffect,
  type ComparedItem,
  type ComparedVersion,
  effectsOfItems,
  itemsOfOrders,
  versionsOfOrders,
} from '../../queue/reads/reconcile-ledger.js';
import { headersInSync, ordersInSync } from '../../queue/reads/reconcile-sync.js';
import { NO_NOTICES } from '../verdicts/no-marketplace.js';
import type { LedgerFacts, OrderFacts } from './compare-order.js';
import type { Asked } from './findings.js';
import { grouped } from './groups.js';
import type { Scope } from './scope.js';

/** What the ledger has of some orders. */
export interface Work {
  readonly items: ReadonlyMap<number, readonly ComparedItem[]>;
  readonly effects: ReadonlyMap<number, readonly ComparedEffect[]>;
}

/** The ledger's items and effects of these orders, of every pipeline, oldest first. */
export async function workOf({ state }: Scope, ids: readonly number[]): Promise<Work> {
  if (ids.length === 0) return { items: new Map(), effects: new Map() };
  const items = await itemsOfOrders(state, ids);
  const effects = items.length === 0 ? [] : await effectsOfItems(state, ids);
  return { items: grouped(items, byOrder), effects: grouped(effects, byOrder) };
}

const byOrder = (row: { readonly order_id: number | null }) => row.order_id;

/** These orders as Exigo shows them; `known` are those the API has told already. */
export async function shownOrders(
  scope: Scope,
  ids: readonly number[],
  known: ReadonlyMap<number, ShownOrder>,
): Promise<(id: number) => { readonly sync: Asked<ShownOrder>; readonly api: Asked<ShownOrder> }> {
  const { views, apiPart, syncPart, sync } = scope;
  const { api } = views;
  const missing = ids.filter((id) => !known.has(id));
  const asked =
    api === null || apiPart === null
      ? 'not asked'
      : missing.length === 0
        ? new Map<number, ShownOrder>()
        : await apiPart.ask(() => api.read(missing));
  const inSync =
    syncPart === null
      ? await ordersInSync(sync, ids)
      : await syncPart.ask<Map<number, ShownOrder>>(() => ordersInSync(sync, ids));
  return (id) => ({
    sync: inSync === 'not asked' ? inSync : (inSync.get(id) ?? null),
    api: known.get(id) ?? (asked === 'not asked' ? asked : (asked.get(id) ?? null)),
  });
}

/** Everything that is said of these orders. */
export async function orderFacts(
  scope: Scope,
  ids: readonly number[],
  known: ReadonlyMap<number, ShownOrder>,
  twins: ReadonlyMap<number, readonly number[]>,
): Promise<OrderFacts[]> {
  const { state, handOver } = scope;
  const shown = await shownOrders(scope, ids, known);
  const work = await workOf(scope, ids);
  const versions = new Map((await versionsOfOrders(state, ids)).map((one) => [one.order_id, one]));
  const links = await linkedOrders(state, ids);
  return ids.map((orderId) => ({
    orderId,
    ...shown(orderId),
    ledger: withShipment(
      scope,
      work.items.get(orderId) ?? [],
      work.effects.get(orderId) ?? [],
      ledgerFacts(
        versions.get(orderId),
        (work.items.get(orderId) ?? []).filter(({ pipeline }) => pipeline === handOver?.name),
        (work.effects.get(orderId) ?? []).filter(
          ({ pipeline, step }) => pipeline === handOver?.name && step === handOver.load[0]?.step,
        ),
        links.get(orderId) ?? null,
      ),
    ),
    twins: twins.get(orderId) ?? [],
    rule: 'not asked',
  }));
}

/** With what a 3PL has shipped: an order that Exigo was told of, or is to be, and that waits for nobody. */
function withShipment(
  { context }: Scope,
  items: readonly ComparedItem[],
  effects: readonly ComparedEffect[],
  facts: LedgerFacts,
): LedgerFacts {
  const name = context.pipelines.find(({ source }) => source.aggregate === 'shipment')?.name;
  const own = items.filter(({ pipeline }) => pipeline === name);
  const told = effects.filter(({ pipeline }) => pipeline === name).at(-1);
  const item = own.findLast(({ state }) => state === 'loading' || state === 'delivered');
  if (told === undefined || item === undefined || own.some(waits)) return facts;
  const at = fromUtcText(told.done_utc ?? told.created_utc);
  const state = item.state === 'delivered' ? 'delivered' : 'loading';
  return { ...facts, shipment: { state, target: item.target, at } };
}

function ledgerFacts(
  version: ComparedVersion | undefined,
  items: readonly ComparedItem[],
  effects: readonly ComparedEffect[],
  linkedTo: string | null,
): LedgerFacts {
  const item = items.find(waits) ?? items.at(-1);
  const file = effects.findLast(({ state }) => state === 'done') ?? effects.at(-1);
  return {
    version:
      version === undefined
        ? null
        : {
            status: statusName(version.status_id),
            modifiedAt: fromExigoText(version.modified_at),
            frozenAt: fromUtcText(version.since_utc),
          },
    item:
      item === undefined
        ? null
        : {
            state: item.state,
            code: item.code,
            target: item.target,
            createdAt: fromUtcText(item.created_utc),
            resolution: item.resolution,
          },
    file:
      file === undefined
        ? null
        : {
            state: file.state,
            waveState: file.wave_state,
            name: file.file_name,
            target: file.target,
            shadow: file.shadow === 1,
            at: fromUtcText(file.done_utc ?? file.created_utc),
            canceledByPerson:
              file.fingerprint === CANCELED_BY_PERSON || (file.state === 'failed' && file.file_name === null),
          },
    linkedTo,
  };
}

/** Held or failed, and nobody has answered it. */
export function waits({ state, resolution }: ComparedItem): boolean {
  return (state === 'held' || state === 'failed') && resolution === null;
}

/**
 * What the pipeline that hands over would say of these orders if they were Accepted: whether they are its business.
 * Judged by their headers; one that is not in the sync database, or whose rules need more, counts as its business.
 */
export async function judgeOrders(
  scope: Scope,
  ids: readonly number[],
): Promise<(id: number) => OrderFacts['rule']> {
  const { context, handOver, sync, syncPart } = scope;
  if (handOver === null || ids.length === 0) return () => 'ours';
  const read = () => headersInSync(sync, ids);
  const headers = syncPart === null ? await read() : await syncPart.ask(read);
  const route = context.kit.router(context.config.threePls);
  return (id) => {
    const header = headers === 'not asked' ? undefined : headers.get(id);
    if (header === undefined) return 'ours';
    const row = { ...header.row, OrderStatusID: statusId('Accepted') };
    return ruleOf(makeOrder(0, row, [], [], null), (order) => {
      return handOver.transform(order, {
        ...NO_NOTICES,
        route,
        linked: () => false,
        report: () => exclude('NOT_REPORTED'),
      });
    });
  };
}

function ruleOf(
  order: Order,
  transform: (order: Order) => ReturnType<NonNullable<Scope['handOver']>['transform']>,
): OrderFacts['rule'] {
  try {
    const verdict = transform(order);
    if (verdict.verdict === 'exclude') return { excluded: verdict.code };
    return verdict.verdict === 'reject' && verdict.code === 'NO_ROUTE' ? { excluded: verdict.code } : 'ours';
  } catch {
    return 'ours'; // its rules look at lines, which are not read here: better one look too many
  }
}
