import { ConfigurationError } from './errors.js';
import type { QueueTable } from './exigo-tables.js';
import type { Order } from './order.js';
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

/** Where the items of a pipeline come from: whole orders, or the raw tables, of the same change sets. */
export type SourceDescription<Item> = {
  readonly kind: 'exigo-queue';
  readonly aggregate: 'order' | 'table';
  /** Type only: what the transform gets. */
  readonly item?: Item;
};

/** What a transform may use besides the item: nothing that is not frozen with the batch. */
export interface TransformTools {
  /** The 3PL by the first routing rule that matches, or a reject that lists why none did. */
  route(order: Order): Verdict;
  /** Whether the order was made from an order of a marketplace. */
  linked(order: Order): boolean;
  /** The store it came from, or why its marketplace is not told: rules and maps of `godatafeed.stores[].updates`. */
  report(order: Order): Verdict;
}

export type StepDescription =
  | { readonly kind: '3pl-file'; readonly step: string }
  | { readonly kind: 'table-csv'; readonly step: string }
  | { readonly kind: 'exigo-status'; readonly step: string; readonly to: 'Printed'; readonly after: string }
  | { readonly kind: 'godatafeed-update'; readonly step: string };

/** A pipeline is a description: no connection, clock, loop or logging in it. */
export interface PipelineDefinition<Item = unknown> {
  /** `source-to-target`; the name of its batches, leases and of `orderferry run <name>`. */
  readonly name: string;
  readonly source: SourceDescription<Item>;
  transform(item: Item, tools: TransformTools): Verdict;
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
    if (step.kind === 'exigo-status' && !seen.has(step.after)) {
      throw new ConfigurationError(
        `pipeline ${name}: step "${step.step}" comes after "${step.after}", which is no earlier step${didYouMean(step.after, seen)}`,
      );
    }
    seen.add(step.step);
  }
  const [first, second, third] = steps;
  if (first?.kind === 'godatafeed-update') {
    if (second === undefined && definition.source.aggregate === 'order') return Object.freeze(definition);
    throw new ConfigurationError(
      `pipeline ${name}: a godatafeed-update step is the only one, of a source of orders`,
    );
  }
  if (
    first === undefined ||
    first.kind === 'exigo-status' ||
    third !== undefined ||
    (second && second.kind !== 'exigo-status')
  ) {
    throw new ConfigurationError(`pipeline ${name}: its load is one file step, then at most one status step`);
  }
  const needed = definition.source.aggregate === 'order' ? '3pl-file' : 'table-csv';
  if (first.kind !== needed) {
    throw new ConfigurationError(
      `pipeline ${name}: a source of ${definition.source.aggregate}s goes with a ${needed} step, not ${first.kind}`,
    );
  }
  return Object.freeze(definition);
}

export type OrderPipeline = PipelineDefinition<Order>;
export type TablePipeline = PipelineDefinition<FrozenTable>;
export type AnyPipeline = OrderPipeline | TablePipeline;
