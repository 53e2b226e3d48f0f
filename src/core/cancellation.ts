/** Who may want an order canceled that a 3PL has: Exigo says Canceled, its marketplace has ended it, a person decided so. */
export const WANTERS = ['exigo', 'marketplace', 'person'] as const;
export type Wanter = (typeof WANTERS)[number];

/** An order that its 3PL is to cancel, once for each time it was handed over. */
export interface Cancellation {
  /** In Exigo. */
  readonly orderId: number;
  /** The 3PL that has it, by its template's name. */
  readonly threePl: string;
  /** Which hand-over of it: 2 and more only after a person's resend. */
  readonly generation: number;
  /** At least one. */
  readonly wantedBy: readonly Wanter[];
}

/** What a 3PL says of a cancellation, in the end: it will not come, it comes all the same, or it knows no such order. */
export type CancellationAnswer = 'canceled' | 'too-late' | 'refused';

/** Its last word on an order that it was asked to cancel; evidence is file, line and its words. */
export interface LastWord {
  readonly answer: CancellationAnswer;
  readonly evidence: string;
}
