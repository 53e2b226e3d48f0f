import { describe, expect, it } from 'vitest';
import { PIPELINES } from '../../src/app/pipelines.js';
import { ConfigurationError } from '../../src/core/errors.js';
import type { StepDescription } from '../../src/core/pipeline.js';
import {
  definePipeline,
  exclude,
  exigoQueue,
  exigoStatus,
  exigoTracking,
  load,
  reject,
  tableCsv,
  threePlFile,
  threePlInbox,
  threePlNotice,
} from '../../src/index.js';

const printed = (after: string, step = 'printed') => exigoStatus({ step, to: 'Printed', after });
const handOver = threePlFile({ step: 'hand-over' });

function define(steps: readonly StepDescription[], name = 'a-to-b') {
  return definePipeline({
    name,
    source: exigoQueue({ aggregate: 'order' }),
    transform: () => load(),
    load: steps,
  });
}

describe('definePipeline', () => {
  it('takes a file step alone, or with a status step after it', () => {
    expect(define([handOver]).name).toBe('a-to-b');
    expect(define([handOver, printed('hand-over')]).load).toHaveLength(2);
    expect(Object.isFrozen(define([handOver]))).toBe(true);
  });

  it.each(['', 'Orders', 'orders to 3pl', 'orders-', 'orders/3pl', '../orders'])(
    'refuses the name "%s"',
    (name) => {
      expect(() => define([handOver], name)).toThrow(/a name is lower-case words joined by hyphens/);
    },
  );

  it('takes a notice alone', () => {
    const notice = threePlNotice({ step: 'notice', section: 'returns' });
    expect(define([notice]).load).toHaveLength(1);
    expect(() => define([notice, printed('notice')])).toThrow(/a 3pl-notice step is the only one/);
  });

  it('refuses a step that comes after none, and names the one that is meant', () => {
    expect(() => define([handOver, printed('hand-ovr')])).toThrow(
      'step "printed" comes after "hand-ovr", which is no earlier step; did you mean "hand-over"?',
    );
    expect(() => define([printed('hand-over'), handOver])).toThrow(ConfigurationError);
  });

  it('refuses a file step that does not go with the source', () => {
    expect(() => define([tableCsv({ step: 'csv' })])).toThrow(
      'a source of orders goes with a 3pl-file step, not table-csv',
    );
  });

  it('sets an order to Shipped only after its tracking numbers, and never after a hand-over', () => {
    const shipped = exigoStatus({ step: 'shipped', to: 'Shipped', after: 'hand-over' });
    expect(() => define([handOver, shipped])).toThrow('after 3pl-file it can only be Printed');
    const shipments = (to: 'Printed' | 'Shipped') =>
      definePipeline({
        name: 'shipments',
        source: threePlInbox(),
        transform: (order, { ship }) => ship(order),
        load: [exigoTracking({ step: 'tracking' }), exigoStatus({ step: 'status', to, after: 'tracking' })],
      });
    expect(shipments('Shipped').load).toHaveLength(2);
    expect(() => shipments('Printed')).toThrow('after exigo-tracking it can only be Shipped');
  });

  it('refuses two steps of one name', () => {
    expect(() => define([handOver, printed('hand-over', 'hand-over')])).toThrow(/"hand-over" is there twice/);
  });

  it.each([
    ['none', []],
    ['two files', [handOver, tableCsv({ step: 'csv' })]],
    ['three', [handOver, printed('hand-over'), printed('hand-over', 'again')]],
  ] as const)('refuses a load of %s', (_what, steps) => {
    expect(() => define(steps)).toThrow(/its load is one file step, then at most one status step/);
  });
});

it('verdicts are plain values', () => {
  expect(load()).toEqual({ verdict: 'load', target: null });
  expect(load('atlas')).toEqual({ verdict: 'load', target: 'atlas' });
  expect(exclude('RETURN')).toEqual({ verdict: 'exclude', code: 'RETURN', reason: null });
  expect(reject('NO_SKU', 'line 2')).toEqual({ verdict: 'reject', code: 'NO_SKU', reason: 'line 2' });
});

it('the pipelines that are shipped have names of their own', () => {
  expect(new Set(PIPELINES.map(({ name }) => name)).size).toBe(PIPELINES.length);
});
