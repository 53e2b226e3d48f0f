import type { Session } from '../../db/database.js';
import { fetchAll, from, joined } from '../../db/query.js';
import { sql } from '../../db/sql.js';

/** Characters that a pattern of the server would not take as they are. */
const WILDCARDS = /[%_[\]^\\"]/;

/** Orders of Exigo that a 3PL shipped under this tracking number, wherever it stands in its row. */
export async function ordersOfTracking(session: Session, number: string, limit: number): Promise<number[]> {
  if (WILDCARDS.test(number)) return [];
  const found = new Set<number>();
  for (const spelled of new Set([number, number.toUpperCase()])) {
    const text = `[${JSON.stringify(spelled)}`;
    const rows = await session.all<{ order_id: number }>(sql(session.engine, 'reads/orders_of_tracking'), {
      only: `${text}]`,
      first: `${text},`,
      after: `${text}-`,
      limit,
    });
    rows.push(...(await ordersOfLaterNumber(session, spelled, limit)));
    for (const { order_id } of rows) found.add(order_id);
  }
  return [...found].slice(0, limit);
}

/** Those of whose row it is the second number, or a later one. */
function ordersOfLaterNumber(
  session: Session,
  number: string,
  limit: number,
): Promise<{ readonly order_id: number }[]> {
  return fetchAll(
    session,
    'reads/orders_of_later_number',
    from(session.engine, 'etl.inbox_tracking', 't')
      .join(joined(session.engine, 'etl.inbox_row', 'r'), (on) =>
        on.on('r.file_id', 't.file_id').andOn('r.line', 't.line'),
      )
      .where('t.number', number)
      .whereNotNull('r.order_id')
      .limit(limit)
      .select('r.order_id'),
  );
}

export interface ReferencedRow {
  readonly order_id: number | null;
  readonly file_id: number;
  readonly line: number;
}

/** Rows of 3PLs that named their order like this; `order_id` is null where no order of ours was found by it. */
export function rowsOfReference(
  session: Session,
  reference: string,
  limit: number,
): Promise<ReferencedRow[]> {
  return fetchAll(
    session,
    'reads/rows_of_reference',
    from(session.engine, 'etl.inbox_row', 'r')
      .where('r.reference', reference)
      .limit(limit)
      .select('r.order_id', 'r.file_id', 'r.line'),
  );
}
