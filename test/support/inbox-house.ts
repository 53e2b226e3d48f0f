import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MINUTE } from '../../src/core/clock.js';
import { InvariantError } from '../../src/core/errors.js';
import type { AnyPipeline } from '../../src/core/pipeline.js';
import { toUtcText } from '../../src/core/time.js';
import type { Database } from '../../src/db/database.js';
import type { EngineContext } from '../../src/engine/context.js';
import { takeInboxes } from '../../src/engine/inbox/take-inboxes.js';
import type { FrozenStores } from '../../src/engine/marketplace/freeze-stores.js';
import { acquireLease, Lease } from '../../src/queue/lease/lease.js';
import { House, type HouseOptions } from './house.js';
import { readableTemplate } from './small-orders.js';

const READER = {
  name: 'test-reader',
  source: { kind: '3pl-inbox', aggregate: 'shipment' },
  transform: () => ({ verdict: 'exclude', code: 'TEST', reason: null }),
  load: [],
} as unknown as AnyPipeline;

/** Files with `ORDER,ITEM,QTY,TRACK`, shipped; those with a trigger have the ending `.txt`. */
const COLUMNS = { answer: 'shipped', item: 'ITEM', quantity: 'QTY', tracking: 'TRACK' };

export function inboxTemplate(
  confirmations: Readonly<Record<string, unknown>> = {},
  keys: Parameters<typeof readableTemplate>[0] = {},
): unknown {
  const files = [
    { name: 'shipments', match: '*.csv*', columns: { order: 'ORDER', ...COLUMNS } },
    {
      name: 'triggered',
      match: '*.txt',
      ready: { trigger: '.ok' },
      columns: { order: { column: 'ORDER', is: ['marketplace-order', 'exigo-order'] }, ...COLUMNS },
    },
  ];
  const section = { inbox: { folder: '../in' }, files, ...confirmations };
  return { ...(readableTemplate(keys) as object), confirmations: section };
}

/** A house whose 3PL `plain` has an inbox, and has the orders 1 to 999 from us. */
export class InboxHouse {
  private constructor(
    readonly house: House,
    readonly inbox: string,
  ) {}

  static async open(options: HouseOptions = {}): Promise<InboxHouse> {
    const house = await House.open({ templates: [inboxTemplate()], api: false, ...options });
    const inbox = house.config.threePls[0]?.confirmations?.inbox.path;
    if (inbox === undefined) throw new InvariantError('the template has no inbox');
    await mkdir(inbox, { recursive: true });
    return new InboxHouse(house, inbox);
  }

  /** Orders that `plain` has from us. */
  async link(from: number, to: number): Promise<void> {
    await this.house.database.transaction(async (session) => {
      for (let id = from; id <= to; id++) {
        await session.run(
          {
            name: 'test',
            text: `INSERT INTO ${session.engine === 'sqlite' ? '"etl.order_link"' : 'etl.order_link'} (exigo_order_id, system, reference, linked_utc) VALUES (@id, 'plain', 'PLAIN_0001.csv/1', @now)`,
          },
          { id, now: toUtcText(this.house.clock.now()) },
        );
      }
    });
  }

  /** A file that has not been touched for so long. */
  async put(name: string, content: string | Uint8Array, ageMs = 5 * MINUTE): Promise<void> {
    const path = join(this.inbox, name);
    await writeFile(path, content);
    const at = (this.house.clock.now() - ageMs) / 1_000;
    await utimes(path, at, at);
  }

  /** One look at the inbox, as a run has it. */
  async take(overrides: Partial<EngineContext> = {}): Promise<FrozenStores> {
    return this.takeUnder('pipeline/test-reader', overrides);
  }

  /** The same by another process. */
  async takeAs(pipeline: string, database: Database): Promise<FrozenStores> {
    return this.takeUnder(pipeline, { database });
  }

  private async takeUnder(name: string, overrides: Partial<EngineContext>): Promise<FrozenStores> {
    const context = this.house.context({ pipelines: [READER], ...overrides });
    const own = await acquireLease(context.database, context.clock, {
      name,
      ttlMs: MINUTE,
      requestDeadlineMs: 0,
    });
    if (!(own instanceof Lease)) throw new InvariantError('the lease is held');
    try {
      return await takeInboxes(context, own);
    } finally {
      await own.release();
    }
  }

  async left(): Promise<string[]> {
    return (await readdir(this.inbox)).sort();
  }

  /** Names in the archive with their content. */
  async archive(): Promise<ReadonlyMap<string, string>> {
    const root = join(this.house.config.stateDirectory, 'inbox', 'plain');
    const found = new Map<string, string>();
    for (const month of await readdir(root).catch(() => [])) {
      if (!/^\d{4}-\d\d$/.test(month)) continue;
      for (const name of await readdir(join(root, month))) {
        found.set(name, await readFile(join(root, month, name), 'latin1'));
      }
    }
    return found;
  }

  /** `SHIP.csv frozen 3 2 1`: state, lines read, good and faulty rows. */
  async files(): Promise<string[]> {
    const rows = await this.house.all<Record<string, string | number | null>>(
      'SELECT name, state, lines_read, good, faulty, repeated, code FROM "etl.inbox_file" ORDER BY file_id',
    );
    return rows.map((row) =>
      [row.name, row.state, row.code, row.lines_read, row.good, row.faulty, row.repeated]
        .filter((one) => one !== null)
        .join(' '),
    );
  }

  /** `SHIP.csv 2 1 1Z1`: line, order, tracking, `repeats`, code. */
  async rows(): Promise<string[]> {
    const rows = await this.house.all<Record<string, string | number | null>>(
      `SELECT f.name, r.line, r.order_id, r.tracking, r.repeats, r.code FROM "etl.inbox_row" AS r
       JOIN "etl.inbox_file" AS f ON f.file_id = r.file_id ORDER BY r.file_id, r.line`,
    );
    return rows.map(({ name, line, order_id, tracking, repeats, code }) =>
      [name, line, order_id, tracking, repeats === 1 ? 'repeats' : null, code]
        .filter((one) => one !== null)
        .join(' ')
        .replace(/\["?|"?\]/g, ''),
    );
  }

  /** Items frozen of every batch, in order. */
  async batches(): Promise<number[]> {
    const rows = await this.house.all<{ items_frozen: number }>(
      'SELECT items_frozen FROM "etl.batch" ORDER BY batch_id',
    );
    return rows.map(({ items_frozen }) => items_frozen);
  }
}

export const HEAD = 'ORDER,ITEM,QTY,TRACK';

export function csv(...lines: readonly string[]): string {
  return `${[HEAD, ...lines].join('\n')}\n`;
}
