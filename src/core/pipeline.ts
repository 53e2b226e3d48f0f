import type { Cancellation } from './cancellation.js';
import type { EndedOrder } from './ended-order.js';
import { ConfigurationError } from './errors.js';
import type { QueueTable } from './exigo-tables.js';
import type { MarketplaceDocument } from './feed-store.js';
import type { NoticeKind } from './hand-over.js';
import type { Order } from './order.js';
import type { Returned } from './returned.js';
import type { Shipment } from './shipment.js';
import { didYouMean } from './text.js';

/**
 * What a transform says of one item. Pure: same item, same configuration, same verdict.
 * `load` sends it on to the steps (with the 3PL for orders that get one), `exclude` says it is not this
 * pipeline's business, `reject` that it cannot be mapped: the item is held with the code until a person
 * or a newer version of it changes that.
 */
export type Verdict =
  | { readonly verdict: 'load'; readonly target: string | null }
  | { readonly verdict: 'exclude'; readonly code: string; readonly reason: string | null }
  | { readonly verdict: 'reject'; readonly code: string; readonly reason: string };

export function load(target: string | null = null): Verdict {
  return { verdict: 'load', target };
}

/** `code` in upper snake case; it is what `errors` and `status` group by. */
export function exclude(code: string, reason: string | null = null): Verdict {
  return { verdict: 'exclude', code, reason };
}

export function reject(code: string, reason: string): Verdict {
  return { verdict: 'reject', code, reason };
}

/** One of the six tables of a change set, as an item of a pipeline that wants the raw rows. */
export interface FrozenTable {
  readonly table: QueueTable;
  readonly rows: number;
}

/**
 * Where the items of a pipeline come from: whole orders, or the raw tables, of the same change sets; whole orders that
 * the Exigo API lists; or the orders that are NEW in the stores of GoDataFeed; or those that ended there while they are
 * open with us; or the orders that the files of 3PLs speak of, or what these say came back; or those that were canceled after
 * their hand-over.
 */
export type SourceDescription<Item> = (
  | { readonly kind: 'exigo-queue'; readonly aggregate: 'order' | 'table' }
  | { readonly kind: 'exigo-api'; readonly aggregate: 'order' }
  | { readonly kind: 'godatafeed-new'; readonly aggregate: 'marketplace-order' }
  | { readonly kind: 'godatafeed-ended'; readonly aggregate: 'ended-order' }
  | { readonly kind: '3pl-inbox'; readonly aggregate: 'shipment' | 'return' }
  | { readonly kind: 'cancellations'; readonly aggregate: 'cancellation' }
) & {
  /** Type only: what the transform gets. */
  readonly item?: Item;
};

export type Aggregate = SourceDescription<unknown>['aggregate'];

/** What a transform may use besides the item: nothing that is not frozen with the batch. */
export interface TransformTools {
  /** The 3PL by the first routing rule that matches, or a reject that lists why none did. */
  route(order: Order): Verdict;
  /**
   * Where the notice of a return order goes: the 3PL that has the order it is of, else by the routes; excluded where we made
   * it of what came back, and where that 3PL takes no such notices.
   */
  returnNotice(order: Order): Verdict;
  /** Whether the order was made from an order of a marketplace. */
  linked(order: Order): boolean;
  /** The store it came from, or why its marketplace is not told: rules and maps of `godatafeed.stores[].updates`. */
  report(order: Order): Verdict;
}

/** The same for a marketplace order. */
export interface MarketplaceTools {
  /** Whether the maps of its store can make an order of Exigo of it; else a reject that says what is missing. */
  toExigo(order: MarketplaceDocument): Verdict;
}

/** The same for what a 3PL has said of an order. */
export interface ShipmentTools {
  /**
   * Goes on when the order is accounted for; else a reject that says what is missing, what is refused, or what cannot be
   * true. Parcels by the policy of the 3PL's template.
   */
  ship(shipment: Shipment): Verdict;
}

/** The same for what came back to a 3PL. */
export interface ReturnTools {
  /**
   * Goes on when the 3PL's template makes return orders and the rows are true; excludes what is noted alone; else a reject
   * that names file and line.
   */
  toReturnOrder(returned: Returned): Verdict;
}

/** The tools that go with an item. */
export type ToolsOf<Item> = Item extends MarketplaceDocument
  ? MarketplaceTools
  : Item extends Shipment
    ? ShipmentTools
    : Item extends Returned
      ? ReturnTools
      : Item extends EndedOrder | Cancellation
        ? Readonly<Record<never, never>>
        : TransformTools;

export type StepDescription =
  | { readonly kind: '3pl-file'; readonly step: string }
  | { readonly kind: '3pl-notice'; readonly step: string; readonly section: NoticeKind }
  | { readonly kind: '3pl-answer'; readonly step: string; readonly after: string }
  | { readonly kind: 'table-csv'; readonly step: string }
  | {
      readonly kind: 'exigo-status';
      readonly step: string;
      readonly to: 'Printed' | 'Shipped';
      readonly after: string;
    }
  | { readonly kind: 'godatafeed-update'; readonly step: string }
  | { readonly kind: 'exigo-create-order'; readonly step: string }
  | { readonly kind: 'godatafeed-acknowledge'; readonly step: string; readonly after: string }
  | { readonly kind: 'godatafeed-cancel'; readonly step: string }
  | { readonly kind: 'exigo-cancel'; readonly step: string }
  | { readonly kind: 'exigo-tracking'; readonly step: string }
  | { readonly kind: 'exigo-return-order'; readonly step: string };

