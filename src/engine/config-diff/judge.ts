import { type NoticeKind, RenderError } from '../../core/hand-over.js';
import type { Order } from '../../core/order.js';
import type { OrderPipeline, Verdict } from '../../core/pipeline.js';
import { ColumnNotFetched } from '../../core/sources.js';
import { fromUtcText } from '../../core/time.js';
import type { Wave } from '../../queue/ledger/waves.js';
import type { CellChange, EngineContext } from '../context.js';
import { guarded } from '../verdicts/decide.js';
import { NO_MARKETPLACE, NO_NOTICES } from '../verdicts/no-marketplace.js';
import { fileOfWave, threePlOf } from '../waves/render.js';
import type { RouteChange } from './tally.js';

export interface Judged {
  readonly id: number;
  readonly route: Omit<RouteChange, 'orders' | 'exampleOrder'> | null;
  readonly cells: readonly CellChange[];
}

/** What becomes of an order of a hand-over file by today's configuration. */
export async function judgeHandOver(
  context: EngineContext,
  pipeline: OrderPipeline,
  wave: Wave,
): Promise<(order: Order) => Judged> {
  const { config, kit } = context;
  const before = await threePlOf(context, wave);
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

/**
 * What becomes of an order of a notice: what it would tell. To whom is no matter of today's routes, since a notice goes to the 3PL
 * that has the order.
 */
export async function judgeNotice(
  context: EngineContext,
  wave: Wave,
  section: NoticeKind,
): Promise<(order: Order) => Judged> {
  const { config, kit } = context;
  const before = await fileOfWave(context, wave);
  const threePl = config.threePls.find(({ name }) => name === wave.target);
  const file = { number: wave.number, plannedAt: fromUtcText(wave.planned_utc) };
  return (order) => {
    const untold = (outcome: 'held' | 'excluded', code: string, reason: string): Judged => ({
      id: order.id,
      route: { from: wave.target, section, to: threePl?.name ?? null, outcome, code, reason },
      cells: [],
    });
    if (threePl === undefined) return untold('held', 'NO_TARGET', `3PL "${wave.target}" is not configured`);
    const after = threePl.notices[section];
    if (after === null) {
      const reason = `the template of ${threePl.name} has no ${section}`;
      return section === 'returns'
        ? untold('excluded', 'NO_RETURN_NOTICES', reason)
        : untold('held', 'NO_NOTICE_FILES', reason);
    }
    try {
      const rows = after.preview(order, file);
      return { id: order.id, route: null, cells: kit.diff(before.preview(order, file), rows) };
    } catch (error) {
      if (error instanceof ColumnNotFetched || !(error instanceof RenderError)) throw error;
      return untold('held', error.code, error.message);
    }
  };
}
