import { describe, expect, it } from 'vitest';
import type { LogFields } from '../../src/core/log.js';
import { MarketplaceHouse } from '../support/marketplace-house.js';

describe('a line of the log', () => {
  it('that is about an order says in which run, pipeline and step', async () => {
    const market = await MarketplaceHouse.open();
    try {
      await market.sell(7);
      await market.ship(7);
      market.feed.fail({ kind: 'status-503', operation: 'UpdateStatus' });
      const fields: LogFields[] = [];
      const note = (_message: string, own?: LogFields) => void fields.push(own ?? {});
      await market.run({ log: { debug: note, info: note, warn: note, error: note } });
      const [run] = await market.house.all<{ id: number }>('SELECT MAX(run_id) AS id FROM "etl.run"');
      expect(fields).toContainEqual(
        expect.objectContaining({
          run: run?.id,
          pipeline: 'exigo-status-to-godatafeed',
          step: expect.any(String),
          order: 7,
        }),
      );
    } finally {
      await market.close();
    }
  });
});