/**
 * The loads that the engine can work, by what their source gives: the first step, and what may come after it, in this
 * order.
 */
const LOADS: Readonly<
  Record<
    Aggregate,
    {
      readonly first: StepDescription['kind'];
      readonly rest: readonly StepDescription['kind'][];
      readonly words: string;
    }
  >
> = {
  order: { first: '3pl-file', rest: ['exigo-status'], words: 'one file step, then at most one status step' },
  table: { first: 'table-csv', rest: ['exigo-status'], words: 'one file step, then at most one status step' },
  'marketplace-order': {
    first: 'exigo-create-order',
    rest: ['godatafeed-acknowledge', 'godatafeed-cancel'],
    words: 'a step that makes the order, then one that acknowledges it, then one that reports cancellations',
  },
  'ended-order': { first: 'exigo-cancel', rest: [], words: 'one step that cancels in Exigo' },
  cancellation: {
    first: '3pl-notice',
    rest: ['3pl-answer'],
    words: 'a step that asks the 3PL, then one that waits for its answer',
  },
  shipment: {
    first: 'exigo-tracking',
    rest: ['exigo-status'],
    words: 'a step that gives Exigo the tracking numbers, then at most one status step',
  },
  return: { first: 'exigo-return-order', rest: [], words: 'one step that makes return orders in Exigo' },
};

/** A pipeline is a description: no connection, clock, loop or logging in it. */
export interface PipelineDefinition<Item = unknown> {
  /** `source-to-target`; the name of its batches, leases and of `orderferry run <name>`. */
  readonly name: string;
  readonly source: SourceDescription<Item>;
  transform(item: Item, tools: ToolsOf<Item>): Verdict;
  readonly load: readonly StepDescription[];
}

/** Checks what the types cannot: names, and that a step comes after the one it depends on. */
export function definePipeline<Item>(definition: PipelineDefinition<Item>): PipelineDefinition<Item> {
  const { name, load: steps } = definition;
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) {
    throw new ConfigurationError(`pipeline "${name}": a name is lower-case words joined by hyphens`);
  }
  const seen = new Set<string>();
  for (const step of steps) {
    if (seen.has(step.step))
      throw new ConfigurationError(`pipeline ${name}: step "${step.step}" is there twice`);
    if ('after' in step && !seen.has(step.after)) {
      throw new ConfigurationError(
        `pipeline ${name}: step "${step.step}" comes after "${step.after}", which is no earlier step${didYouMean(step.after, seen)}`,
      );
    }
    // What a hand-over proves is that the 3PL has the order, no more.
    const proven = steps[0]?.kind === 'exigo-tracking' ? 'Shipped' : 'Printed';
    if (step.kind === 'exigo-status' && step.to !== proven) {
      throw new ConfigurationError(
        `pipeline ${name}: step "${step.step}" sets ${step.to}; after ${steps[0]?.kind} it can only be ${proven}`,
      );
    }
    seen.add(step.step);
  }
  const { aggregate } = definition.source;
  const { first: needed, rest, words } = LOADS[aggregate];
  const [first, ...others] = steps;
  if (first?.kind === 'godatafeed-update') {
    if (others.length === 0 && aggregate === 'order') return Object.freeze(definition);
    throw new ConfigurationError(
      `pipeline ${name}: a godatafeed-update step is the only one, of a source of orders`,
    );
  }
  if (first?.kind === '3pl-notice' && aggregate === 'order') {
    if (others.length === 0) return Object.freeze(definition);
    throw new ConfigurationError(
      `pipeline ${name}: a 3pl-notice step is the only one, of a source of orders`,
    );
  }
  const inOrder = others.length <= rest.length && others.every(({ kind }, i) => kind === rest[i]);
  if (first === undefined || rest.includes(first.kind) || !inOrder) {
    throw new ConfigurationError(`pipeline ${name}: its load is ${words}`);
  }
  if (first.kind !== needed) {
    throw new ConfigurationError(
      `pipeline ${name}: a source of ${aggregate}s goes with a ${needed} step, not ${first.kind}`,
    );
  }
  return Object.freeze(definition);
}

export type OrderPipeline = PipelineDefinition<Order>;
export type TablePipeline = PipelineDefinition<FrozenTable>;
export type MarketplacePipeline = PipelineDefinition<MarketplaceDocument>;
export type EndedPipeline = PipelineDefinition<EndedOrder>;
export type ShipmentPipeline = PipelineDefinition<Shipment>;
export type ReturnPipeline = PipelineDefinition<Returned>;
export type CancellationPipeline = PipelineDefinition<Cancellation>;
export type AnyPipeline =
  | OrderPipeline
  | TablePipeline
  | MarketplacePipeline
  | EndedPipeline
  | ShipmentPipeline
  | ReturnPipeline
  | CancellationPipeline;
