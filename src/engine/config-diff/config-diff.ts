import type { Order } from '../../core/order.js';
import type { OrderPipeline } from '../../core/pipeline.js';
import { storedConfiguration } from '../../queue/ledger/configurations.js';
import { type Wave, waveMembers } from '../../queue/ledger/waves.js';
import { lastWaves } from '../../queue/reads/files.js';
import type { EngineContext } from '../context.js';
import { assertGoingOn } from '../stop.js';
import { type Judged, judgeHandOver, judgeNotice } from './judge.js';
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
 * would be; of notices what their cells would be. Reads frozen rows and stored configurations, writes nothing.
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
    // A notice needs no pipeline: where today's templates have no such section, none is there.
    const pipeline = pipelines.find(({ name }) => name === wave.pipeline);
    if (wave.section !== null) {
      notKept += await compareWave(context, await judgeNotice(context, wave, wave.section), wave, tally);
    } else if (pipeline !== undefined) {
      notKept += await compareWave(context, await judgeHandOver(context, pipeline, wave), wave, tally);
    }
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
  judge: (order: Order) => Judged,
  wave: Wave,
  tally: DifferenceTally,
): Promise<number> {
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
      else if (cells.length > 0) tally.cells(id, wave.target, cells, wave.section);
      else tally.same++;
    }
    notKept += members.length - judged.length;
  }
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
