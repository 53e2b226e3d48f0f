/** Calls that a pipeline in shadow does not make: what they would have carried, and what their targets show of it. */
import type { Session } from '../../db/database.js';
import { sql } from '../../db/sql.js';
import type { SingleEffect, SingleStep } from './singles.js';

/** Cells of a call by the names of its target; null: left out, or not shown. No names, no addresses. */
export type CallFields = Readonly<Record<string, string | null>>;

/**
 * `open`: the target does not show it; `same`, `differs`: it does, by somebody else; `assumed`: the target cannot be asked, so
 * it counts as the earlier script's; `held`, `dropped`: what a live run would have made of it; `live`: left to a live run.
 */
export const CALL_STATES = ['open', 'same', 'differs', 'assumed', 'held', 'dropped', 'live'] as const;
export type CallState = (typeof CALL_STATES)[number];

/** An effect that waits, with what every kind of step needs of it. */
export interface WaitingEffect extends SingleEffect {
  readonly next_try_utc: string | null;
  readonly accepted_utc: string | null;
  readonly created_utc: string;
}

export interface ShadowCall {
  readonly effect_id: number;
  readonly step: string;
  readonly item_key: string;
  readonly order_id: number | null;
  readonly operation: string;
  readonly fields: CallFields;
  readonly state: CallState;
  /** Null: the target shows nothing of it, or was not asked. */
  readonly shown: CallFields | null;
  /** UTC text. */
  readonly planned_utc: string;
  readonly looked_utc: string;
  /** Null: a newer version took its place. */
  readonly effect_state: string | null;
}

/** Of a step in shadow, those that are due for a look; or those that were left when the pipeline became live. */
export async function waitingEffects(
  session: Session,
  which: 'all' | 'left',
  step: SingleStep,
  page: { readonly now: string; readonly after: number; readonly limit: number },
): Promise<WaitingEffect[]> {
  const { pipeline, step: name, target } = step;
  const { now, after, limit } = page;
  const parameters = { pipeline, step: name, target, after, limit };
  return which === 'all'
    ? session.all(sql(session.engine, 'shadow/pending_effects'), { ...parameters, now })
    : session.all(sql(session.engine, 'shadow/left_effects'), parameters);
}

/** pending -> sending; false: it is not pending any more. */
export async function beginEffect(session: Session, effectId: number, token: number): Promise<boolean> {
  const parameters = { effect_id: effectId, token };
  return (await session.run(sql(session.engine, 'shadow/begin_effect'), parameters)) > 0;
}

export async function noteCall(
  session: Session,
  call: {
    readonly effectId: number;
    readonly operation: string;
    readonly fields: CallFields;
    readonly state: CallState;
    readonly shown: CallFields | null;
    /** UTC text; of an open one alone. */
    readonly nextLook: string | null;
    readonly now: string;
  },
): Promise<void> {
  const { effectId, operation, fields, state, shown, nextLook, now } = call;
  await session.run(sql(session.engine, 'shadow/note_call'), {
    effect_id: effectId,
    operation,
    fields: JSON.stringify(fields),
    state,
    shown: shown === null ? null : JSON.stringify(shown),
    now,
    next_look: nextLook,
    settled: state === 'open' ? null : now,
  });
}

/** What is still left of a step waits until then (UTC text): it could not be looked at. */
export async function postponeLeft(session: Session, step: SingleStep, nextTry: string): Promise<void> {
  const { pipeline, step: name, target } = step;
  const parameters = { pipeline, step: name, target, next_try_utc: nextTry };
  await session.run(sql(session.engine, 'shadow/postpone_left'), parameters);
}

/** It was looked at, and is ours to do. */
export async function effectDue(session: Session, effectId: number): Promise<void> {
  await session.run(sql(session.engine, 'shadow/effect_due'), { effect_id: effectId });
}

/** A page of what a pipeline would have called, in the order in which it was planned. Times in UTC text, the end excluded. */
export async function shadowCalls(
  session: Session,
  of: { readonly pipeline: string; readonly from: string; readonly to: string },
  after: number,
  limit: number,
): Promise<ShadowCall[]> {
  const rows = await session.all<
    Omit<ShadowCall, 'fields' | 'shown'> & { readonly fields: string; readonly shown: string | null }
  >(sql(session.engine, 'shadow/calls'), { ...of, after, limit });
  return rows.map((row) => ({
    ...row,
    fields: JSON.parse(row.fields) as CallFields,
    shown: row.shown === null ? null : (JSON.parse(row.shown) as CallFields),
  }));
}

/** Whether what a change set was frozen from is a file that was read in shadow. */
export async function isOfShadowFile(session: Session, changeSetId: number): Promise<boolean> {
  const row = await session.get<{ files: number }>(sql(session.engine, 'shadow/made_in_shadow'), {
    change_set_id: changeSetId,
  });
  return (row?.files ?? 0) > 0;
}
