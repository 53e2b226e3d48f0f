import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { freezeConfig } from '../../src/app/config/frozen.js';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/core/clock.js';
import type { Config, DatabaseConfig, MailConfig } from '../../src/core/config.js';
import type { GoDataFeedStore } from '../../src/core/godatafeed.js';
import { PACKAGE_ROOT } from '../../src/db/sql.js';
import { makeThreePl, parseTemplate } from '../../src/transform/three-pl/index.js';

export const CREDENTIALS = { login: 'ferry', company: 'sample', password: 'not-a-secret' } as const;

/** What a 3PL sends back, where it does. */
export const CONFIRMATIONS = {
  parcels: 'joined',
  returned: 'return-order',
  files: [
    {
      name: 'shipments',
      match: 'SHIP_*.csv',
      ready: { trigger: '.ok' },
      columns: {
        order: 'ORDER',
        answer: { column: 'ANSWER', map: { shipped: 'shipped', accepted: 'accepted', returned: 'returned' } },
        item: 'SKU',
        quantity: 'QTY',
        tracking: 'TRACKING',
      },
    },
  ],
};

export interface CrashConfigOptions {
  /** Whether the 3PLs send files back. */
  readonly inboxes?: boolean | undefined;
  /** Sections of atlas's template that differ. */
  readonly atlas?: object | undefined;
  readonly mail?: MailConfig | undefined;
}

/**
 * The configuration of an installation in a folder, as the parent and the child process both make it. Few
 * orders a call, so that one delivered file takes several calls; a short wait, so that a restarted run
 * settles what it finds within the minute that appears in file names.
 */
export function crashConfig(
  folder: string,
  baseUrl: string,
  database: DatabaseConfig,
  stores: readonly GoDataFeedStore[] = [],
  { inboxes = false, atlas = {}, mail }: CrashConfigOptions = {},
): Config {
  const templates = ['atlas', 'borealis'].map((name): unknown => ({
    ...(parse(readFileSync(join(PACKAGE_ROOT, 'config', '3pl', `${name}.yaml`), 'utf8')) as object),
    ...(inboxes
      ? { confirmations: { ...CONFIRMATIONS, inbox: { folder: `../in/${name}` } } }
      : { cancellations: undefined }),
    ...(name === 'atlas' ? atlas : {}),
  }));
  return {
    database,
    syncDatabase: null,
    godatafeed: { stores },
    stateDirectory: join(folder, 'state'),
    exigoApi: { baseUrl, ...CREDENTIALS, maxOrders: 6, deadlineMs: 5 * SECOND, unknownWaitMs: 2 * SECOND },
    source: {
      overlapMs: 15 * MINUTE,
      settleMs: 10 * MINUTE,
      firstRunMs: DAY,
      tableLagMs: 2 * HOUR,
      sweepHorizonMs: 30 * DAY,
      allowSensitive: [],
      oldOrderMs: 60 * DAY,
    },
    lease: { ttlMs: MINUTE },
    retention: { frozenMs: 30 * DAY, handedOverMs: 400 * DAY },
    tableCsv: { directory: join(folder, 'out', 'tables') },
    threePls: templates.map((value) =>
      makeThreePl(parseTemplate(value, 'test template'), join(folder, 'config')),
    ),
    frozen: freezeConfig(templates, stores),
    ...(mail === undefined ? {} : { mail }),
  };
}
