import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { freezeConfig } from '../src/app/config/frozen.js';
import { type Clock, DAY, HOUR, MINUTE, SECOND, systemClock } from '../src/core/clock.js';
import type { Config } from '../src/core/config.js';
import { PACKAGE_ROOT } from '../src/db/sql.js';
import { makeThreePl, parseTemplate } from '../src/transform/three-pl/index.js';
import { databaseOf, type Site } from './site.js';
import { SPREAD } from './tenant.js';

export const LOGIN = { login: 'bench', company: 'invented', password: 'not-a-secret' };
/** Noon in US Central; data and clock begin here, so that every run sees the same. */
export const NOW = Date.parse('2026-03-11T17:00:00Z');

/** Real time from another beginning. */
export function clockFrom(begin: number): Clock & { advance(ms: number): void } {
  let shift = begin - Date.now();
  return {
    now: () => Date.now() + shift,
    sleep: (ms, signal) => systemClock.sleep(ms, signal),
    advance(ms) {
      shift += ms;
    },
  };
}

/** An installation as it is shipped (both example 3PLs), with its first look far enough back for all of the data. */
export async function install(site: Site, apiUrl: string | null): Promise<Config> {
  const { folder } = site;
  const templates = ['atlas', 'borealis'].map((name) =>
    parse(readFileSync(join(PACKAGE_ROOT, 'config', '3pl', `${name}.yaml`), 'utf8')),
  );
  const config: Config = {
    database: databaseOf(site),
    syncDatabase: null,
    godatafeed: { stores: [] },
    stateDirectory: join(folder, 'state'),
    exigoApi:
      apiUrl === null
        ? null
        : { baseUrl: apiUrl, ...LOGIN, maxOrders: 200, deadlineMs: 30 * SECOND, unknownWaitMs: 30 * SECOND },
    source: {
      overlapMs: 15 * MINUTE,
      settleMs: 10 * MINUTE,
      firstRunMs: SPREAD + 2 * HOUR,
      tableLagMs: 2 * HOUR,
      sweepHorizonMs: 30 * DAY,
      allowSensitive: [],
      oldOrderMs: 60 * DAY,
    },
    lease: { ttlMs: MINUTE },
    retention: { frozenMs: 30 * DAY, handedOverMs: 400 * DAY },
    tableCsv: { directory: join(folder, 'out', 'tables') },
    threePls: templates.map((value) => makeThreePl(parseTemplate(value, 'template'), join(folder, 'config'))),
    frozen: freezeConfig(templates),
  };
  for (const threePl of config.threePls) await mkdir(threePl.delivery.path, { recursive: true });
  await mkdir(config.tableCsv.directory, { recursive: true });
  return config;
}
