import { incompleteness } from '../../core/completeness.js';
import { InvariantError, messageOf } from '../../core/errors.js';
import {
  fileOf,
  type NoticeKind,
  RenderError,
  type RenderedOrder,
  type ThreePl,
} from '../../core/hand-over.js';
import { columnOf, type Order } from '../../core/order.js';
import type { OrderPipeline, TransformTools } from '../../core/pipeline.js';
import { ColumnNotFetched } from '../../core/sources.js';
import { CANCELED_BY_PERSON, type PriorEffect } from '../../queue/ledger/effects.js';
import type { Decision } from '../../queue/ledger/items.js';
import type { TransformKit } from '../context.js';

/** Statuses in which an order that was handed over is simply on its way. */
const UNDER_WAY: readonly string[] = ['Accepted', 'Printed', 'Shipped'];

export interface DecisionTools extends TransformTools {
  readonly threePls: ReadonlyMap<string, ThreePl>;
  /** Of the templates, where the pipeline sends notices; null: it hands over. */
  readonly section: NoticeKind | null;
  readonly kit: TransformKit;
}

/** First time: the pipeline's verdict, then completeness, then whether the 3PL's template can take it. */
export function decideFirst(
  order: Order,
  pipeline: OrderPipeline,
  tools: DecisionTools,
  personInsists: boolean,
): Decision {
  const verdict = guarded(() => pipeline.transform(order, tools));
  if ('state' in verdict) return verdict;
  if (verdict.verdict === 'exclude') return excluded(verdict.code, verdict.reason);
  const missing = incompleteness(order);
  const settled = missing === 'TOTALS_DIFFER' && (columnOf(order.row, 'settled') === 1 || personInsists);
  if (missing !== null && !settled) return held('INCOMPLETE', describeIncompleteness(missing, order));
  if (verdict.verdict === 'reject') return held(verdict.code, verdict.reason);
  return ready(order, verdict.target, tools);
}

/** A person asked for it again: to the same 3PL, whatever its status, unless it is canceled. */
export function decideResend(order: Order, target: string, tools: DecisionTools): Decision {
  if (order.status === 'Canceled') {
    const reason = `Exigo says Canceled; it is not sent again, ${target} has the earlier one`;
    const fingerprint = statusFingerprint(order.status);
    return { ...held('CANCELED_AFTER_HAND_OVER', reason), target, fingerprint };
  }
  return ready(order, target, tools);
}

/** Ready for a target, if its template can take the order. */
function ready(order: Order, target: string | null, tools: DecisionTools): Decision {
  const threePl = tools.threePls.get(target ?? '');
  if (threePl === undefined) return held('NO_TARGET', `3PL "${target}" is not configured`);
  const seen = look(order, target, tools);
  if ('problem' in seen) return { ...seen.problem, fingerprint: seen.fingerprint };
  return {
    state: 'ready',
    target: threePl.name,
    fingerprint: seen.fingerprint,
    code: null,
    reason: null,
  };
}

/** Ready for a notice to that 3PL, if the section of its template can take the order. */
export function noticeReady(
  order: Order,
  target: string | null,
  threePls: readonly ThreePl[],
  section: NoticeKind,
  kit: TransformKit,
): Decision {
  const threePl = threePls.find(({ name }) => name === target);
  if (threePl === undefined) return held('NO_TARGET', `3PL "${target}" is not configured`);
  const rendered = tryRender(order, threePl, section);
  if (!('rows' in rendered)) return rendered;
  const fingerprint = kit.fingerprint(rendered.rows);
  return { state: 'ready', target: threePl.name, fingerprint, code: null, reason: null };
}

/**
 * An order that has been handed over (or is on its way) comes back changed: our own Printed is no change;
 * what the 3PL would see differently is held with a diff, as is a cancellation. Never sent again by itself,
 * and nothing that a person has decided is asked again. `baseline` is the version the 3PL is taken to know;
 * null when it is not kept any more.
 */
export function decideAgain(
  order: Order,
  prior: PriorEffect,
  baseline: Order | null | 'not needed',
  tools: DecisionTools,
): Decision & { readonly accepts?: true } {
  if (prior.fingerprint === CANCELED_BY_PERSON) {
    return excluded('CANCELED_BY_PERSON', `${prior.target} has the order; no version of it is sent again`);
  }
  const { target } = prior;
  const seen = look(order, target, tools);
  const { fingerprint } = seen;
  if (order.status === 'Shipped') return { ...excluded('SHIPPED', null), fingerprint };
  if (prior.state === 'held') {
    // Its file is held: whether the 3PL has the order is not known, and no version of it changes that.
    return { ...held(prior.code ?? 'FILE_HELD', prior.reason ?? 'its file is held'), target, fingerprint };
  }
  if (fingerprint === prior.fingerprint) return { ...same(prior), fingerprint };
  if (!UNDER_WAY.includes(order.status)) {
    const code = order.status === 'Canceled' ? 'CANCELED_AFTER_HAND_OVER' : 'STATUS_AFTER_HAND_OVER';
    const files = code === 'CANCELED_AFTER_HAND_OVER' ? ', and takes no cancellation files' : '';
    const reason = `Exigo says ${order.status}, but ${target} has the order${files}; decide with "release"`;
    return { ...held(code, reason), target, fingerprint };
  }
  if ('problem' in seen) return { ...seen.problem, target, fingerprint };
  if (baseline === 'not needed')
    throw new InvariantError(`order ${order.id}: the version handed over was not read`);
  const changes = baseline === null ? [] : tools.kit.diff(rowsOrNone(baseline, target, tools), seen.rows);
  if (baseline !== null && changes.length === 0) {
    // The template has changed since, the order has not: from here on this is the version it knows.
    return { ...same(prior), fingerprint, accepts: true };
  }
  const what = changes
    .slice(0, 12)
    .map(({ row, column, before, after }) => `${column} (row ${row}): ${quote(before)} -> ${quote(after)}`);
  const reason =
    baseline === null
      ? 'it changed after the hand-over; the version handed over is not kept any more'
      : `it changed after the hand-over: ${what.join('; ')}${changes.length > 12 ? `; and ${changes.length - 12} more` : ''}`;
  return { ...held('CHANGED_AFTER_HAND_OVER', reason), target, fingerprint };
}

