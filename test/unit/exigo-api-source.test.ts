import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import exigoApiOrdersTo3pl from '../../pipelines/exigo-api-orders-to-3pl.js';
import exigoOrdersTo3pl from '../../pipelines/exigo-orders-to-3pl.js';
import { findPipeline, pipelineHere, pipelinesFor } from '../../src/app/pipelines.js';
import { Unseen } from '../../src/engine/api/unseen.js';
import { storeOf } from '../support/godatafeed-standin.js';

describe('exigo-api-orders-to-3pl', () => {
  it('has the rule and the steps of exigo-orders-to-3pl, not copies of them', () => {
    expect(exigoApiOrdersTo3pl.transform).toBe(exigoOrdersTo3pl.transform);
    expect(exigoApiOrdersTo3pl.load).toBe(exigoOrdersTo3pl.load);
  });
});

describe('the pipelines of an installation', () => {
  const godatafeed = { stores: [storeOf({ name: 'main', baseUrl: 'https://example.com' })] };
  const names = (orders: 'queue' | 'api', stores = godatafeed) =>
    pipelinesFor({ godatafeed: stores, source: { orders } }).map(({ name }) => name);

  it('read the one source that it has', () => {
    expect(names('queue')).not.toContain('exigo-api-orders-to-3pl');
    expect(names('api', { stores: [] })).toEqual(['exigo-api-orders-to-3pl']);
    expect(names('api')).toEqual([
      'exigo-api-orders-to-3pl',
      'exigo-status-to-godatafeed',
      'godatafeed-orders-to-exigo',
      'godatafeed-cancellations-to-exigo',
    ]);
  });

  it('are found as they run there, and the others say what they need', () => {
    const here = pipelinesFor({ godatafeed, source: { orders: 'api' } });
    const status = pipelineHere(here, findPipeline('exigo-status-to-godatafeed'));
    expect(status.source.kind).toBe('exigo-api');
    expect(() => pipelineHere(here, findPipeline('exigo-snapshot-to-csv'))).toThrow('source.orders: api');
    const queue = pipelinesFor({ godatafeed: { stores: [] } });
    expect(() => pipelineHere(queue, findPipeline('exigo-api-orders-to-3pl'))).toThrow('source.orders: api');
    expect(() => pipelineHere(queue, findPipeline('exigo-status-to-godatafeed'))).toThrow('needs a store');
  });
});

describe('the set of orders that a list has not shown', () => {
  it('is what was put in and not seen, in order', () => {
    const ids = fc.uniqueArray(fc.integer({ min: 0, max: 5_000 }), { maxLength: 3_000 });
    fc.assert(
      fc.property(ids, ids, fc.integer({ min: 1, max: 900 }), (all, seen, size) => {
        const sorted = all.toSorted((a, b) => a - b);
        const unseen = new Unseen();
        for (let at = 0; at < sorted.length; at += size) unseen.add(sorted.slice(at, at + size));
        for (const id of seen) {
          expect(unseen.has(id)).toBe(all.includes(id));
          unseen.see(id);
        }
        const left = sorted.filter((id) => !seen.includes(id));
        expect([...unseen.left(size)].flat()).toEqual(left);
      }),
      { numRuns: 50 },
    );
  });
});
