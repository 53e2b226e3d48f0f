/** Differences that need nobody; each is counted. */
export const HARMLESS = [
  'TOO_YOUNG',
  'SYNC_LAG',
  'CANCELED',
  'NOT_ACCEPTED',
  'EXCLUDED',
  'WAITING',
  'HELD',
  'DECIDED',
  'BEFORE_FIRST_FREEZE',
  'ACCEPTED_BY_GODATAFEED',
  'MANUALLY_SYNCED',
  'NOT_OURS',
] as const;
export type Harmless = (typeof HARMLESS)[number];

/** Differences that somebody should look at. */
export const DISCREPANCIES = [
  'ACCEPTED_UNKNOWN_TO_US',
  'FROZEN_NOT_JUDGED',
  'CHANGE_NOT_FROZEN',
  'WAVE_MISSED',
  'HANDED_OVER_NOT_PRINTED',
  'SHIPPED_BY_3PL_NOT_IN_EXIGO',
  'PRINTED_NOT_HANDED_OVER',
  'CANCELED_AFTER_HAND_OVER',
  'STATUS_AFTER_HAND_OVER',
  'GONE_FROM_EXIGO',
  'UNKNOWN_TO_API',
  'SYNC_BEHIND_API',
  'SYNC_AHEAD_OF_API',
  'TWO_EXIGO_ORDERS',
  'NEW_NOT_TAKEN',
  'IN_EXIGO_NOT_ACKNOWLEDGED',
  'ACKNOWLEDGED_NOT_IN_EXIGO',
  'LINK_MISSING',
  'LINK_WRONG',
  'SHIPPED_NOT_REPORTED',
  'CANCELED_NOT_REPORTED',
  'REPORTED_NOT_SHIPPED',
  'TRACKING_DIFFERS',
  'MARKETPLACE_REFUSED',
  'CANCELED_THERE_OPEN_HERE',
  'CANCELED_THERE_SHIPPED_HERE',
  'LEDGER_BEHIND_FILES',
  'FILE_UNKNOWN_TO_US',
  'FILE_DIFFERS',
] as const;
export type Discrepancy = (typeof DISCREPANCIES)[number];

/** What the systems' words on one order come to. */
export type Finding =
  | { readonly verdict: 'agrees' }
  | { readonly verdict: 'harmless'; readonly code: Harmless }
  /** `cause` says what was found where, `next` what to do, with the command. */
  | { readonly verdict: 'differs'; readonly code: Discrepancy; readonly cause: string; readonly next: string }
  /** Too few systems answered to say anything. */
  | { readonly verdict: 'not compared' };

export const AGREES: Finding = { verdict: 'agrees' };
export const NOT_COMPARED: Finding = { verdict: 'not compared' };

export function harmless(code: Harmless): Finding {
  return { verdict: 'harmless', code };
}

export function differs(code: Discrepancy, cause: string, next: string): Finding {
  return { verdict: 'differs', code, cause, next };
}

/** What a system says: null where it does not know the order, `not asked` where it is not there or did not answer. */
export type Asked<T> = T | null | 'not asked';

export function said<T>(answer: Asked<T>): T | null {
  return answer === 'not asked' ? null : answer;
}

const ONLY_IF_OURS: readonly Discrepancy[] = [
  'ACCEPTED_UNKNOWN_TO_US',
  'FROZEN_NOT_JUDGED',
  'PRINTED_NOT_HANDED_OVER',
];

/** Whether the rules of the pipeline may still excuse it: it may be another warehouse's order. */
export function differsOnlyIfOurs(finding: Finding): boolean {
  return finding.verdict === 'differs' && ONLY_IF_OURS.includes(finding.code);
}