/** The 3PL is taken to know this version: it has it, or a person left a held file as it was. */
function same(prior: PriorEffect): Decision {
  return prior.state === 'failed'
    ? excluded('IGNORED_BY_PERSON', `its file was held, and a person left it as it is`)
    : excluded('ALREADY_HANDED_OVER', null);
}

/** Whether {@link decideAgain} needs the version handed over: only when the fingerprints differ. */
export function needsBaseline(order: Order, prior: PriorEffect, tools: DecisionTools): boolean {
  if (!UNDER_WAY.includes(order.status)) return false;
  const seen = look(order, prior.target, tools);
  return !('problem' in seen) && seen.fingerprint !== prior.fingerprint;
}

/** Renders an order for nothing but the columns this takes. */
export function touch(order: Order, target: string | null, tools: DecisionTools): void {
  const threePl = tools.threePls.get(target ?? '');
  if (threePl !== undefined) tryRender(order, threePl, tools.section);
}

export function held(code: string, reason: string): Decision {
  return { state: 'held', target: null, fingerprint: null, code, reason };
}

export function excluded(code: string, reason: string | null): Decision {
  return { state: 'excluded', target: null, fingerprint: null, code, reason };
}

/** What a status that takes an order off its way looks like, whatever its columns say. */
export function statusFingerprint(status: string): string {
  return `status ${status}`;
}

type Seen =
  | { readonly rows: RenderedOrder; readonly fingerprint: string }
  | { readonly problem: Decision; readonly fingerprint: string };

/** The order as its 3PL would see it. A version that cannot be shown to it has a fingerprint, too. */
function look(order: Order, target: string | null, { threePls, section, kit }: DecisionTools): Seen {
  const threePl = threePls.get(target ?? '');
  const rendered =
    threePl === undefined
      ? held('NO_TARGET', `it was handed over to "${target}", which is not configured any more`)
      : tryRender(order, threePl, section);
  const gone = UNDER_WAY.includes(order.status) ? null : statusFingerprint(order.status);
  if ('rows' in rendered) return { ...rendered, fingerprint: gone ?? kit.fingerprint(rendered.rows) };
  const { code, reason } = rendered;
  const fingerprint = gone ?? kit.fingerprint([{ code: code ?? '', reason: reason ?? '' }]);
  return { problem: rendered, fingerprint };
}

function rowsOrNone(order: Order, target: string | null, tools: DecisionTools): RenderedOrder {
  const seen = look(order, target, tools);
  return 'rows' in seen ? seen.rows : [];
}

function tryRender(
  order: Order,
  threePl: ThreePl,
  section: NoticeKind | null,
): { readonly rows: RenderedOrder } | Decision {
  const file = fileOf(threePl, section);
  if (file === null) {
    const reason = `${threePl.name} takes no such files: its template has no "${section}"`;
    return { ...held('NO_NOTICE_FILES', reason), target: threePl.name };
  }
  try {
    return { rows: file.render(order) };
  } catch (error) {
    if (error instanceof ColumnNotFetched) throw error;
    const code = error instanceof RenderError ? error.code : 'RENDER_FAILED';
    return { ...held(code, `template ${threePl.name}: ${messageOf(error)}`), target: threePl.name };
  }
}

/** A transform that throws holds its own item; the others go on. */
export function guarded<T>(transform: () => T): T | Decision {
  try {
    return transform();
  } catch (error) {
    if (error instanceof ColumnNotFetched) throw error;
    return held('TRANSFORM_FAILED', `the transform threw: ${messageOf(error)}`);
  }
}

function describeIncompleteness(missing: 'NO_LINES' | 'TOTALS_DIFFER', order: Order): string {
  return missing === 'NO_LINES'
    ? 'no lines have arrived yet; it is read again every cycle'
    : `the totals of its ${order.lines.length} lines do not add up to SubTotal ${order.row.SubTotal}; ` +
        'it is read again every cycle and goes when it has not moved for the settle time';
}

function quote(value: string | null): string {
  return value === null ? 'nothing' : JSON.stringify(value.length > 80 ? `${value.slice(0, 77)}...` : value);
}
