import type { Collected, SaidRow, Shipment } from '../../../src/core/shipment.js';

export const HANDED_OVER = Date.parse('2026-03-11T17:00:00Z');
const HOUR = 3_600_000;

type Said = Partial<SaidRow> & { readonly answer: SaidRow['answer'] };

/** Rows of one file; files come an hour after one another. */
export function file(fileId: number, ...rows: readonly Said[]): SaidRow[] {
  return rows.map((row, i) => ({
    fileId,
    line: i + 2,
    file: `SHIP_${fileId}.csv`,
    receivedAt: HANDED_OVER + fileId * HOUR,
    itemCode: null,
    quantity: null,
    tracking: [],
    carrier: null,
    shipMethodId: null,
    happened: null,
    reason: null,
    repeats: false,
    ...row,
  }));
}

/** `ship('TEA', '1', 'T1')`: one of TEA left under T1. */
export function ship(itemCode: string | null, quantity: string | null, ...tracking: string[]): Said {
  return { answer: 'shipped', itemCode, quantity, tracking, carrier: 'UPS' };
}

export function shipmentOf(rows: readonly SaidRow[], overrides: Partial<Shipment> = {}): Shipment {
  return {
    threePl: 'atlas',
    orderId: 7,
    handedOverAt: HANDED_OVER,
    lines: [
      { itemCode: 'TEA', quantity: '2.0000' },
      { itemCode: 'CUP', quantity: '1.0000' },
    ],
    shipMethodId: 1,
    rows,
    ...overrides,
  };
}

/** In short: `shipped T1 T2`, `waiting 1 of CUP`, `canceled`, `MORE_THAN_ORDERED`. */
export function brief(collected: Collected): string {
  switch (collected.says) {
    case 'shipped':
      return `shipped ${collected.notice.tracking.map(({ number }) => number).join(' ')}`;
    case 'waiting':
      return `waiting ${collected.missing.map(({ itemCode, quantity }) => `${quantity} of ${itemCode}`).join(', ')}`;
    case 'contradiction':
      return collected.code;
    default:
      return collected.says;
  }
}
