import { createHash } from 'node:crypto';
import { exclude, load, type ReturnPipeline, reject, type Verdict } from '../../core/pipeline.js';
import { type JudgedReturn, RETURN_KEY, type Returned, type ReturnPolicy } from '../../core/returned.js';
import type { SaidRow } from '../../core/shipment.js';
import type { Decision } from '../../queue/ledger/items.js';
import type { KeyEffect } from '../../queue/ledger/singles.js';
import { excluded, guarded, held } from '../verdicts/decide.js';

/** What follows from the decision. */
export type ReturnFollows =
  | { readonly follows: 'nothing' }
  /** The goods are noted. */
  | { readonly follows: 'record'; readonly key: string }
  /** The goods are noted, and a return order is made of them. */
  | { readonly follows: 'make'; readonly key: string; readonly generation: number }
  /** One that was refused is tried again as it is. */
  | { readonly follows: 'reopen'; readonly effectId: number };

export interface ReturnDecision {
  readonly decision: Decision;
  readonly follows: ReturnFollows;
}

/** The verdict that a tool gives of what came back. `notTold`: the marketplace that cannot be told of it. */
export function verdictOf(
  judged: JudgedReturn,
  { threePl }: Returned,
  policy: ReturnPolicy,
  notTold: string | null,
): Verdict {
  switch (judged.says) {
    case 'nothing':
      return exclude('ALREADY_RETURNED', judged.reason);
    case 'contradiction':
      return reject(judged.code, `${judged.reason}; settle it with ${threePl}`);
    default: {
      if (policy.as === 'return-order' && judged.says === 'returned') return load(threePl);
      if (policy.as === 'return-order') {
        return reject(
          'RETURN_NOT_KEPT',
          `the order came back to ${threePl}, and its lines as they were handed over are not kept any more; make the return order in Exigo, then release it as ignore`,
        );
      }
      const what =
        judged.goods.length === 0
          ? 'it came back'
          : `${judged.goods.map(({ itemCode, quantity }) => `${quantity} of ${itemCode}`).join(', ')} came back`;
      return exclude('RETURN_RECORDED', `${what} to ${threePl}${notTold === null ? '' : `; ${notTold}`}`);
    }
  }
}

/** The pipeline's verdict on what one file says came back, by what was made of it before. */
export function decideReturn(
  returned: Returned,
  judged: JudgedReturn,
  pipeline: ReturnPipeline,
  done: readonly KeyEffect[],
  how: {
    readonly policy: ReturnPolicy;
    readonly notTold: string | null;
    readonly personInsists: boolean;
    /** Keys of the order that were taken before. */
    readonly taken: ReadonlySet<string>;
  },
): ReturnDecision {
  const { threePl, orderId, rows } = returned;
  const verdict = guarded(() =>
    pipeline.transform(returned, {
      toReturnOrder: () => verdictOf(judged, returned, how.policy, how.notTold),
    }),
  );
  const stays = (decision: Decision): ReturnDecision => ({
    decision: { ...decision, target: threePl },
    follows: { follows: 'nothing' },
  });
  if ('state' in verdict) return stays(verdict);
  if (judged.says === 'nothing') return standing(done, verdict, stays, how.personInsists);
  if (verdict.verdict === 'reject') return stays(held(verdict.code, verdict.reason));
  const key = returnKey(orderId, rows);
  if (how.taken.has(key))
    return stays(excluded('ALREADY_RETURNED', `the same rows were taken before (${key})`));
  if (verdict.verdict === 'exclude') {
    const recorded = verdict.code === 'RETURN_RECORDED';
    return {
      ...stays(excluded(verdict.code, verdict.reason)),
      follows: recorded ? { follows: 'record', key } : { follows: 'nothing' },
    };
  }
  const generation = (done.at(-1)?.generation ?? 0) + 1;
  return {
    decision: { state: 'loading', target: threePl, fingerprint: key, code: null, reason: null },
    follows: { follows: 'make', key, generation },
  };
}

/** Nothing new: what became of the return order that was made of it. One that was refused is tried again by a person. */
function standing(
  done: readonly KeyEffect[],
  verdict: Verdict,
  stays: (decision: Decision) => ReturnDecision,
  personInsists: boolean,
): ReturnDecision {
  const waiting = done.find(({ state }) => state === 'held' || state === 'failed');
  if (waiting === undefined) {
    const { code, reason } =
      verdict.verdict === 'exclude' ? verdict : { code: 'ALREADY_RETURNED', reason: null };
    return stays(excluded(code, reason));
  }
  const { effect_id: effectId, fingerprint } = waiting;
  if (personInsists) {
    const { decision } = stays({ state: 'loading', target: null, fingerprint, code: null, reason: null });
    return { decision, follows: { follows: 'reopen', effectId } };
  }
  return stays(
    waiting.resolution === 'IGNORED'
      ? excluded('IGNORED_BY_PERSON', 'its return order was refused, and a person left it as it is')
      : held(waiting.code ?? 'CREATE_REFUSED', waiting.reason ?? 'it was refused'),
  );
}

/**
 * The business key: the order, and what the rows say, whatever file, line or number they have here. So the same rows have
 * the same key also in a ledger that was restored from a backup.
 */
export function returnKey(orderId: number, rows: readonly SaidRow[]): string {
  const said = rows
    .map(({ itemCode, quantity, tracking, carrier, shipMethodId, happened, reason }) =>
      JSON.stringify([itemCode, quantity, tracking, carrier, shipMethodId, happened, reason]),
    )
    .sort();
  const hash = createHash('sha256').update(said.join('\n'), 'utf8').digest('hex');
  return `${RETURN_KEY}${orderId}:${hash.slice(0, 12)}`;
}
