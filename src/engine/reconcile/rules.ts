import { toExigoText, toUtcText } from '../../core/time.js';

/** What a comparison goes by besides the facts. Instants and times in ms. */
export interface OrderRules {
  readonly now: number;
  /** A difference that is younger is on its way. */
  readonly graceMs: number;
  /** From when on changes are frozen; null: nothing was ever frozen. */
  readonly firstAt: number | null;
  /** When that was done for the first time. */
  readonly firstFreezeAt: number | null;
  /** The pipeline that hands over. */
  readonly pipeline: string;
  /** Whether runs set orders to Printed: an Exigo API is configured. */
  readonly prints: boolean;
  /** A 3PL has files that the ledger does not know: what looks as if it never left may have left. */
  readonly ledgerBehind: boolean;
  /** When a ready item of a 3PL should have been taken by a wave at the latest; null while none was due. */
  wavePassed(target: string | null, createdAt: number): number | null;
}

export interface MarketplaceRules {
  readonly now: number;
  readonly graceMs: number;
  /** The pipeline that takes new orders; null: none does. */
  readonly takes: string | null;
  /** The pipeline that reports. */
  readonly reports: string | null;
  /** The pipeline that cancels in Exigo what ended at its marketplace. */
  readonly ends: string | null;
  /** Now, as the ledger keeps it: for statements that a person runs. */
  readonly stamp: string;
  /** A table as the engine of the ledger spells it. */
  quoted(table: string): string;
}

/** `2026-11-21 03:07 UTC`. */
export function time(ms: number): string {
  return `${toUtcText(ms).slice(0, 16)} UTC`;
}

/** The day in Exigo, as `--start-date` takes it. */
export function day(ms: number): string {
  return toExigoText(ms).slice(0, 10);
}
