import { RenderError, type ThreePl } from '../../core/hand-over.js';
import type { Order } from '../../core/order.js';
import type { OrderPipeline, Verdict } from '../../core/pipeline.js';
import { ColumnNotFetched } from '../../core/sources.js';
import { fromUtcText } from '../../core/time.js';
import { storedConfiguration } from '../../queue/ledger/configurations.js';
import { type Wave, waveMembers } from '../../queue/ledger/waves.js';
import { lastWaves } from '../../queue/reads/files.js';
import type { CellChange, EngineContext } from '../context.js';
import { assertGoingOn } from '../stop.js';
import { guarded } from '../verdicts/decide.js';
import { NO_MARKETPLACE, NO_NOTICES } from '../verdicts/no-marketplace.js';
import { threePlOf } from '../waves/render.js';
import { type SettingChange, settingChanges } from './settings.js';
import { type ColumnChange, DifferenceTally, type RouteChange } from './tally.js';

const PAGE = 100;

export interface ConfigDiff {
  /** Names of the files that were looked at, newest first. */
  readonly files: readonly string[];
  readonly orders: number;
  /** Orders whose frozen rows are not kept any more. */
  readonly notKept: number;
  /** Orders that would go to the same 3PL with the same cells. */
  readonly same: number;
  /** Settings of the templates that differ from those a file was made with. */
  readonly settings: readonly SettingChange[];
  readonly routes: readonly RouteChange[];
  readonly columns: readonly ColumnChange[];
}

/**
 * What today's templates and rules would make of the orders of the last files: where each would go, and what its cells
 * would be. Reads frozen rows and stored configurations, writes nothing.
 */
export async function diffConfiguration(context: EngineContext, last: number): Promise<ConfigDiff> {
  const pipelines = context.pipelines.filter(({ load }) => load[0]?.kind === '3pl-file') as OrderPipeline[];
  const waves = await lastWaves(
    context.database,
    pipelines.map(({ name }) => name),
    last,
  );
  const tally = new DifferenceTally();
  let notKept = 0;
  for (const wave of waves) {
    const pipeline = pipelines.find(({ name }) => name === wave.pipeline);
    if (pipeline !== undefined) notKept += await compareWave(context, pipeline, wave, tally);
  }
  return {
    files: waves.map(({ file_name }) => file_name),
    orders: tally.orders,
    notKept,
    same: tally.same,
    settings: await changedSettings(context, waves),
    routes: tally.routes,
    columns: tally.columns,
  };
}

/** Returns how many of its orders are not kept any more. */
async function compareWave(
  context: EngineContext,
  pipeline: OrderPipeline,
  wave: Wave,
  tally: DifferenceTally,
): Promise<number> {
  const before = await threePlOf(context, wave);
  const judge = judgeOf(context, pipeline, wave, before);
  let notKept = 0;
  for (let after = -1; ; ) {
    assertGoingOn(context.signal);
    const members = await waveMembers(context.database, wave.wave_id, after, PAGE);
    const end = members.at(-1)?.order_id;
    if (end === undefined || end === null) return notKept;
    after = end;
    const keys = members.map(({ change_set_id, order_id }) => ({
      changeSetId: change_set_id,
      orderId: order_id ?? -1,
    }));
    const judged = await context.orders.read(keys, (orders) => orders.map(judge));
    for (const { id, route, cells } of judged) {
      tally.orders++;
      if (route !== null) tally.route(id, route);
      else if (cells.length > 0) tally.cells(id, wave.target, cells);
      else tally.same++;
    }
    notKept += members.length - judged.length;
  }
}

interface Judged {
  readonly id: number;
  readonly route: Omit<RouteChange, 'orders' | 'exampleOrder'> | null;
  readonly cells: readonly CellChange[];
}

/** What becomes of an order of a file by today's configuration. Pure. */
function judgeOf(
  { config, kit }: EngineContext,
  pipeline: OrderPipeline,
  wave: Wave,
  before: ThreePl,
): (order: Order) => Judged {
  const tools = { route: kit.router(config.threePls), ...NO_MARKETPLACE, ...NO_NOTICES };
  const file = { number: wave.number, plannedAt: fromUtcText(wave.planned_utc) };
  return (order) => {
    const elsewhere = (
      to: string | null,
      outcome: RouteChange['outcome'],
      code: string | null = null,
      reason: string | null = null,
    ): Judged => ({ id: order.id, route: { from: wave.target, to, outcome, code, reason }, cells: [] });
    const verdict = guarded((): Verdict => pipeline.transform(order, tools));
    if (!('verdict' in verdict)) return elsewhere(null, 'held', verdict.code, verdict.reason);
    if (verdict.verdict !== 'load') {
      const outcome = verdict.verdict === 'exclude' ? 'excluded' : 'held';
      return elsewhere(null, outcome, verdict.code, verdict.reason);
    }
    const after = config.threePls.find(({ name }) => name === verdict.target);
    if (after === undefined) {
      return elsewhere(null, 'held', 'NO_TARGET', `3PL "${verdict.target}" is not configured`);
    }
    try {
      const rows = after.preview(order, file);
      if (after.name !== wave.target) return elsewhere(after.name, 'sent');
      return { id: order.id, route: null, cells: kit.diff(before.preview(order, file), rows) };
    } catch (error) {
      if (error instanceof ColumnNotFetched || !(error instanceof RenderError)) throw error;
      return elsewhere(after.name, 'held', error.code, error.message);
    }
  };
}

async function changedSettings(
  { database, config }: EngineContext,
  waves: readonly Wave[],
): Promise<SettingChange[]> {
  const hashes = [...new Set(waves.map(({ config_hash }) => config_hash))];
  const changes = new Map<string, SettingChange>();
  for (const hash of hashes) {
    const stored = hash === config.frozen.hash ? undefined : await storedConfiguration(database, hash);
    if (stored === undefined) continue;
    const { threePls } = JSON.parse(stored) as { readonly threePls: unknown };
    for (const change of settingChanges(threePls, config.frozen.threePls, 'threePls')) {
      changes.set(JSON.stringify([change.path, change.before]), change);
    }
  }
  return [...changes.values()];
}
