import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { idle, run, ship, takeBack } from './crossing.js';
import { copy, freeze } from './freeze.js';
import { clockFrom, NOW } from './install.js';
import { listing } from './listing.js';
import { type Measured, measured, time } from './measured.js';
import { plainScript } from './script.js';
import { insertInto } from './server-floor.js';
import { plainServerScript } from './server-script.js';
import { makeServerTenant } from './server-tenant.js';
import { databaseOf, openSite, type Site } from './site.js';
import { makeTenant } from './tenant.js';

/** Every case gets the site it works on, and how many orders that has. */
export const CASES = {
  tenant,
  copy,
  heap: (site: Site) => insertInto(site, 'heap'),
  keyed: (site: Site) => insertInto(site, 'keyed'),
  indexed: (site: Site) => insertInto(site, 'indexed'),
  freeze,
  script,
  run: (site: Site, orders: number) => run(site, orders, 'full'),
  'run, short replies': (site: Site, orders: number) => run(site, orders, 'head'),
  'take back': takeBack,
  ship,
  idle,
  'list from the API': listing,
} as const;

export type CaseName = keyof typeof CASES;

async function tenant(site: Site, orders: number): Promise<Measured> {
  const database = await openSite(site, clockFrom(NOW));
  const make = database.engine === 'sqlite' ? makeTenant : makeServerTenant;
  const ms = await time(() => make(database, orders, NOW));
  await database.close();
  return measured(ms);
}

async function script(site: Site): Promise<Measured> {
  const output = join(site.folder, 'script.csv');
  const config = databaseOf(site);
  const ms = await time(() =>
    config.engine === 'sqlite' ? plainScript(config.file, output) : plainServerScript(config, output),
  );
  await rm(output);
  return measured(ms);
}
