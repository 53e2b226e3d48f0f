import { InvariantError } from '../core/errors.js';
import { QUEUE_TABLES, type QueueTable } from '../core/exigo-tables.js';
import type { FrozenValue } from '../core/order.js';
import type { TableReader } from '../core/sources.js';
import type { CatalogueColumn, Session } from '../db/database.js';
import { readableColumns } from '../db/readable.js';
import { sql, sqlWithColumns } from '../db/sql.js';

const PAGE = 1_000;

/** Reads the snapshot's rows of the six tables from the frozen ones. */
export function frozenTables(session: Session): TableReader {
  const columns = async (changeSetId: number, table: QueueTable): Promise<readonly string[]> => {
    const row = await session.get<{ columns: string | null }>(
      sql(session.engine, 'extract/change_set_columns'),
      {
        change_set_id: changeSetId,
      },
    );
    if (row?.columns == null) throw new InvariantError(`change set ${changeSetId} is not kept`);
    return (JSON.parse(row.columns) as Record<QueueTable, string[]>)[table];
  };

  const found = async (changeSetId: number, table: QueueTable): Promise<CatalogueColumn[]> => {
    const catalogue = new Map(
      (await session.columns(`etl.frozen_${table}`)).map((one) => [one.name.toLowerCase(), one]),
    );
    return (await columns(changeSetId, table)).map((name) => ({
      name,
      type: catalogue.get(name.toLowerCase())?.type ?? '',
    }));
  };

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
        columns: readableColumns(session.engine, 's', await found(changeSetId, table)),
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
