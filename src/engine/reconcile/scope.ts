import type { AnyPipeline, OrderPipeline } from '../../core/pipeline.js';
import { fromExigoText, fromUtcText, toUtcText } from '../../core/time.js';
import type { Views } from '../../core/views.js';
import type { Session } from '../../queue/ledger/session.js';
import { readWatermarks } from '../../queue/ledger/watermarks.js';
import { firstFrozen } from '../../queue/reads/reconcile-ledger.js';
import { type EngineContext, orderSource, syncTables } from '../context.js';
import { lastCutOff } from '../waves/cut-off.js';
import { Part } from './part.js';
import type { MarketplaceRules, OrderRules } from './rules.js';
import { Tally } from './tally.js';

export interface ReconcileRequest {
  /** Instants (ms); what changed in this time is compared, the end excluded. */
  readonly from: number;
  readonly to: number;
  /** A difference that is younger is on its way. */
  readonly graceMs: number;
  /** Discrepancies that are listed; the others are counted. */
  readonly most: number;
}

/** One comparison: what is asked, by which rules, and what came of it. */
export interface Scope {
  readonly context: EngineContext;
  readonly views: Views;
  readonly request: ReconcileRequest;
  readonly state: Session;
  readonly sync: Session;
  /** Null where the sync tables are in the database of the ledger, which must answer anyhow. */
  readonly syncPart: Part | null;
  /** Null: no API is configured. */
  readonly apiPart: Part | null;
  /** Stores and 3PLs by name. */
  readonly storeParts: ReadonlyMap<string, Part>;
  readonly placeParts: ReadonlyMap<string, Part>;
  readonly handOver: OrderPipeline | null;
  readonly reports: AnyPipeline | null;
  readonly takes: AnyPipeline | null;
  /** The pipeline that cancels in Exigo what ended at its marketplace. */
  readonly ends: AnyPipeline | null;
  readonly orderRules: OrderRules;
  readonly marketplaceRules: MarketplaceRules;
  readonly tally: Tally;
}

export async function makeScope(
  context: EngineContext,
  views: Views,
  request: ReconcileRequest,
): Promise<Scope> {
  const by = (kind: string) => context.pipelines.find(({ load }) => load[0]?.kind === kind) ?? null;
  const [handOver, reports] = [by('3pl-file'), by('godatafeed-update')];
  const [takes, ends] = [by('exigo-create-order'), by('exigo-cancel')];
  const now = context.clock.now();
  const { graceMs } = request;
  const source = orderSource(context.config);
  const sync = syncTables(context);
  const first = (await readWatermarks(context.database, source)).get('first');
  const firstFreeze = await firstFrozen(context.database, source);
  return {
    context,
    views,
    request,
    state: context.database,
    sync: sync ?? context.database, // never asked without sync tables: the part is absent
    syncPart: sync === null || context.hosted !== null ? new Part('sync database', sync === null) : null,
    apiPart: views.api === null ? null : new Part('Exigo API'),
    storeParts: new Map(views.stores.map(({ store }) => [store, new Part(`GoDataFeed ${store}`)])),
    placeParts: new Map([...views.places].map(([name]) => [name, new Part(`files of 3PL ${name}`)])),
    handOver: handOver as OrderPipeline | null,
    reports,
    takes,
    ends,
    orderRules: {
      now,
      graceMs,
      firstAt: first === undefined ? null : fromExigoText(first),
      firstFreezeAt: firstFreeze === null ? null : fromUtcText(firstFreeze),
      pipeline: handOver?.name ?? '<pipeline>',
      prints: context.statusTarget !== null,
      ledgerBehind: false,
      wavePassed: (target, createdAt) => wavePassed(context, target, createdAt, now - graceMs),
    },
    marketplaceRules: {
      now,
      graceMs,
      takes: takes?.name ?? null,
      reports: reports?.name ?? null,
      ends: ends?.name ?? null,
      stamp: toUtcText(now),
      quoted: (table) => (context.database.engine === 'sqlite' ? `"${table}"` : table),
    },
    tally: new Tally(request.most),
  };
}

/** The wave that should have taken an order by `before`; null while none was due. */
function wavePassed(
  { config }: EngineContext,
  target: string | null,
  createdAt: number,
  before: number,
): number | null {
  const wave = config.threePls.find(({ name }) => name === target)?.wave;
  const cooled = createdAt + (wave?.coolingOffMs ?? 0);
  const due = wave === undefined || wave.cutOffs.length === 0 ? cooled : lastCutOff(wave, before);
  return due !== null && due >= cooled && due <= before ? due : null;
}
