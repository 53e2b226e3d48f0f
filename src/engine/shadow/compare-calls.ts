import {
  type CallFields,
  type CallState,
  type ShadowCall,
  shadowCalls,
} from '../../queue/ledger/shadow-calls.js';
import type { TheirRow, TheirRows } from '../../queue/their-rows.js';
import type { CellChange, EngineContext } from '../context.js';
import { assertGoingOn } from '../stop.js';
import { reasonOf } from './compare-shadow.js';

const PAGE = 500;

/**
 * `same`, `differs`: it was done by somebody else; `only ours`: by nobody, as far as is to be seen; `assumed`: nobody can be
 * asked; `held`: a live run would have held it, too; `live`: left to a live run.
 */
export type CallOutcome = 'same' | 'differs' | 'only ours' | 'assumed' | 'held' | 'live';

export interface ComparedCall extends Omit<ShadowCall, 'state' | 'effect_state'> {
  readonly outcome: CallOutcome;
  /** `before` is theirs, `after` ours. */
  readonly cells: readonly CellChange[];
}

/** An order of their file that no call of ours is of. */
export interface OnlyTheirs {
  readonly outcome: 'only theirs';
  readonly order: string;
  readonly where: string;
  /** What became of it here. */
  readonly reason: string | null;
}

export interface CallComparison {
  /** Of ours, without those that a newer version took the place of. */
  readonly calls: number;
  readonly same: number;
  readonly differing: number;
  readonly onlyOurs: number;
  readonly onlyTheirs: number;
  readonly assumed: number;
  readonly held: number;
  readonly live: number;
  /** When a target was looked at last, UTC text; null without calls. */
  readonly lookedUtc: string | null;
}

export interface CallQuestion {
  readonly pipeline: string;
  /** UTC text: calls planned in this time, the end excluded. */
  readonly from: string;
  readonly to: string;
  /** What an earlier script says it has called; left out: what the targets have shown of it. */
  readonly theirs?: TheirRows;
}

/** What a pipeline would have called, against what was really done. It asks no target: what runs in shadow have seen is kept. */
export async function compareCalls(
  context: EngineContext,
  { pipeline, from, to, theirs }: CallQuestion,
  tell: (call: ComparedCall | OnlyTheirs) => void,
): Promise<CallComparison> {
  const counts: Record<CallOutcome | 'only theirs', number> = {
    same: 0,
    differs: 0,
    'only ours': 0,
    'only theirs': 0,
    assumed: 0,
    held: 0,
    live: 0,
  };
  let calls = 0;
  let lookedUtc: string | null = null;
  for (let after = 0; ; ) {
    assertGoingOn(context.signal);
    const page = await shadowCalls(context.database, { pipeline, from, to }, after, PAGE);
    const last = page.at(-1);
    if (last === undefined) break;
    after = last.effect_id;
    const found = (await theirs?.take(page.flatMap(keysOf))) ?? null;
    for (const { state, effect_state, ...call } of page) {
      const judged = found === null ? bySight(call, state, effect_state) : byFile(call, state, found);
      if (judged === null) continue;
      calls++;
      counts[judged.outcome]++;
      if (lookedUtc === null || call.looked_utc > lookedUtc) lookedUtc = call.looked_utc;
      tell({ ...call, ...judged });
    }
  }
  if (theirs !== undefined) {
    for await (const { key: order, file, line } of theirs.left()) {
      assertGoingOn(context.signal);
      counts['only theirs']++;
      const reason = await reasonOf(context, pipeline, order);
      tell({ outcome: 'only theirs', order, where: `${file} line ${line}`, reason });
    }
  }
  const { same, differs: differing, assumed, held, live } = counts;
  const others = { assumed, held, live, lookedUtc };
  return {
    calls,
    same,
    differing,
    onlyOurs: counts['only ours'],
    onlyTheirs: counts['only theirs'],
    ...others,
  };
}

interface Judged {
  readonly outcome: CallOutcome;
  readonly cells: readonly CellChange[];
}

/** By what its target has shown; null: a newer version took its place, or nothing is to be done any more. */
function bySight(
  { fields, shown }: Pick<ShadowCall, 'fields' | 'shown'>,
  state: CallState,
  effectState: string | null,
): Judged | null {
  if (state === 'dropped') return null;
  if (state === 'open') return effectState === 'pending' ? { outcome: 'only ours', cells: [] } : null;
  if (state !== 'differs') return { outcome: state, cells: [] };
  return { outcome: 'differs', cells: shown === null ? [] : differences(fields, shown) };
}

/** By what the script says it has called: the row of the order that differs least. */
function byFile(
  call: Pick<ShadowCall, 'fields' | 'item_key' | 'order_id'>,
  state: CallState,
  found: ReadonlyMap<string, readonly TheirRow[]>,
): Judged | null {
  if (state === 'dropped') return null;
  const rows = keysOf(call).flatMap((key) => found.get(key) ?? []);
  if (rows.length === 0) return { outcome: 'only ours', cells: [] };
  const [nearest = []] = rows
    .map(({ cells }) => differences(call.fields, cells))
    .sort((a, b) => a.length - b.length);
  return { outcome: nearest.length === 0 ? 'same' : 'differs', cells: nearest };
}

/** The names that an order may have in a file: its id in Exigo, its number at GoDataFeed with and without the store. */
function keysOf({ item_key, order_id }: Pick<ShadowCall, 'item_key' | 'order_id'>): string[] {
  const number = item_key.slice(item_key.indexOf('/') + 1);
  return [...new Set([...(order_id === null ? [] : [String(order_id)]), item_key, number])];
}

/** Of the fields that both have. */
function differences(ours: CallFields, theirs: CallFields): CellChange[] {
  return Object.entries(ours).flatMap(([column, after]) => {
    const before = theirs[column];
    if (before === undefined || before === null || isSame(before, after)) return [];
    return [{ row: 1, column, before, after }];
  });
}

function isSame(one: string, other: string | null): boolean {
  return one.trim().toLowerCase() === (other ?? '').trim().toLowerCase();
}
