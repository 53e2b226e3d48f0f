import { RETURNS, returned, type Said, SHIPMENTS, shipped } from './inbox.js';
import type { ShipSite } from './ship-site.js';

export const HAND_OVERS = 'exigo-orders-to-3pl';

/** What happens to orders 1 to 4 of atlas, besides the runs of the pipelines. */
export interface Story {
  readonly pipelines: readonly string[];
  /** How often they run, half an hour apart; 4 unless given. */
  readonly cycles?: number;
  /** What atlas says after each cycle. */
  readonly says?: Readonly<Record<number, readonly Said[]>>;
  /** It comes as files in its inbox; else it is put down as if they had been read. */
  readonly asFiles?: boolean;
  /** Those that are canceled in Exigo after a cycle. */
  readonly canceled?: Readonly<Record<number, readonly number[]>>;
  /** Sections of its template that differ. */
  readonly atlas?: object;
  /** There is a mail server. */
  readonly mail?: boolean;
  /** What else happens after a cycle, and before the first one (0). */
  happens?(site: ShipSite, cycle: number): Promise<void>;
  /** Before each process starts, what the last one left can be looked at. */
  looks?(site: ShipSite): void;
}

/** In parts, with an order that is canceled in Exigo after the first cycle, and corrections. */
export const SHIPPING: Story = {
  pipelines: [HAND_OVERS, SHIPMENTS],
  says: {
    1: [
      shipped(1, 'T1'),
      { ...shipped(2, 'T2'), itemCode: 'TEA', quantity: '1' },
      shipped(3, 'T3'),
      { answer: 'accepted', orderId: 4 },
    ],
    2: [{ ...shipped(2, 'T4'), itemCode: 'CUP', quantity: '1' }, shipped(4, 'T5')],
    // Corrections: another number, and the same number with another carrier.
    3: [shipped(1, 'T9'), { ...shipped(4, 'T5'), carrier: 'FedEx' }],
  },
  canceled: { 1: [3] },
};

/** The way of what comes back: in parts, beside each other, and a row once more. */
export const RETURNING: Story = {
  pipelines: [HAND_OVERS, RETURNS],
  says: {
    1: [shipped(1, 'T1'), shipped(2, 'T2'), shipped(4, 'T4')],
    2: [returned(1, 'TEA', '1'), returned(2)],
    3: [returned(1, 'TEA', '1'), { ...returned(1, 'CUP', '0.5'), reason: 'later' }, returned(4, 'TEA', '2')],
  },
  canceled: { 1: [3] },
};
