import { QUEUE_TABLES, type QueueTable } from '../core/exigo-tables.js';
import type { FrozenValue } from '../core/order.js';
import type { TableReader } from '../core/sources.js';
import type { Session } from '../db/database.js';
import { quoteName, sqlWithColumns } from '../db/sql.js';

const PAGE = 1_000;
const OURS = new Set(['change_set_id', 'queued', 'settled']);

/** Reads the snapshot's rows of the six tables from the frozen ones. */
export function frozenTables(session: Session): TableReader {
  const columns = async (table: QueueTable): Promise<string[]> =>
    (await session.columns(`etl.frozen_${table}`)).map(({ name }) => name).filter((name) => !OURS.has(name));

  return {
    columns,

    async count(changeSetId, table) {
      const statement = sqlWithColumns(session.engine, 'extract/table_count', { table: `frozen_${table}` });
      return (await session.get<{ n: number }>(statement, { change_set_id: changeSetId }))?.n ?? 0;
    },

    async *pages(changeSetId, table) {
      const [key1, key2 = key1] = QUEUE_TABLES[table].key as readonly [string, string?];
      const statement = sqlWithColumns(session.engine, 'extract/table_page', {
        table: `frozen_${table}`,
        key_1: key1,
        key_2: key2,
        columns: (await columns(table)).map((name) => `s.${quoteName(session.engine, name)}`).join(', '),
      });
      let after: [FrozenValue, FrozenValue] = [Number.MIN_SAFE_INTEGER, Number.MIN_SAFE_INTEGER];
      for (;;) {
        const page = await session.rows(statement, {
          change_set_id: changeSetId,
          after_1: after[0],
          after_2: after[1],
          limit: PAGE,
        });
        const last = page.at(-1);
        if (last === undefined) return;
        yield page.map((row) => row.slice(2));
        if (page.length < PAGE) return;
        after = [last[0] ?? null, last[1] ?? null];
      }
    },
  };
}
