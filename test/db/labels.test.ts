/** Shipping labels go with the hand-over file: there before it, checked, and an order without a good one is held. */

import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { PDFDocument } from '@cantoo/pdf-lib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MINUTE } from '../../src/core/clock.js';
import { InvariantError } from '../../src/core/errors.js';
import type { EngineContext } from '../../src/engine/context.js';
import { chromiumPrinter } from '../../src/load/labels/chromium.js';
import { pdfPages } from '../../src/transform/labels/pdf.js';
import { engines, reportMissingEngine } from '../support/engines.js';
import { House, shippedTemplate } from '../support/house.js';
import { changeOrder, outcomeOf, placeOrder } from '../support/small-orders.js';

const ZPL = '^XA^FDShip to Ada^FS^XZ';
/** Asks for everything a label may not have: the network, a file of this machine, a script that adds a page. */
const html = (url: string) => `<!doctype html><title>x</title><h1>Ship to Ada</h1>
  <link rel="stylesheet" href="${url}/a.css"><img src="${url}/b.png"><iframe src="file:///etc/hostname"></iframe>
  <script>document.body.innerHTML = '<div style="page-break-after: always">a</div><div>b</div>'</script>
  <script src="${url}/c.js"></script><meta http-equiv="refresh" content="0; url=${url}/d.html">`;
const base64 = (bytes: string | Uint8Array) => Buffer.from(bytes).toString('base64');

async function pdf(pages = 1): Promise<string> {
  const document = await PDFDocument.create();
  for (let i = 0; i < pages; i++) document.addPage([288, 432]);
  return base64(await document.save());
}

reportMissingEngine();

