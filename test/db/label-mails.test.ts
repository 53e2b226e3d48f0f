/** Shipping labels by mail: one each, before the file; what may have arrived is never sent again by itself. */

import { mkdir, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PDFDocument } from '@cantoo/pdf-lib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeContext } from '../../src/app/runtime.js';
import { MINUTE } from '../../src/core/clock.js';
import { InvariantError } from '../../src/core/errors.js';
import { setFaultHook } from '../../src/core/fault-points.js';
import { dryRun } from '../../src/engine/dry-run.js';
import { release } from '../../src/engine/persons/persons.js';
import { remedyFor } from '../../src/engine/persons/remedy.js';
import { retryWaiting } from '../../src/engine/persons/retry-waiting.js';
import { frozenOrders } from '../../src/extract/frozen-orders.js';
import { frozenTables } from '../../src/extract/frozen-tables.js';
import { waitingItems } from '../../src/queue/reads/waiting.js';
import { engines, reportMissingEngine } from '../support/engines.js';
import { House, shippedTemplate } from '../support/house.js';
import { changeOrder, outcomeOf, placeOrder } from '../support/small-orders.js';
import { TestSmtpServer } from '../support/smtp-server.js';

const ZPL = '^XA^FDShip to Ada^FS^XZ';

async function pdf(): Promise<Buffer> {
  const document = await PDFDocument.create();
  document.addPage([288, 432]);
  return Buffer.from(await document.save());
}

reportMissingEngine();

