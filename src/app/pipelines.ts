import threePlShipmentsToExigo from '../../pipelines/3pl-shipments-to-exigo.js';
import exigoOrdersTo3pl from '../../pipelines/exigo-orders-to-3pl.js';
import exigoSnapshotToCsv from '../../pipelines/exigo-snapshot-to-csv.js';
import exigoStatusToGodatafeed from '../../pipelines/exigo-status-to-godatafeed.js';
import godatafeedCancellationsToExigo from '../../pipelines/godatafeed-cancellations-to-exigo.js';
import godatafeedOrdersToExigo from '../../pipelines/godatafeed-orders-to-exigo.js';
import type { Config } from '../core/config.js';
import { UsageError } from '../core/errors.js';
import type { AnyPipeline, MarketplacePipeline } from '../core/pipeline.js';
import { didYouMean } from '../core/text.js';

/** Every flow of `pipelines/`; a new one is added here. */
export const PIPELINES: readonly AnyPipeline[] = [
  exigoOrdersTo3pl,
  exigoSnapshotToCsv,
  exigoStatusToGodatafeed,
  godatafeedOrdersToExigo,
  godatafeedCancellationsToExigo,
  threePlShipmentsToExigo,
];

/** The flows of an installation: those of GoDataFeed need a store, the way back a 3PL that has an inbox. */
export function pipelinesFor({
  godatafeed,
  threePls = [],
}: Pick<Config, 'godatafeed'> & Partial<Pick<Config, 'threePls'>>): readonly AnyPipeline[] {
  const inboxes = threePls.some(({ confirmations }) => confirmations !== null);
  return PIPELINES.filter((pipeline) =>
    pipeline.source.kind === '3pl-inbox' ? inboxes : godatafeed.stores.length > 0 || !needsStores(pipeline),
  );
}

export function needsStores({ source, load }: AnyPipeline): boolean {
  return source.kind.startsWith('godatafeed-') || load.some(({ kind }) => kind === 'godatafeed-update');
}

/** The flow that marketplace orders come in by. */
export function marketplacePipeline(): MarketplacePipeline {
  return godatafeedOrdersToExigo;
}

export function findPipeline(name: string): AnyPipeline {
  const names = PIPELINES.map((pipeline) => pipeline.name);
  const found = PIPELINES.find((pipeline) => pipeline.name === name);
  if (found === undefined) {
    throw new UsageError(`no pipeline "${name}"${didYouMean(name, names)} (there are: ${names.join(', ')})`);
  }
  return found;
}