describe.each(engines())('shipping labels on %s', (engine) => {
  let house: House;
  const template = (labels: object) => ({
    ...(shippedTemplate('atlas') as object),
    labels: { from: 'order["ShippingLabel"]', name: 'LBL_{order}_{number:0000}', ...labels },
  });
  const open = async (labels: object = {}) => {
    house = await House.open({ engine, templates: [template(labels)] });
    await house.exec(
      `ALTER TABLE "dbo.Orders" ADD ShippingLabel ${engine === 'sqlite' ? 'TEXT' : 'NVARCHAR(MAX)'}`,
    );
  };
  beforeEach(() => open());
  afterEach(() => house.close());

  const folder = () => house.config.threePls[0]?.delivery.path ?? '';
  const labels = async () => (await readdir(folder())).filter((name) => name.startsWith('LBL_')).sort();
  /** Files on their way that are left in the spool, of whatever run. */
  const spooled = async () => {
    const spool = join(house.config.stateDirectory, 'spool');
    const entries = await readdir(spool, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  };
  const put = async (id: number, label: string | null) => {
    await placeOrder(house, id);
    await changeOrder(house, id, { ShippingLabel: label });
  };

  it('are delivered as files, each with its ending, whatever form they came in', async () => {
    const document = await pdf();
    await put(1, document);
    await put(2, ZPL);
    await put(3, base64(ZPL));
    expect((await house.run()).error).toBeNull();
    expect(await labels()).toEqual(['LBL_1_0001.pdf', 'LBL_2_0001.zpl', 'LBL_3_0001.zpl']);
    expect((await readFile(join(folder(), 'LBL_1_0001.pdf'))).toString('base64')).toBe(document);
    expect(await readFile(join(folder(), 'LBL_3_0001.zpl'), 'utf8')).toBe(ZPL);
    expect((await house.files('atlas')).size).toBeGreaterThan(0);
    expect(await spooled()).toEqual([]);
  });

  it('that cannot be used hold their orders with the reason, and the others go', async () => {
    await put(1, await pdf());
    await put(2, null);
    await put(3, 'see mail');
    await put(4, base64('%PDF-1.7\nbroken\n%%EOF'));
    await put(5, await pdf(9));
    expect((await house.run()).error).toBeNull();
    expect(await labels()).toEqual(['LBL_1_0001.pdf']);
    expect(await outcomeOf(house, 1)).toBe('delivered');
    expect(await outcomeOf(house, 2)).toBe('held NO_LABEL');
    expect(await outcomeOf(house, 3)).toBe('held BAD_LABEL');
    expect(await outcomeOf(house, 4)).toBe('held BAD_LABEL');
    expect(await outcomeOf(house, 5)).toBe('held LABEL_TOO_LARGE');
    house.clock.advance(15 * MINUTE);
    await changeOrder(house, 4, { ShippingLabel: await pdf() });
    expect((await house.run()).error).toBeNull();
    expect(await outcomeOf(house, 4)).toBe('delivered');
    expect(await labels()).toEqual(['LBL_1_0001.pdf', 'LBL_4_0002.pdf']);
  });

  it('may be left out where the template says so', async () => {
    await house.close();
    await open({ required: false });
    await put(1, null);
    expect((await house.run()).error).toBeNull();
    expect(await outcomeOf(house, 1)).toBe('delivered');
    expect(await labels()).toEqual([]);
  });

  it('that change after the hand-over are a change of the order', async () => {
    await put(1, await pdf());
    await house.run();
    house.clock.advance(15 * MINUTE);
    await changeOrder(house, 1, { ShippingLabel: ZPL });
    expect((await house.run()).error).toBeNull();
    expect(await outcomeOf(house, 1)).toBe('held CHANGED_AFTER_HAND_OVER');
    expect(await labels()).toEqual(['LBL_1_0001.pdf']);
  });

  /** The delivery, ended right before or after its nth act, as a process that dies there. */
  const endingAt = (nth: number, when: 'before' | 'after', done: string[]) => {
    const made = house.context();
    let acts = 0;
    const act = async <T>(what: string, real: () => Promise<T>): Promise<T> => {
      const ends = ++acts === nth;
      if (ends && when === 'before') throw new InvariantError(`ended before ${what}`);
      const result = await real();
      done.push(what);
      if (ends) throw new InvariantError(`ended after ${what}`);
      return result;
    };
    const delivery: EngineContext['delivery'] = (target) => {
      const real = made.delivery(target);
      return {
        description: real.description,
        absence: real.absence,
        inspect: (name, sender) => real.inspect(name, sender),
        discard: (name, sender) => real.discard(name, sender),
        upload: (path, name, sender) => act(`upload ${name}`, () => real.upload(path, name, sender)),
        publish: (name, sender) => act(`publish ${name}`, () => real.publish(name, sender)),
      };
    };
    return { ...made, delivery };
  };
  const whole = async () => [...(await readdir(folder()))].filter((name) => !name.startsWith('.')).sort();

  it('are there before the file', async () => {
    await put(1, await pdf());
    await put(2, ZPL);
    const done: string[] = [];
    expect((await house.run(undefined, endingAt(0, 'before', done))).error).toBeNull();
    const published = done.filter((act) => act.startsWith('publish '));
    expect(published.slice(0, 2)).toEqual(['publish LBL_1_0001.pdf', 'publish LBL_2_0001.zpl']);
    expect(published.at(-1)).toMatch(/^publish ATL_\w+\.csv$/);
    expect(done).toHaveLength(8); // upload and publish of two labels, the manifest and the file
  });

  it.each(['before', 'after'] as const)('are there once, whole, ended right %s any act', async (when) => {
    for (let nth = 1; nth <= 8; nth++) {
      await house.close();
      await open();
      await put(1, await pdf());
      await put(2, ZPL);
      expect((await house.run(undefined, endingAt(nth, when, []))).error).toBeInstanceOf(InvariantError);
      house.clock.advance(15 * MINUTE);
      expect((await house.run()).error).toBeNull();
      expect(await outcomeOf(house, 2), `act ${nth}`).toBe('delivered');
      expect(await whole(), `act ${nth}`).toEqual([
        expect.stringMatching(/^ATL_\w+\.csv$/),
        expect.stringMatching(/^ATL_\w+\.csv\.manifest\.json$/),
        'LBL_1_0001.pdf',
        'LBL_2_0001.zpl',
      ]);
      expect(await readFile(join(folder(), 'LBL_2_0001.zpl'), 'utf8')).toBe(ZPL);
      expect(await spooled(), `act ${nth}`).toEqual([]);
    }
  });

  it('of HTML hold the order where there is no Chromium, and say what to do', async () => {
    await put(1, base64(html('http://127.0.0.1:9')));
    await put(2, ZPL);
    expect(
      (await house.run(undefined, { labelPrinter: chromiumPrinter(join(house.folder, 'chromium')) })).error,
    ).toBeNull();
    expect(await outcomeOf(house, 1)).toBe('held NO_CHROMIUM');
    expect(await outcomeOf(house, 2)).toBe('delivered');
  });

  it.skipIf(!existsSync('/usr/bin/chromium'))(
    'of HTML become PDFs, without scripts, network and local files (Chromium at /usr/bin/chromium)',
    async () => {
      const asked: string[] = [];
      const server = createServer((request, response) => {
        asked.push(request.url ?? '');
        response.end();
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as AddressInfo;
      await put(1, base64(html(`http://127.0.0.1:${port}`)));
      const context = house.context();
      expect((await house.run(undefined, context)).error).toBeNull();
      await context.close();
      server.close();
      expect(asked).toEqual([]);
      expect(await labels()).toEqual(['LBL_1_0001.pdf']);
      expect(await pdfPages(await readFile(join(folder(), 'LBL_1_0001.pdf')))).toBe(1);
    },
    120_000,
  );

  it.skipIf(!existsSync('/usr/bin/chromium'))(
    'of HTML that would go elsewhere at once are printed as they are (Chromium at /usr/bin/chromium)',
    async () => {
      const printer = chromiumPrinter(null);
      const print = async (head: string) =>
        (await printer.print(`${head}<h1>Ship to Ada</h1>`, { width: 100, height: 150 })).length;
      const still = await print('');
      const targets = ['about:blank', 'data:text/html,x', 'http://127.0.0.1:9/', 'http://label.invalid/'];
      // While a page changes, printing fails in one try of about a hundred, so many are made.
      for (let i = 0; i < 10; i++) {
        for (const target of targets) {
          const moving = await print(`<meta http-equiv="refresh" content="0; url=${target}">`);
          expect([target, moving]).toEqual([target, still]);
        }
      }
      await printer.close();
    },
    120_000,
  );
});
