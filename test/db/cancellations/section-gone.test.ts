/** The section `cancellations` goes out of the only template while something of it waits: nothing is lost in silence. */
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freezeConfig } from '../../../src/app/config/frozen.js';
import { checkStranded } from '../../../src/app/doctor/check-stranded.js';
import { pipelinesFor } from '../../../src/app/pipelines.js';
import { pipelinesHere } from '../../../src/app/pipelines-here.js';
import { DAY, HOUR } from '../../../src/core/clock.js';
import { InvariantError } from '../../../src/core/errors.js';
import { setFaultHook } from '../../../src/core/fault-points.js';
import { firstEntries } from '../../../src/engine/persons/entries.js';
import { release } from '../../../src/engine/persons/persons.js';
import { readStatus } from '../../../src/engine/status-view.js';
import { makeThreePl, parseTemplate } from '../../../src/transform/three-pl/index.js';
import { CANCELS, CancelingHouse, cancelingTemplate, ORDERS, SHIPMENTS } from '../../support/canceling.js';
import { engines, reportMissingEngine } from '../../support/engines.js';
import { expectPromisesKept } from '../../support/promises.js';
import { placeOrder } from '../../support/small-orders.js';

reportMissingEngine();

describe.each(engines())('a section that is gone, on %s', (engine) => {
  let at: CancelingHouse;
  let warned: string[];
  beforeEach(async () => {
    warned = [];
    at = await CancelingHouse.open({ engine });
    await placeOrder(at.house, 2);
    await at.run(ORDERS);
  });
  afterEach(async () => {
    setFaultHook(undefined);
    await expectPromisesKept(at.house);
    await at.close();
  });

  const takeSectionOut = () => {
    const { cancellations: _, ...without } = cancelingTemplate() as Record<string, unknown>;
    Object.assign(at.house.config, {
      threePls: [makeThreePl(parseTemplate(without, 'test'), join(at.house.folder, 'config'))],
      frozen: freezeConfig([without]),
    });
  };
  const context = async () => {
    const made = at.house.context();
    const log = { ...made.log, warn: (message: string) => void warned.push(message) };
    return at.house.context({
      pipelines: await pipelinesHere(pipelinesFor(at.house.config), made.database, log),
    });
  };
  const run = async (name: string) => {
    const { pipelines } = await context();
    if (!pipelines.some((one) => one.name === name)) return 'does not run here';
    return (await at.house.run(name, { pipelines })).error;
  };

  it('holds what cannot be asked any more, and shows it until a person has told the 3PL', async () => {
    await at.cancelInExigo(2);
    await at.run(ORDERS);
    takeSectionOut();
    for (const name of [ORDERS, SHIPMENTS]) expect(await run(name)).toBeNull();
    at.house.clock.advance(3 * DAY);
    const before = (await readStatus(await context())).pipelines.find(({ pipeline }) => pipeline === CANCELS);
    expect(before).toMatchObject({ openBatches: 1, backlog: [{ state: 'new', items: 1 }] });
    expect(warned.at(-1)).toContain(`${CANCELS}: no template has a section "cancellations" any more`);

    expect(await run(CANCELS)).toBeNull();
    expect(await at.outcome(2, CANCELS)).toBe('held NO_NOTICE_FILES');
    warned = [];
    const { entries } = await firstEntries(await context(), {});
    expect(entries).toMatchObject([{ pipeline: CANCELS, code: 'NO_NOTICE_FILES' }]);
    expect(warned).toEqual([]);

    const here = await context();
    const flow = here.pipelines.find(({ name }) => name === CANCELS);
    if (flow !== undefined) await release(here, flow, 2, 'ignore', 'told them by telephone');
    expect((await context()).pipelines.map(({ name }) => name)).not.toContain(CANCELS);
  });

  it('goes on with the answer to a file that has left', async () => {
    await at.cancelInExigo(2);
    for (const name of [ORDERS, CANCELS]) await at.run(name);
    takeSectionOut();
    await at.say({ answer: 'canceled', orderId: 2, reason: 'taken out' });
    for (const name of [SHIPMENTS, CANCELS]) expect(await run(name)).toBeNull();
    expect(await at.outcome(2, CANCELS)).toBe('delivered');
    expect((await context()).pipelines.map(({ name }) => name)).not.toContain(CANCELS);
  });

  it('leaves a file that was planned, of which doctor says what to do, and goes on when the section is back', async () => {
    await at.cancelInExigo(2);
    await at.run(ORDERS);
    const { config, database, folder } = at.house;
    const { threePls, frozen } = config;
    const out = join(folder, 'out', 'plain');
    await rename(out, `${out}-away`);
    expect(await at.run(CANCELS)).not.toBeNull();
    await rename(`${out}-away`, out);
    expect(await checkStranded(database, config)).toEqual([]);

    takeSectionOut();
    at.house.clock.advance(HOUR);
    expect(await run(CANCELS)).toBeNull();
    expect(await at.files()).toEqual({});
    expect(await checkStranded(database, at.house.config)).toMatchObject([
      {
        ok: false,
        name: 'file of plain',
        detail: expect.stringMatching(
          /^CXL_001\.csv, planned at .* UTC, waits: the template of plain has no cancellations any more$/,
        ),
        remedy: 'give the template of plain its section cancellations again, until the file has left',
      },
    ]);
    Object.assign(at.house.config, { threePls: [] });
    const [gone] = await checkStranded(database, at.house.config);
    expect(gone?.detail).toContain('3PL "plain" is not configured any more');

    Object.assign(at.house.config, { threePls, frozen });
    expect(await at.run(CANCELS)).toBeNull();
    expect(await at.files()).toEqual({ 'CXL_001.csv': 'order\r\n2\r\n' });
    expect(await checkStranded(database, at.house.config)).toEqual([]);
  });

  it('leaves orders that are in no file yet, of which doctor says so, until the section is back', async () => {
    await at.cancelInExigo(2);
    await at.run(ORDERS);
    setFaultHook((point) => {
      if (point === 'waves/before-commit') throw new InvariantError('ended before its file was planned');
    });
    expect(await at.run(CANCELS)).toBeInstanceOf(InvariantError);
    setFaultHook(undefined);
    const { threePls, frozen } = at.house.config;
    const configured = { threePls, frozen };
    takeSectionOut();
    expect(await run(CANCELS)).toBeNull();
    expect(await checkStranded(at.house.database, at.house.config)).toMatchObject([
      {
        name: 'orders for plain',
        detail: `1 order of ${CANCELS} cannot leave: the template of plain has no cancellations any more`,
        remedy: 'give the template of plain its section cancellations again',
      },
    ]);
    Object.assign(at.house.config, configured);
    expect(await at.run(CANCELS)).toBeNull();
    expect(await at.files()).toEqual({ 'CXL_001.csv': 'order\r\n2\r\n' });
    expect(await checkStranded(at.house.database, at.house.config)).toEqual([]);
  });

  it('is no flow where nothing waits', async () => {
    takeSectionOut();
    expect((await context()).pipelines.map(({ name }) => name)).not.toContain(CANCELS);
    expect(warned).toEqual([]);
  });
});
