import type { LastWord } from '../../core/cancellation.js';
import type { Collected, SaidRow, Shipment } from '../../core/shipment.js';

/**
 * What a 3PL says in the end of an order that it was asked to cancel, by all rows of its files; null: nothing yet. What has
 * left is too late, whatever else it says; else the last of its answers counts. `collected` is what the rows come to: lines
 * that are canceled one by one are the order, too, once they are all. `askedAt`: since when it may have read the file that
 * asks (ms); a refusal before that was one of the hand-over. Pure.
 */
export function lastWord(
  { rows }: Pick<Shipment, 'rows'>,
  collected: Collected,
  askedAt: number | null,
): LastWord | null {
  const shipped = rows.find(({ answer, repeats }) => answer === 'shipped' && !repeats);
  if (shipped !== undefined) return { answer: 'too-late', evidence: `${placeOf(shipped)}: shipped` };
  const last = rows.findLast(({ answer }) => answer === 'canceled' || answer === 'not-canceled');
  if (last?.answer === 'not-canceled') return { answer: 'too-late', evidence: said(last) };
  if (last !== undefined && (last.itemCode === null || collected.says === 'canceled')) {
    return { answer: 'canceled', evidence: said(last) };
  }
  const refused = rows.findLast(({ answer }) => answer === 'accepted' || answer === 'rejected');
  if (refused?.answer === 'rejected' && askedAt !== null && refused.receivedAt >= askedAt) {
    return { answer: 'refused', evidence: said(refused) };
  }
  return null;
}

/** `ATL_ACK_7.csv line 17: already packed`. */
function said(row: SaidRow): string {
  return `${placeOf(row)}: ${row.reason ?? `${row.answer}, without a reason`}`;
}

function placeOf({ file, line }: SaidRow): string {
  return `${file} line ${line}`;
}
