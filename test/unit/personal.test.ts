import { describe, expect, it } from 'vitest';
import { maskFields, maskReason, maskText, personalValues } from '../../src/core/personal.js';

describe('what is personal by its form', () => {
  it.each([
    'ann.lee+shop@mail.example.com',
    '12 Main St.',
    '1450 N 3rd Avenue',
    '7 OLD MILL ROAD',
    'P.O. Box 99',
    'Lindenstraße 12b',
    '+1 (775) 555-0134',
    '+49 30 1234567',
    '(775) 555-0134',
    '775-555-0134',
    '4111 1111 1111 1111',
    '4111111111111111',
    '378282246310005',
  ])('%s is hidden', (text) => {
    expect(maskText(`answered: "${text}" is wrong`)).toBe('answered: "[hidden]" is wrong');
  });

  it.each([
    '1 order is on its way to atlas in file ATL_20260311_000001.csv',
    'order 48001 of store main (Amazon 113-5551234-8765432)',
    'UPS 1Z999AA10123456784, FedEx 961234567890123, USPS 9400111899223197428490',
    '2026-11-21 03:07:12.345 UTC, next at 2026-11-21T03:07:12.345Z',
    'batch 12: 500 orders since 2026-03-11 12:00:00 US Central',
    'sha256 4111111111111111a0b1c2d3e4f5, change set 4111111111111112',
    'mssql host 10.20.30.40, port 1433',
    'a person asked for another try of NO_ROUTE: with the next run (batch 12)',
    'takes 30 characters, the value has 31',
  ])('and nothing else: %s', (text) => {
    expect(maskText(text)).toBe(text);
  });

  it('costs no more than its length', () => {
    const started = performance.now();
    maskText(`${'a.b-c'.repeat(40_000)} ${'1 A '.repeat(20_000)} ${'+1 22 '.repeat(20_000)}`);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

it('a change is told by its cells, not by what they say', () => {
  const reason =
    'it changed after the hand-over: street (row 1): "1 A\\"B" -> "2 Elm"; city (row 1): nothing -> "Reno"';
  expect(maskReason(reason)).toBe(
    'it changed after the hand-over: street (row 1): [hidden] -> [hidden]; city (row 1): [hidden] -> [hidden]',
  );
});

describe('fields', () => {
  const request = {
    orderID: 7,
    firstName: 'Ann',
    shipTo: { address1: '1 First St', zip: 89501, country: 'US' },
    ItemName: 'TEA',
    details: [{ itemCode: 'TEA', notes: 'leave at the door' }],
    email: null,
  };

  it('that say who somebody is are hidden, others stay', () => {
    expect(maskFields(request)).toEqual({
      orderID: 7,
      firstName: '[hidden]',
      shipTo: { address1: '[hidden]', zip: '[hidden]', country: 'US' },
      ItemName: 'TEA',
      details: [{ itemCode: 'TEA', notes: '[hidden]' }],
      email: null,
    });
  });

  it('give the texts that an answer must not repeat', () => {
    expect(personalValues(request)).toEqual(['Ann', '1 First St', 'leave at the door']);
  });
});
