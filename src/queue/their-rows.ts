import { join } from 'node:path';
import type { Clock } from '../core/clock.js';
import type { Database } from '../db/database.js';
import { sql } from '../db/sql.js';
import { openSqlite } from '../db/sqlite.js';

/** A row of another program's file. */
export interface TheirRow {
  /** The cell that names the order. */
  readonly key: string;
  readonly file: string;
  readonly line: number;
  /** By column of ours. */
  readonly cells: Readonly<Record<string, string>>;
}

const PAGE = 500;

/** Another program's rows by order, in a file of its own: however many there are, memory holds a page. */
export class TheirRows {
  private page: TheirRow[] = [];

  private constructor(private readonly database: Database) {}

  /** In a folder that the caller throws away afterwards. */
  static async open(folder: string, clock: Clock): Promise<TheirRows> {
    const database = openSqlite(join(folder, 'theirs.db'), clock);
    await database.transaction((session) => session.run(sql('sqlite', 'compare/create')));
    return new TheirRows(database);
  }

  async put(row: TheirRow): Promise<void> {
    this.page.push(row);
    if (this.page.length >= PAGE) await this.flush();
  }

  /** After the last row. */
  async flush(): Promise<void> {
    const rows = this.page.map(({ cells, ...row }) => ({ ...row, cells: JSON.stringify(cells) }));
    this.page = [];
    await this.database.transaction((session) => session.runMany(sql('sqlite', 'compare/put'), rows));
  }

  /** The rows of each of these orders, as they stand in the files; they count as seen. */
  async take(keys: readonly string[]): Promise<ReadonlyMap<string, readonly TheirRow[]>> {
    return this.database.transaction(async (session) => {
      const found = new Map<string, TheirRow[]>();
      for (const key of keys) {
        const rows = await session.all<Omit<TheirRow, 'cells' | 'key'> & { readonly cells: string }>(
          sql('sqlite', 'compare/of_key'),
          { key },
        );
        if (rows.length === 0) continue;
        await session.run(sql('sqlite', 'compare/mark'), { key });
        found.set(
          key,
          rows.map((row) => ({ ...row, key, cells: JSON.parse(row.cells) as TheirRow['cells'] })),
        );
      }
      return found;
    });
  }

  /** Orders that were not taken, by their key. */
  async *left(): AsyncGenerator<Omit<TheirRow, 'cells'>, void, undefined> {
    for (let after = ''; ; ) {
      const rows = await this.database.all<Omit<TheirRow, 'cells'>>(sql('sqlite', 'compare/left'), {
        after,
        limit: PAGE,
      });
      const last = rows.at(-1);
      if (last === undefined) return;
      yield* rows;
      after = last.key;
    }
  }

  async close(): Promise<void> {
    await this.database.close();
  }
}
