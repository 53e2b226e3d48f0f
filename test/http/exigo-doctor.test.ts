/** The doctor finds out which form of a list the Exigo API takes, by reads that change nothing. */
import { afterEach, expect, it } from 'vitest';
import { checkExigoForms, exigoForms } from '../../src/app/doctor/check-api-forms.js';
import type { ListStyle } from '../../src/core/config.js';
import { TransientError } from '../../src/core/errors.js';
import type { ExigoStandinOptions } from '../../src/standins/exigo/server.js';
import { type ExigoTenant, openExigoTenant } from '../support/exigo-standin.js';

let tenant: ExigoTenant | undefined;
afterEach(async () => {
  await tenant?.close();
  tenant = undefined;
});

async function examine(there: ExigoStandinOptions['listStyle'], configured?: ListStyle, orders = 5) {
  tenant = await openExigoTenant(there === undefined ? {} : { listStyle: there });
  for (let id = 1; id <= orders; id++) await tenant.insert('Orders', { OrderID: id, OrderStatusID: 7 });
  const config = { ...tenant.config, ...(configured === undefined ? {} : { listStyle: configured }) };
  const checks = await checkExigoForms(config, exigoForms(config, tenant.clock));
  expect(tenant.standin.journal).toEqual([]);
  return checks;
}

it('the configured form is understood', async () => {
  expect((await examine('comma'))[0]).toMatchObject({ ok: true, detail: 'comma is understood' });
});

it.each<readonly [ListStyle, ListStyle]>([
  ['repeated', 'comma'],
  ['indexed', 'comma'],
  ['comma', 'indexed'],
  ['indexed', 'repeated'],
])(
  'a server that takes %s alone, where %s is configured: the setting is named',
  async (there, configured) => {
    const [check] = await examine(there, configured);
    expect(check).toMatchObject({ ok: false, exitCode: 2, remedy: `set exigoApi.listStyle: ${there}` });
    expect(check?.detail).toContain(`${configured}: `);
    const [again] = await checkExigoForms(
      { ...(tenant as ExigoTenant).config, listStyle: there },
      exigoForms((tenant as ExigoTenant).config, (tenant as ExigoTenant).clock),
    );
    expect(again).toMatchObject({ ok: true });
  },
);

it('too few orders tell nothing, and it says so', async () => {
  expect((await examine('indexed', 'comma', 2))[0]).toMatchObject({
    ok: true,
    detail: expect.stringContaining('not tried: Exigo shows fewer than 3 orders'),
  });
});

it('no form is understood', async () => {
  const [check] = await checkExigoForms((await openOnce()).config, {
    orderIds: async (ids, style) => (ids === null ? [1, 2, 3] : style === 'comma' ? [1, 2, 3] : [2]),
  });
  expect(check).toMatchObject({ ok: false, detail: expect.stringContaining('1 of 2 orders') });
  expect(check?.detail).toContain('comma: ignored: it answered with order 1');
});

it('a server that goes down meanwhile is no form that is refused', async () => {
  const { config } = await openOnce();
  const orderIds = async (ids: readonly number[] | null) => {
    if (ids === null) return [1, 2, 3];
    throw new TransientError('HTTP_503', 'down');
  };
  await expect(checkExigoForms(config, { orderIds })).rejects.toThrow('down');
});

it('the field of the batch call is not tried, and it says what to do instead', async () => {
  const [, check] = await examine('comma');
  expect(check).toMatchObject({ name: 'Exigo API batchStatusField', ok: true });
  expect(check?.detail).toContain('orderStatus, not tried: it would change an order');
  expect(check?.detail).toContain('set exigoApi.batchStatusField: orderStatusTy');
});

async function openOnce(): Promise<ExigoTenant> {
  tenant = await openExigoTenant();
  return tenant;
}
