/** Operations of the API that the stand-in knows. */
export type FeedStandinOperation = 'Authorize' | 'Count' | 'List' | 'Get' | 'Acknowledge' | 'UpdateStatus';

/** One mutating call that had a good token and room in the bucket, in the order of arrival. */
export interface FeedJournalEntry {
  /** Instant (ms) of the injected clock. */
  readonly at: number;
  readonly operation: 'Acknowledge' | 'UpdateStatus';
  readonly orderNumber: string;
  /** What was sent, by the names it was sent under; no token, no key. */
  readonly sent: Readonly<Record<string, unknown>>;
  /** What the caller got: `200 Success`, `200 Failure`, `429`, `cut` ... */
  readonly answer: string;
  /** Whether it has changed the order (a late effect: not before it shows). A repetition changes nothing. */
  readonly applied: boolean;
}

export type OpenFeedEntry = { -readonly [K in keyof FeedJournalEntry]: FeedJournalEntry[K] };
