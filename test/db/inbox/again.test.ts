/** Copies in the archive are read again: once per file for any number of rows, and by a dry run after a crash. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MINUTE } from '../../../src/core/clock.js';
import { InvariantError } from '../../../src/core/errors.js';
import { setFaultHook } from '../../../src/core/fault-points.js';
import { dryRun } from '../../../src/engine/dry-run.js';
import { retryWaiting } from '../../../src/engine/persons/retry-waiting.js';
import { frozenOrders } from '../../../src/extract/frozen-orders.js';
import { frozenTables } from '../../../src/extract/frozen-tables.js';
import { engines, reportMissingEngine } from '../../support/engines.js';
import { SHIPMENTS } from '../../support/inbox.js';
import { csv, InboxHouse } from '../../support/inbox-house.js';

reportMissingEngine();

describe.each(engines())('copies of inbox files on %s', (engine) => {
  let inbox: InboxHouse;
  /** How often a copy was read. */
  let reads = 0;
  beforeEach(async () => {
    reads = 0;
    inbox = await InboxHouse.open({ engine });
    const { config } = inbox.house;
    const threePls = config.threePls.map((one) => ({
      ...one,
      confirmations: one.confirmations && {
        ...one.confirmations,
        files: one.confirmations.files.map((file) => ({
          ...file,
          read: (bytes: AsyncIterable<Uint8Array>) => {
            reads++;
            return file.read(bytes);
          },
        })),
      },
    }));
    Object.assign(config, { threePls });
  });
  afterEach(async () => {
    setFaultHook(undefined);
    await inbox.house.close();
  });

  it('are read once for all faulty rows that are tried again', async () => {
    await inbox.put('A.csv', csv('5,TEA,1,1Z5', '6,TEA,1,1Z6', 'x,TEA,1,1Z7', '6,TEA,1,1Z6'));
    await inbox.put('B.csv', csv('7,TEA,1,1Z8'));
    expect((await inbox.house.run(SHIPMENTS)).error).toBeNull();
    expect(reads).toBe(2);
    await inbox.link(1, 20);
    await retryWaiting(inbox.house.context(), { pipeline: SHIPMENTS });
    inbox.house.clock.advance(MINUTE);
    expect((await inbox.house.run(SHIPMENTS)).error).toBeNull();
    expect(reads).toBe(4);
    const codes = await inbox.house.all<{ line: string }>(
      "SELECT CONCAT(file_id, '/', line, ' ', order_id, ' ', code) AS line FROM \"etl.inbox_row\" ORDER BY file_id, line",
    );
    expect(codes.map(({ line }) => line.trim())).toEqual([
      '1/2 5',
      '1/3 6',
      '1/4  UNKNOWN_ORDER',
      '1/5 6 DUPLICATE_LINE',
      '2/2 7',
    ]);
  });

  it.each(['inbox/archived', 'inbox/page'])('are there for a dry run after an end at %s', async (point) => {
    await inbox.link(1, 20);
    await inbox.put('A.csv', csv('5,TEA,1,1Z5'));
    setFaultHook((passed) => {
      if (passed === point) throw new InvariantError('ended');
    });
    expect((await inbox.house.run(SHIPMENTS)).error).toBeInstanceOf(InvariantError);
    setFaultHook(undefined);
    inbox.house.clock.advance(2 * MINUTE);
    const context = inbox.house.context();
    const pipeline = context.pipelines.find(({ name }) => name === SHIPMENTS);
    if (pipeline === undefined) throw new InvariantError('no pipeline');
    const { summary, error } = await dryRun(context, { pipeline, slices: [] }, (session) => ({
      orders: frozenOrders(session),
      tables: frozenTables(session),
    }));
    expect([error, summary.storeProblems]).toEqual([null, []]);
    expect(await inbox.files()).toEqual([expect.stringMatching(/^A\.csv archived/)]);
    expect((await inbox.house.run(SHIPMENTS)).error).toBeNull();
    expect(await inbox.files()).toEqual([expect.stringMatching(/^A\.csv frozen/)]);
  });
});
