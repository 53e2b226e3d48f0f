import type { Command } from 'commander';
import { UsageError } from '../../core/errors.js';
import type { EngineContext } from '../../engine/context.js';
import type { EntryFilter } from '../../engine/persons/entries.js';
import { durationHint, parseDuration } from '../config/duration.js';
import { waitingOf } from '../error-desk.js';
import { findPipeline } from '../pipelines.js';

export interface FilterOptions {
  readonly pipeline?: string;
  readonly code?: string;
  readonly store?: string;
  readonly '3pl'?: string;
  readonly olderThan?: number;
  readonly order?: string;
}

/** The options by which every command of the error list chooses. */
export function withFilters(command: Command): Command {
  return command
    .option('--pipeline <name>', 'of this pipeline alone')
    .option('--code <code>', 'of this kind: NO_ROUTE, INCOMPLETE, CHANGED_AFTER_HAND_OVER ...')
    .option('--3pl <name>', 'for this 3PL')
    .option('--store <name>', 'of orders from this store of GoDataFeed')
    .option('--older-than <duration>', 'first seen at least so long ago: 30m, 2h, 3d', age);
}

function age(text: string): number {
  const ms = parseDuration(text);
  if (ms === null) {
    throw new UsageError(
      `--older-than "${text}": a duration is needed, such as 30m, 2h or 3d${durationHint(text)}`,
    );
  }
  return ms;
}

/** What the options ask for; an order is looked up by any of its numbers. */
export async function filterOf(context: EngineContext, options: FilterOptions): Promise<EntryFilter> {
  return {
    pipeline:
      options.pipeline === undefined ? undefined : findPipeline(options.pipeline, context.pipelines).name,
    code: options.code,
    target: options['3pl'],
    store: options.store,
    olderThanMs: options.olderThan,
    ...(options.order === undefined ? {} : await waitingOf(context, options.order)),
  };
}

/** Acting on everything must be said: a filter that was forgotten would do it. */
export function assertChosen(command: string, options: FilterOptions & { readonly all?: boolean }): void {
  const { pipeline, code, store, olderThan, order, all } = options;
  const chosen = [pipeline, code, store, options['3pl'], olderThan, order].some((one) => one !== undefined);
  if (!chosen && all !== true) {
    throw new UsageError(
      `errors ${command}: say which: --order, --code, --pipeline, --3pl, --store, --older-than or --all`,
    );
  }
}
