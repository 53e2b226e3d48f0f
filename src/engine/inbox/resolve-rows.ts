import { createHash } from 'node:crypto';
import type { ConfirmationFile, ConfirmationRow, ReadRow } from '../../core/confirmation.js';
import { toUtcText } from '../../core/time.js';
import {
  type InboxRow,
  ordersOfMarketplaces,
  ordersOfThreePl,
  saidBefore,
} from '../../queue/ledger/inbox.js';
import type { Session } from '../../queue/ledger/session.js';

/** A row as it is kept. */
export interface Resolved extends InboxRow {
  readonly code: string | null;
  readonly fault: string | null;
  readonly repeats: 0 | 1;
}

interface Of {
  readonly threePl: string;
  readonly fileId: number;
  readonly kind: Pick<ConfirmationFile, 'references'>;
}

/**
 * The rows of a page with the orders they speak of: those that this 3PL has from us. What says the same as a row before it
 * in this file is a duplicate; as one of an earlier file, a repetition, which brings nothing new.
 */
export async function resolveRows(session: Session, of: Of, page: readonly ReadRow[]): Promise<Resolved[]> {
  const good = page.flatMap((one) => ('row' in one ? [one.row] : []));
  const find = await orderFinder(session, of, good);
  const found = new Map(good.map((row) => [row, find(row.reference)]));
  const contents = new Map(good.map((row) => [row, contentOf(row)]));
  const ids = [...found.values()].flatMap((one) => ('orderId' in one ? [one.orderId] : []));
  const earlier = await saidBefore(session, of.threePl, [...new Set(ids)], [...new Set(contents.values())]);
  const keyOf = (orderId: number, content: string) => `${orderId} ${content}`;
  const files = new Map(earlier.map((one) => [keyOf(one.order_id, one.content), one]));
  const here = new Set(
    earlier.flatMap((one) => (one.last_file === of.fileId ? [keyOf(one.order_id, one.content)] : [])),
  );
  return page.map((one): Resolved => {
    if ('faulty' in one) {
      const { line, code, fault, raw } = one.faulty;
      return { ...emptyRow(of, line), code, fault, raw };
    }
    const { row, raw } = one;
    const order = found.get(row) ?? UNKNOWN;
    if (!('orderId' in order)) return { ...said(of, row, null, null), ...order, raw: cut(raw) };
    const content = contents.get(row) ?? '';
    const key = keyOf(order.orderId, content);
    if (here.has(key)) {
      const fault = 'says the same as a row before it in this file, which counts';
      return { ...said(of, row, order.orderId, content), code: 'DUPLICATE_LINE', fault, raw: cut(raw) };
    }
    here.add(key);
    const first = files.get(key)?.first_file ?? of.fileId;
    return { ...said(of, row, order.orderId, content), repeats: first < of.fileId ? 1 : 0 };
  });
}

type Found = { readonly orderId: number } | { readonly code: string; readonly fault: string };

const UNKNOWN: Found = { code: 'UNKNOWN_ORDER', fault: 'there is no such order' };

/** How a reference becomes an order, with what the database says of all references of a page. */
async function orderFinder(
  session: Session,
  { threePl, kind }: Of,
  rows: readonly ConfirmationRow[],
): Promise<(reference: string) => Found> {
  const references = [...new Set(rows.map(({ reference }) => reference))];
  const byMarketplace = kind.references.includes('marketplace-order')
    ? await ordersOfMarketplaces(session, references)
    : new Map<string, readonly number[]>();
  const candidates = (reference: string): number[] =>
    kind.references.flatMap((form) => {
      if (form === 'marketplace-order') return byMarketplace.get(reference) ?? [];
      const id = exigoId(reference);
      return id === null ? [] : [id];
    });
  const all = [...new Set(references.flatMap(candidates))];
  const { linked, known } = await ordersOfThreePl(session, threePl, all);
  return (reference) => {
    const ids = candidates(reference);
    const ours = ids.filter((id) => linked.has(id));
    const [first] = ours;
    if (first !== undefined) {
      // Of several orders with one number, those of the first form decide.
      const same = kind.references.length === 1 ? ours : ours.slice(0, 1);
      if (new Set(same).size === 1) return { orderId: first };
      return {
        code: 'AMBIGUOUS_ORDER',
        fault: `"${reference}" is the number of several orders: ${ours.join(', ')}`,
      };
    }
    if (ids.some((id) => known.has(id) || byMarketplace.has(reference))) {
      return {
        code: 'NOT_HANDED_OVER',
        fault: `order ${ids[0]} ("${reference}") was not handed over to ${threePl}`,
      };
    }
    return { code: 'UNKNOWN_ORDER', fault: `"${reference}" is no order that we know` };
  };
}

/** A warehouse may fill up with zeros. */
function exigoId(reference: string): number | null {
  const id = /^0*([1-9]\d{0,9})$/.exec(reference)?.[1];
  return id === undefined || Number(id) >= 2 ** 31 ? null : Number(id);
}

/** Hash of what a row says of its order, however it names it. */
export function contentOf(row: ConfirmationRow): string {
  const { answer, itemCode, quantity, tracking, carrier, shipMethodId, happened, reason } = row;
  const all = [
    answer,
    itemCode,
    quantity,
    tracking,
    carrier,
    shipMethodId,
    happened?.at ?? null,
    happened?.bare ?? null,
    reason,
  ];
  return createHash('sha256').update(JSON.stringify(all), 'utf8').digest('hex');
}

const MOST_RAW = 4_000;
const UNKEPT = /[\0\p{Cs}]/gu;

function cut(raw: string): string {
  return raw.slice(0, MOST_RAW).replace(UNKEPT, '\ufffd');
}

function emptyRow({ fileId, threePl }: Of, line: number) {
  return {
    ...{ file_id: fileId, line, three_pl: threePl, order_id: null, answer: null, reference: null },
    ...{ item_code: null, quantity: null, tracking: null, carrier: null, ship_method_id: null },
    ...{ happened_utc: null, happened_bare: 0, said: null, content: null, repeats: 0 as 0 | 1 },
    ...{ code: null, fault: null, raw: null },
  };
}

function said(of: Of, row: ConfirmationRow, orderId: number | null, content: string | null) {
  const { happened } = row;
  return {
    ...emptyRow(of, row.line),
    order_id: orderId,
    answer: row.answer,
    reference: row.reference,
    item_code: row.itemCode,
    quantity: row.quantity,
    tracking: JSON.stringify(row.tracking),
    carrier: row.carrier,
    ship_method_id: row.shipMethodId,
    happened_utc: happened === null ? null : toUtcText(happened.at),
    happened_bare: happened?.bare === true ? 1 : 0,
    said: row.reason,
    content,
  };
}
