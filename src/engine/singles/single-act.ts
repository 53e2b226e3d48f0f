import { messageOf, type TerminalError, UnknownOutcomeError } from '../../core/errors.js';
import type { Lease } from '../../queue/lease/lease.js';
import type { Session } from '../../queue/ledger/session.js';
import type { CallFields } from '../../queue/ledger/shadow-calls.js';
import type { SingleEffect, SingleStep } from '../../queue/ledger/singles.js';
import type { EngineContext } from '../context.js';

/** What a target shows of an effect, or answered to it. */
export type Seen =
  | {
      readonly seen: 'done';
      readonly receipt: string;
      /** The step that comes after is not needed: the item is delivered. */
      readonly last?: boolean;
      /** Kept in the transaction of the receipt. */
      readonly note?: (session: Session, now: string) => Promise<void>;
    }
  | { readonly seen: 'absent' }
  /** Nothing is to be done any more: the item is excluded, and its key is free for a later one. */
  | {
      readonly seen: 'dropped';
      readonly code: string;
      readonly reason: string;
      readonly note?: (session: Session, now: string) => Promise<void>;
    }
  | {
      readonly seen: 'blocked';
      readonly state: 'held' | 'failed';
      readonly code: string;
      readonly reason: string;
      readonly note?: (session: Session, now: string) => Promise<void>;
    };

/** A call that is not made, and what its target shows of it. */
export interface ShadowLook {
  /** As the target names the call. */
  readonly operation: string;
  readonly fields: CallFields;
  /** The same fields as the target shows them; null: nothing, or it cannot be asked. */
  readonly shown: CallFields | null;
  /** What a live run would make of what is shown; `done`: somebody else has made the call. */
  readonly seen: Seen;
  /** Done by somebody else, with other fields; or it cannot be asked, and counts as done. */
  readonly how?: 'differs' | 'assumed';
}

/** An act of a step: what it does for one effect, and how it is looked up. */
export interface SingleAct {
  /** For messages: `acknowledgement to store main`. */
  readonly name: string;
  readonly unknownWaitMs: number;
  /** What the target shows. Errors as its own. */
  look(effect: SingleEffect): Promise<Seen>;
  /**
   * Does it. `absent`: it was left undone on purpose, and waits for the next run. `guard` throws when the lease is lost;
   * awaited right before anything leaves: what was read before, or the rate budget, may have taken longer than a lease.
   * A TransientError means that nothing was done: what fails after the call is an UnknownOutcomeError, whatever it is.
   */
  act(effect: SingleEffect, guard: () => Promise<void>): Promise<Seen>;
  /**
   * The call that {@link act} would make, and what the target shows of it, whoever has made it. Reads alone. Null: a part of the
   * target cannot be asked now, which the act itself reports.
   */
  shadow(effect: SingleEffect): Promise<ShadowLook | null>;
  /** What becomes of an effect that the target refused. */
  refused(effect: SingleEffect, error: TerminalError): Promise<Seen>;
  /** What becomes of one that was proven absent after an unknown outcome: repeated, or given to a person. */
  readonly absent: 'repeat' | { readonly code: string; readonly reason: string };
  /** Told of an effect of unknown outcome that is proven absent. */
  provenAbsent?(effect: SingleEffect): Promise<void>;
}

export interface SingleWork {
  readonly context: EngineContext;
  readonly lease: Lease;
  readonly step: SingleStep;
  /** The step that comes after it; null: the item is delivered with it. */
  readonly nextStep: string | null;
  readonly act: SingleAct;
}

/** What follows a call that was confirmed: a failure of it does not say that nothing was done. */
export async function afterCall<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UnknownOutcomeError) throw error;
    const message = `${what}, and then: ${messageOf(error)}; looked up before anything else`;
    throw new UnknownOutcomeError('OUTCOME_UNKNOWN', message, { cause: error });
  }
}

/** A step at work. */
export interface Working extends SingleWork {
  readonly troubles: Troubles;
}

export interface Failure {
  times: number;
  /** When the effect is due again (ms). */
  dueAt: number;
  readonly error: unknown;
}

export interface Troubles {
  /** Effects that failed since the last success, of any effect. */
  readonly sinceSuccess: Set<number>;
  /** Effects that are pending after a failure in this run, by their id. */
  readonly pending: Map<number, Failure>;
  /** Why effects of unknown outcome could not be looked up, by their id: they stay on their way until the next run. */
  readonly unread: Map<number, unknown>;
}