describe.each(engines())('labels by mail on %s', (engine) => {
  let house: House;
  let server: TestSmtpServer;
  const template = {
    ...(shippedTemplate('atlas') as object),
    labels: {
      from: 'order["ShippingLabel"]',
      name: 'LBL_{order}_{number:0000}',
      deliver: 'mail',
      mail: { to: ['dock@atlas.example'] },
    },
  };
  beforeEach(async () => {
    server = await TestSmtpServer.start();
    house = await House.open({ engine, templates: [template], config: { mail: server.config() } });
    await house.exec(
      `ALTER TABLE "dbo.Orders" ADD ShippingLabel ${engine === 'sqlite' ? 'TEXT' : 'NVARCHAR(MAX)'}`,
    );
  });
  afterEach(async () => {
    setFaultHook(undefined);
    await house.close();
    await server.close();
  });

  const put = async (id: number, label: string | null) => {
    await placeOrder(house, id);
    await changeOrder(house, id, { ShippingLabel: label });
  };
  const subjects = () => server.mails.map(({ subject }) => subject);
  const nextRun = async () => {
    house.clock.advance(15 * MINUTE);
    return (await house.run()).error;
  };
  const delivered = async () =>
    [...(await readdir(house.config.threePls[0]?.delivery.path ?? ''))].filter(
      (name) => !name.startsWith('.'),
    );
  const spooled = async () => {
    const spool = join(house.config.stateDirectory, 'spool');
    const entries = await readdir(spool, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  };
  /** Ends the run at the nth pass of a point, as a process that dies there. */
  const dieAt = (point: string, nth = 1) => {
    let passes = 0;
    setFaultHook((passed) => {
      if (passed === point && ++passes === nth) throw new InvariantError(`ended at ${point}`);
    });
  };

  it('are attached, one mail each, and no file is beside the hand-over file', async () => {
    const document = await pdf();
    await put(1, document.toString('base64'));
    await put(2, ZPL);
    expect((await house.run()).error).toBeNull();
    expect(subjects()).toEqual(['Shipping label of order 1', 'Shipping label of order 2']);
    const [first, second] = server.mails.map(({ attachments }) => attachments[0]);
    expect([first?.filename, first?.mimeType]).toEqual(['LBL_1_0001.pdf', 'application/pdf']);
    expect(Buffer.from(first?.content as ArrayBuffer)).toEqual(document);
    expect(second?.filename).toBe('LBL_2_0001.zpl');
    expect(Buffer.from(second?.content as ArrayBuffer).toString()).toContain(ZPL);
    expect(server.mails[0]?.to?.map(({ address }) => address)).toEqual(['dock@atlas.example']);
    expect((await delivered()).filter((name) => name.startsWith('LBL_'))).toEqual([]);
    expect(await outcomeOf(house, 2)).toBe('delivered');
    expect(await spooled()).toEqual([]);
    expect(await nextRun()).toBeNull();
    expect(server.mails).toHaveLength(2);
  });

  it('are not mailed in shadow', async () => {
    await put(1, ZPL);
    const config = { ...house.config, modes: { 'exigo-orders-to-3pl': 'shadow' } } as const;
    expect((await house.run('exigo-orders-to-3pl', { config })).error).toBeNull();
    expect(await outcomeOf(house, 1)).toBe('delivered');
    expect(server.mails).toEqual([]);
  });

  it('that were mailed stay mailed, wherever the run ends afterwards', async () => {
    for (const point of [
      'send/rendered',
      'send/after-intent',
      'send/before-uploaded',
      'send/before-publish',
    ]) {
      const id = 100 + server.mails.length;
      await put(id, ZPL);
      dieAt(point);
      expect(await nextRun()).toBeInstanceOf(InvariantError);
      setFaultHook(undefined);
      expect(await nextRun()).toBeNull();
      expect(await outcomeOf(house, id), point).toBe('delivered');
      expect(new Set(subjects()).size, point).toBe(server.mails.length);
    }
    expect(server.mails).toHaveLength(4);
  });

  it.each([
    ['mail/after-intent', ['Shipping label of order 1']],
    ['mail/after-send', ['Shipping label of order 1', 'Shipping label of order 2']],
  ])(
    'are not sent again after an end at %s: the order is held, the others go, a person sends it',
    async (point, sent) => {
      for (const id of [1, 2, 3]) await put(id, `${ZPL}^FX${id}`);
      dieAt(point, 2);
      expect((await house.run()).error).toBeInstanceOf(InvariantError);
      setFaultHook(undefined);
      expect(subjects()).toEqual(sent);
      expect(await nextRun()).toBeNull();
      expect(await outcomeOf(house, 1)).toBe('delivered');
      expect(await outcomeOf(house, 2)).toBe('held LABEL_MAIL_UNKNOWN');
      expect(await outcomeOf(house, 3)).toBe('delivered');
      expect(subjects()).toEqual([...sent, 'Shipping label of order 3']);
      const [waiting] = await waitingItems(house.database, { orderId: 2 });
      expect(waiting?.reason).toContain('"Shipping label of order 2" to dock@atlas.example');
      expect(waiting === undefined ? '' : remedyFor(waiting)).toContain('orderferry errors retry --order 2');

      // Nothing but a person sends it: a newer version with the same label does not.
      await changeOrder(house, 2, { Address1: '2 Second St' });
      expect(await nextRun()).toBeNull();
      expect(await outcomeOf(house, 2)).toBe('held LABEL_MAIL_UNKNOWN');
      expect(server.mails).toHaveLength(sent.length + 1);

      await retryWaiting(house.context(), { orderId: 2 });
      expect(await nextRun()).toBeNull();
      expect(await outcomeOf(house, 2)).toBe('delivered');
      expect(subjects().at(-1)).toBe('Shipping label of order 2 (sent once more)');
      expect(await nextRun()).toBeNull();
      expect(server.mails).toHaveLength(sent.length + 2);
    },
  );

  it('whose answer is lost hold their order; a retry that is lost, too, holds it again', async () => {
    server.fault = { cut: 'after-data' };
    await put(1, ZPL);
    expect((await house.run()).error).toBeNull();
    expect(await outcomeOf(house, 1)).toBe('held LABEL_MAIL_UNKNOWN');
    await retryWaiting(house.context(), { orderId: 1 });
    expect(await nextRun()).toBeNull();
    expect(await nextRun()).toBeNull();
    expect(await outcomeOf(house, 1)).toBe('held LABEL_MAIL_UNKNOWN');
    expect(server.mails).toHaveLength(2);
    server.fault = null;
    await retryWaiting(house.context(), { orderId: 1 });
    expect(await nextRun()).toBeNull();
    expect(await outcomeOf(house, 1)).toBe('delivered');
    expect(server.mails).toHaveLength(3);
  });

  it('that are refused hold their order, and the others go', async () => {
    await put(1, ZPL);
    server.fault = { answer: 554, to: 'data' };
    expect((await house.run()).error).toBeNull();
    expect(await outcomeOf(house, 1)).toBe('held LABEL_MAIL_REFUSED');
    server.fault = null;
    await put(2, ZPL);
    await retryWaiting(house.context(), { orderId: 1 });
    expect(await nextRun()).toBeNull();
    expect([await outcomeOf(house, 1), await outcomeOf(house, 2)]).toEqual(['delivered', 'delivered']);
    expect(subjects().sort()).toEqual(['Shipping label of order 1', 'Shipping label of order 2']);
  });

  it('wait with their file while the mail server does not take them, and go once when it does', async () => {
    await put(1, ZPL);
    server.fault = { answer: 452, to: 'data' };
    expect((await house.run()).error).toMatchObject({ code: 'MAIL_NOT_SENT' });
    expect(await delivered()).toEqual([]);
    server.fault = null;
    expect(await nextRun()).toBeNull();
    expect(await outcomeOf(house, 1)).toBe('delivered');
    expect(subjects()).toEqual(['Shipping label of order 1']);
  });

  it('go again with a resend, and another label goes with another version', async () => {
    await put(1, ZPL);
    expect((await house.run()).error).toBeNull();
    const context = house.context();
    const pipeline = context.pipelines.find(({ name }) => name === 'exigo-orders-to-3pl');
    if (pipeline === undefined) throw new InvariantError('no pipeline');
    await release(context, pipeline, 1, 'resend', null);
    expect(await nextRun()).toBeNull();
    expect(subjects()).toEqual(['Shipping label of order 1', 'Shipping label of order 1']);
  });

  it('are only told of in a dry run', async () => {
    await put(1, ZPL);
    const context = house.context();
    const pipeline = context.pipelines.find(({ name }) => name === 'exigo-orders-to-3pl');
    if (pipeline === undefined) throw new InvariantError('no pipeline');
    const { summary } = await dryRun(context, { pipeline, slices: [] }, (session) => ({
      orders: frozenOrders(session),
      tables: frozenTables(session),
    }));
    expect(summary.calls.map(({ operation }) => operation)).toContain(
      'mail "Shipping label of order 1" to dock@atlas.example',
    );
    expect(server.mails).toEqual([]);
    expect(await house.all('SELECT mail_key FROM "etl.mail"')).toEqual([]);
  });

  it('wait where no mail server is configured', async () => {
    await put(1, ZPL);
    const { mail: _, ...config } = house.config;
    const { mailer } = makeContext({ config, database: house.database, clock: house.clock });
    expect((await house.run(undefined, { mailer })).error).toMatchObject({ code: 'CONFIGURATION' });
    expect(await nextRun()).toBeNull();
    expect(await outcomeOf(house, 1)).toBe('delivered');
  });

  it('out of a folder: an order that goes on because its file came sends no mail again by itself', async () => {
    await house.close();
    const labels = { ...template.labels, from: { folder: '../labels', file: '{order.OrderID}.zpl' } };
    const templates = [{ ...template, labels }];
    house = await House.open({ engine, templates, config: { mail: server.config() } });
    const path = join(house.folder, 'labels', '1.zpl');
    const leave = async () => {
      await writeFile(path, ZPL);
      await utimes(path, new Date(house.clock.now()), new Date(house.clock.now()));
      house.clock.advance(MINUTE);
    };
    await mkdir(join(house.folder, 'labels'));
    await leave();
    await placeOrder(house, 1);
    dieAt('mail/after-send');
    expect((await house.run()).error).toBeInstanceOf(InvariantError);
    setFaultHook(undefined);
    expect(await nextRun()).toBeNull();
    expect(await outcomeOf(house, 1)).toBe('held LABEL_MAIL_UNKNOWN');
    await rm(path);
    await changeOrder(house, 1, { Address1: '2 Second St' });
    expect(await nextRun()).toBeNull();
    expect(await outcomeOf(house, 1)).toBe('held LABEL_NOT_THERE');
    await leave();
    expect(await nextRun()).toBeNull();
    expect(await outcomeOf(house, 1)).toBe('held LABEL_MAIL_UNKNOWN');
    expect(server.mails).toHaveLength(1);
    await retryWaiting(house.context(), { orderId: 1 });
    expect(await nextRun()).toBeNull();
    expect(await outcomeOf(house, 1)).toBe('delivered');
    expect(server.mails).toHaveLength(2);
  });
});
