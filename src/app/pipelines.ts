import threePlReturnsToExigo from '../../pipelines/3pl-returns-to-exigo.js';
import threePlShipmentsToExigo from '../../pipelines/3pl-shipments-to-exigo.js';
import exigoApiOrdersTo3pl from '../../pipelines/exigo-api-orders-to-3pl.js';
import exigoCancellationsTo3pl from '../../pipelines/exigo-cancellations-to-3pl.js';
import exigoOrdersTo3pl from '../../pipelines/exigo-orders-to-3pl.js';
import exigoReturnsTo3pl from '../../pipelines/exigo-returns-to-3pl.js';
import exigoSnapshotToCsv from '../../pipelines/exigo-snapshot-to-csv.js';
import exigoStatusToGodatafeed from '../../pipelines/exigo-status-to-godatafeed.js';
import godatafeedCancellationsToExigo from '../../pipelines/godatafeed-cancellations-to-exigo.js';
import godatafeedOrdersToExigo from '../../pipelines/godatafeed-orders-to-exigo.js';
import type { Config } from '../core/config.js';
import { ConfigurationError, UsageError } from '../core/errors.js';
import type { AnyPipeline, MarketplacePipeline, OrderPipeline } from '../core/pipeline.js';
import { didYouMean } from '../core/text.js';
import { exigoApi } from '../extract/sources.js';

/** Every flow of `pipelines/`; a new one is added here. */
export const PIPELINES: readonly AnyPipeline[] = [
  exigoOrdersTo3pl,
  exigoSnapshotToCsv,
  exigoApiOrdersTo3pl,
  exigoStatusToGodatafeed,
  godatafeedOrdersToExigo,
  godatafeedCancellationsToExigo,
  threePlShipmentsToExigo,
  threePlReturnsToExigo,
  exigoReturnsTo3pl,
  exigoCancellationsTo3pl,
];

/** Flows that work on either source of orders, as they are on the other one. */
const FROM_API: ReadonlyMap<AnyPipeline, OrderPipeline> = new Map(
  [exigoStatusToGodatafeed, exigoReturnsTo3pl].map((pipeline) => [
    pipeline,
    Object.freeze({ ...pipeline, source: exigoApi({ aggregate: 'order' }) }),
  ]),
);

type Installation = Pick<Config, 'godatafeed'> &
  Partial<Pick<Config, 'threePls'>> & { readonly source?: Pick<Config['source'], 'orders'> };

/**
 * The flows of an installation, with those of its project: one of them that hands orders over takes the place of ours. Those
 * of GoDataFeed need a store, the way back a 3PL that has an inbox, cancellations and notices of returns one whose template
 * has the section, and those of orders read the one source that `source.orders` names.
 */
export function pipelinesFor(
  { godatafeed, threePls = [], source }: Installation,
  own: readonly AnyPipeline[] = [],
): readonly AnyPipeline[] {
  const api = source?.orders === 'api';
  const cancels = threePls.some(({ notices }) => notices.cancellations !== null);
  const inboxes = threePls.some(({ confirmations }) => confirmations !== null);
  const notified = threePls.some(({ notices }) => notices.returns !== null);
  const runsHere = (pipeline: AnyPipeline) => {
    const { source, load } = pipeline;
    const [first] = load;
    if (source.kind === (api ? 'exigo-queue' : 'exigo-api')) return false;
    if (first?.kind === '3pl-notice' && first.section === 'returns' && !notified) return false;
    if (source.kind === 'cancellations') return cancels;
    return source.kind === '3pl-inbox' ? inboxes : godatafeed.stores.length > 0 || !needsStores(pipeline);
  };
  const theirs = own.filter(runsHere);
  const replaced = theirs.some(handsOver);
  const ours = PIPELINES.map((pipeline) => (api ? (FROM_API.get(pipeline) ?? pipeline) : pipeline)).filter(
    (pipeline) => runsHere(pipeline) && !(replaced && handsOver(pipeline)),
  );
  return [...ours, ...theirs];
}

function handsOver({ load }: AnyPipeline): boolean {
  return load[0]?.kind === '3pl-file';
}

/** The flow of that name as it runs here. Throws ConfigurationError where it does not, and says what it needs. */
export function pipelineHere(pipelines: readonly AnyPipeline[], wanted: AnyPipeline): AnyPipeline {
  const { name, source } = wanted;
  const found = pipelines.find((pipeline) => pipeline.name === name);
  if (found !== undefined) return found;
  if (name === exigoReturnsTo3pl.name) {
    throw new ConfigurationError(
      `${name} sends notices of returns: no template under threePls has a section returns`,
    );
  }
  const instead = handsOver(wanted) ? pipelines.find(handsOver) : undefined;
  if (instead !== undefined && !PIPELINES.some((one) => one.name === instead.name)) {
    throw new ConfigurationError(`${name}: here ${instead.name} of the project takes its place`);
  }
  if (source.kind === 'exigo-api') {
    const own = 'here they come from the sync database: exigo-orders-to-3pl';
    throw new ConfigurationError(`${name} reads orders from the Exigo API, source.orders: api; ${own}`);
  }
  if (source.kind === 'exigo-queue' && !needsStores(wanted)) {
    const own = 'here orders come from the Exigo API, source.orders: api: exigo-api-orders-to-3pl';
    throw new ConfigurationError(`${name} reads the sync database; ${own}`);
  }
  if (source.kind === '3pl-inbox') {
    throw new ConfigurationError(
      `${name} reads what 3PLs send back: no template under threePls has confirmations`,
    );
  }
  if (source.kind === 'cancellations') {
    throw new ConfigurationError(
      `${name} asks 3PLs to cancel orders that they have: no template under threePls has cancellations`,
    );
  }
  throw new ConfigurationError(`${name} needs a store of GoDataFeed: name one under godatafeed.stores`);
}

export function needsStores({ source, load }: AnyPipeline): boolean {
  return source.kind.startsWith('godatafeed-') || load.some(({ kind }) => kind === 'godatafeed-update');
}

/** The flow that hands orders over here: the project's, else by where orders come from. */
export function handOverPipeline(
  { source }: Pick<Config, 'source'>,
  pipelines: readonly AnyPipeline[] = [],
): OrderPipeline {
  const here = pipelines.find(handsOver);
  if (here !== undefined) return here as OrderPipeline;
  return source.orders === 'api' ? exigoApiOrdersTo3pl : exigoOrdersTo3pl;
}

/** The flow that asks 3PLs to cancel what they have. */
export function cancellationFlow(): AnyPipeline {
  return exigoCancellationsTo3pl;
}

/** The flow that marketplace orders come in by. */
export function marketplacePipeline(): MarketplacePipeline {
  return godatafeedOrdersToExigo;
}

/** `own`: the pipelines of the project. Throws UsageError for a name that there is not. */
export function findPipeline(name: string, own: readonly AnyPipeline[] = []): AnyPipeline {
  const all = [...PIPELINES, ...own];
  const names = all.map((pipeline) => pipeline.name);
  const found = all.find((pipeline) => pipeline.name === name);
  if (found === undefined) {
    throw new UsageError(`no pipeline "${name}"${didYouMean(name, names)} (there are: ${names.join(', ')})`);
  }
  return found;
}
