import { DAY, HOUR, MINUTE, SECOND } from './clock.js';
import {
  ConfigurationError,
  FreezeError,
  LeaseLostError,
  StoppedError,
  TerminalError,
  TransientError,
  UnknownOutcomeError,
  UnreachableError,
} from './errors.js';

/** The decision that the class of an error stands for. */
export type ErrorClass =
  /** Nothing was done, it may pass: tried again after a pause. */
  | 'transient'
  /** It may have been done: looked up before anything else. */
  | 'unknown'
  /** Refused: the item goes to the error list. */
  | 'terminal'
  /** A person has to mend something: the flow stops. */
  | 'configuration'
  /** We were told to stop, or lost the lease: it says nothing of the target. */
  | 'ours'
  /** Not expected. */
  | 'bug';

export function classOf(error: unknown): ErrorClass {
  const passing = [TransientError, UnreachableError, FreezeError];
  if (passing.some((type) => error instanceof type)) return 'transient';
  if (error instanceof UnknownOutcomeError) return 'unknown';
  if (error instanceof TerminalError) return 'terminal';
  if (error instanceof ConfigurationError) return 'configuration';
  if (error instanceof StoppedError || error instanceof LeaseLostError) return 'ours';
  return 'bug';
}

/** How pauses grow. Milliseconds. */
export interface RetryLimits {
  readonly firstMs: number;
  readonly mostMs: number;
}

/** Between two tries of a file: a server or a share that is down is down for minutes. */
export const FILE_RETRY: RetryLimits = { firstMs: 30 * SECOND, mostMs: 30 * MINUTE };
/** Between two calls: statuses, orders, acknowledgements, updates. */
export const CALL_RETRY: RetryLimits = { firstMs: 2 * SECOND, mostMs: 30 * MINUTE };
/** Between two tries of a page that is only read. */
export const READ_RETRY: RetryLimits = { firstMs: SECOND, mostMs: MINUTE };
/** A wait that is longer is left to the next run. */
export const MOST_WAIT = 2 * MINUTE;
/** So many failures in a row end a step of a run; so many unknown outcomes of one effect are a person's. */
export const MOST_ATTEMPTS = 5;
/** A server that asks for more has a wrong clock, and would stop us for good. */
export const MOST_ASKED = DAY;

/** A number from 0 to, not including, 1. Passed in, so that tests know it. */
export type Random = () => number;

/** Up to a quarter of a pause is taken off, so that what failed together does not come back together. */
const JITTER = 0.25;

/**
 * How long to wait before the next try. Pure but for `random`. What the server asks for (`Retry-After`) goes first and is
 * never cut short, up to {@link MOST_ASKED}. Otherwise the pause doubles with every try from `firstMs` to `mostMs`, less
 * a random part of at most a quarter. `attempt` counts the tries that failed, from 1.
 */
export function retryDelay(
  attempt: number,
  limits: RetryLimits,
  random: Random,
  error: unknown = null,
): number {
  const asked = error instanceof TransientError ? error.retryAfterMs : undefined;
  if (asked !== undefined) return Math.min(Math.max(asked, 0), MOST_ASKED);
  const doublings = Math.min(Math.max(attempt - 1, 0), 30);
  const grown = Math.min(limits.firstMs * 2 ** doublings, limits.mostMs);
  return Math.round(grown * (1 - JITTER * random()));
}

/** When a system counts as down, and for how long it is left alone then. */
export interface CircuitRule extends RetryLimits {
  /** In a row. */
  readonly failures: number;
}

export const CIRCUIT_RULE: CircuitRule = { failures: 5, firstMs: 5 * MINUTE, mostMs: HOUR / 2 };
