import * as z from 'zod';
import { DAY, HOUR, MINUTE, SECOND } from '../../core/clock.js';
import {
  BATCH_STATUS_FIELDS,
  DUPLICATE_KEYS,
  LIST_STYLES,
  ORDER_SOURCES,
  PIPELINE_MODES,
} from '../../core/config.js';
import { QUEUE_TABLES } from '../../core/exigo-tables.js';
import { didYouMean } from '../../core/text.js';
import { isSensitive } from '../../queue/freeze/sensitive.js';
import { PIPELINES } from '../pipelines.js';
import { shadowFault } from '../shadow-rules.js';
import { alertsSchema } from './alerts.js';
import { dashboardSchema, monitoringSchema } from './dashboard.js';
import type { Environment } from './environment.js';
import { exigoOrdersSchema } from './exigo-orders.js';
import { godatafeedSchema } from './godatafeed.js';
import { mailSchema } from './mail.js';
import { circuitSchema, scheduleSchema } from './schedule.js';
import { group, listOf, valueSchemas } from './values.js';

const THREE_PL_NAME = /^[a-z0-9][a-z0-9-]{0,39}$/;
const COMPANY = /^[A-Za-z0-9][A-Za-z0-9-]*$/;

/**
 * `config/orderferry.yaml` as a schema: its input is what is written in the file, its output the parts
 * of `Config` that do not need another file. Defaults and limits live here and nowhere else;
 * `docs/configuration.md` and `config/orderferry.schema.json` are checked against it.
 */
export function configSchema(environment: Environment, baseDirectory: string) {
  const values = valueSchemas(environment, baseDirectory);
  const { text, secret, duration, integer, flag, choice, path, url } = values;

  const sqlserver = (variable: string) =>
    group({
      host: text().describe('Name or address of the SQL Server.'),
      port: integer(1, 65_535).prefault(1433).describe('TCP port.'),
      database: text().describe('Name of the database.'),
      user: text().describe('SQL Server login.'),
      password: secret(variable).describe('From the environment only.'),
      encrypt: flag()
        .prefault(true)
        .describe('TLS to the server; one that has none is refused before the password is sent.'),
      trustServerCertificate: flag()
        .prefault(false)
        .describe('Accept a certificate nobody signed; only for a server of your own.'),
    });

  const database = group({
    sqlite: path().optional().describe('File of the embedded database.'),
    sqlserver: sqlserver('SQLSERVER_PASSWORD').optional().describe('A database of a SQL Server.'),
  }).transform((value, context) => {
    if (value.sqlite !== undefined && value.sqlserver === undefined) {
      return { engine: 'sqlite' as const, file: value.sqlite };
    }
    if (value.sqlserver !== undefined && value.sqlite === undefined) {
      return { engine: 'sqlserver' as const, ...value.sqlserver };
    }
    context.addIssue({ code: 'custom', message: 'must name exactly one of sqlite and sqlserver' });
    return z.NEVER;
  });

  const syncDatabase = group({
    sqlserver: sqlserver('SYNC_PASSWORD').describe('The SQL Server with the Exigo sync tables.'),
  }).transform((value) => ({ engine: 'sqlserver' as const, ...value.sqlserver }));

  const exigoApi = group({
    baseUrl: url().optional().describe('Default: https://{company}-api.exigo.com/3.0'),
    company: text().describe("The tenant's company code."),
    login: secret('EXIGO_LOGIN', 1).describe('API login, from the environment only.'),
    password: secret('EXIGO_PASSWORD').describe('API password, from the environment only.'),
    maxOrders: integer(1, 1_000).prefault(200).describe('Orders in one status call and in one read-back.'),
    deadline: duration({ min: SECOND, max: 10 * MINUTE })
      .prefault('30s')
      .describe('Total time of one request.'),
    unknownWait: duration({ max: HOUR })
      .prefault('30s')
      .describe('After an unknown outcome, how long before absence proves that nothing was done.'),
    createWait: duration({ max: DAY }).prefault('20m').describe('The same for an order that is made.'),
    duplicateKeys: choice(DUPLICATE_KEYS)
      .prefault('unproven')
      .describe(
        '`refused` once Exigo was seen to refuse a second order with the same ManualOrderKey: then an order of unknown outcome that is not seen is made again by itself, else it is held.',
      ),
    listStyle: choice(LIST_STYLES).prefault('comma').describe('How the order ids stand in a query.'),
    batchStatusField: choice(BATCH_STATUS_FIELDS)
      .prefault('orderStatus')
      .describe('What the batch call names the status.'),
    maxBytes: integer(1_000_000, 200_000_000).prefault(20_000_000).describe('Most bytes of one answer.'),
    orders: exigoOrdersSchema(values)
      .prefault({})
      .describe('Which orders are listed when `source.orders` is `api`: the qualifiers of GetOrders.'),
  }).transform(({ baseUrl, deadline, unknownWait, createWait, ...rest }, context) => {
    if (baseUrl === undefined && !COMPANY.test(rest.company)) {
      const message = `"${rest.company}" cannot be part of a host name; give baseUrl as well`;
      context.addIssue({ code: 'custom', path: ['company'], message });
    }
    return {
      ...rest,
      baseUrl: baseUrl ?? `https://${rest.company.toLowerCase()}-api.exigo.com/3.0`,
      deadlineMs: deadline,
      unknownWaitMs: unknownWait,
      createWaitMs: createWait,
    };
  });

  const source = group({
    orders: choice(ORDER_SOURCES)
      .prefault('queue')
      .describe(
        'Where orders come from: `queue`, the snapshots of the sync database; `api`, GetOrders, for companies without one.',
      ),
    overlap: duration({ max: DAY }).prefault('15m').describe('Subtracted from the watermark.'),
    settle: duration({ max: 7 * DAY })
      .prefault('10m')
      .describe('An order whose totals differ ships when it has not moved for this long.'),
    firstRun: duration({ min: MINUTE }).prefault('24h').describe('How far back the first freeze looks.'),
    tableLag: duration({ max: 7 * DAY })
      .prefault('2h')
      .describe('A table that stopped moving holds the common start back by at most this much.'),
    sweepHorizon: duration({ min: DAY })
      .prefault('30d')
      .describe('The nightly sweep compares orders modified within this time.'),
    allowSensitive: listOf(text().superRefine(sensitiveColumn))
      .prefault([])
      .describe('Sensitive columns, as Table.Column, that are frozen all the same.'),
    oldOrder: duration({ min: DAY })
      .prefault('60d')
      .describe('Backfilled orders older than this are listed and need --yes.'),
  }).transform((value) => ({
    orders: value.orders,
    overlapMs: value.overlap,
    settleMs: value.settle,
    firstRunMs: value.firstRun,
    tableLagMs: value.tableLag,
    sweepHorizonMs: value.sweepHorizon,
    allowSensitive: value.allowSensitive,
    oldOrderMs: value.oldOrder,
  }));

  const lease = group({
    ttl: duration({ min: 5 * SECOND, max: HOUR })
      .prefault('60s')
      .describe('A process that has not renewed its lease for this long has lost it.'),
  }).transform((value) => ({ ttlMs: value.ttl }));

  const retention = group({
    frozen: duration({ min: DAY }).prefault('30d').describe('Frozen rows.'),
    handedOver: duration({ min: DAY })
      .prefault('400d')
      .describe('Frozen rows a hand-over file was rendered from.'),
    inbox: duration({ min: DAY })
      .prefault('400d')
      .describe('What 3PLs sent: the rows of their files, and the copies of these.'),
    texts: duration({ min: DAY })
      .prefault('90d')
      .describe('Reasons, errors and messages of what is settled, which may quote an order or a server.'),
    ledger: duration({ min: DAY })
      .optional()
      .describe(
        'Batches, items, effects, files and events. Default: 400d, or retention.handedOver if longer.',
      ),
  }).transform((value, context) => {
    if (value.handedOver < value.frozen) {
      const message = 'must not be shorter than retention.frozen';
      context.addIssue({ code: 'custom', path: ['handedOver'], message });
    }
    const { frozen: frozenMs, handedOver: handedOverMs, inbox: inboxMs, texts: textsMs } = value;
    const ledgerMs = value.ledger ?? Math.max(400 * DAY, handedOverMs);
    if (ledgerMs < handedOverMs) {
      const message = 'must not be shorter than retention.handedOver';
      context.addIssue({ code: 'custom', path: ['ledger'], message });
    }
    return { frozenMs, handedOverMs, inboxMs, textsMs, ledgerMs };
  });

  return group({
    database: database.describe('Where our state lives, and the sync tables with it: sqlite or sqlserver.'),
    syncDatabase: syncDatabase
      .optional()
      .describe('Where the sync tables are, when that is another database; it is only read.'),
    stateDirectory: path().prefault('var').describe('Folder for spool files and logs.'),
    exigoApi: exigoApi.optional().describe('Left out: the step to Printed is reported as not configured.'),
    godatafeed: godatafeedSchema(values).prefault({}).describe('Stores whose marketplace orders are synced.'),
    source: source.prefault({}).describe('How changes are frozen.'),
    modes: z
      .record(z.string(), choice(PIPELINE_MODES), { error: 'must be a group of pipelines and modes' })
      .prefault({})
      .describe(
        'By pipeline: `live`, or `shadow`, in which files go into a folder of our own and nothing is called that changes anything.',
      ),
    lease: lease.prefault({}).describe('Which process may run a pipeline.'),
    retention: retention.prefault({}).describe('How long what is kept: frozen rows, texts, the ledger.'),
    schedule: scheduleSchema(values).optional().describe('What `orderferry schedule` runs, and when.'),
    circuit: circuitSchema(values).prefault({}).describe('When a system counts as down.'),
    tableCsv: group({
      directory: path().prefault('var/out/tables').describe('Folder of the CSV files.'),
    })
      .prefault({})
      .describe('Target of exigo-snapshot-to-csv.'),
    mail: mailSchema(values).optional().describe('How mail leaves. Left out: none does.'),
    alerts: alertsSchema(values).optional().describe('Who is told of incidents, and gets the digest.'),
    labels: group({
      chromium: path()
        .optional()
        .describe('Chromium that makes PDFs of HTML labels. Default: where the system has one.'),
    })
      .optional()
      .describe('Shipping labels.'),
    monitoring: monitoringSchema(values)
      .prefault({})
      .describe('From when on something is wrong: `orderferry status --check`, dashboard, metrics.'),
    dashboard: dashboardSchema(values).prefault({}).describe('The health dashboard.'),
    threePls: listOf(
      z.string({ error: 'must be the name of a file in 3pl/' }).regex(THREE_PL_NAME, {
        error: 'must be the name of a file in 3pl/ without its ending: small letters, digits, hyphens',
      }),
    )
      .prefault([])
      .describe('Templates in 3pl/, in the order in which their routes are tried.'),
  }).superRefine((value, context) => {
    const { database: own, syncDatabase: sync } = value;
    const issue = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
    if (value.alerts?.mail && value.mail === undefined) {
      issue(['alerts', 'mail'], 'goes by the mail server of mail, which is missing');
    }
    for (const [name, mode] of Object.entries(value.modes)) {
      const fault = mode === 'shadow' ? shadowFault(name, PIPELINES) : null;
      if (fault !== null) issue(['modes', name], fault);
    }
    if (value.source.orders === 'api') {
      if (value.exigoApi === undefined) issue(['source', 'orders'], 'is api, and exigoApi is missing');
      if (sync !== undefined)
        issue(['syncDatabase'], 'is never read when source.orders is api; leave it out');
    }
    if (sync === undefined || own.engine !== 'sqlserver') return;
    const same =
      own.host.toLowerCase() === sync.host.toLowerCase() &&
      own.port === sync.port &&
      own.database.toLowerCase() === sync.database.toLowerCase();
    const message = 'is the same database as database.sqlserver; leave it out';
    if (same) context.addIssue({ code: 'custom', path: ['syncDatabase'], message });
  });
}

/** `Payments.CreditCardNumber`: a column that would be left out, listed or by its name. */
function sensitiveColumn(value: string, context: z.RefinementCtx): void {
  const [table = '', column = '', ...rest] = value.split('.');
  if (rest.length === 0 && table in QUEUE_TABLES && isSensitive(table, column, [])) return;
  const names = Object.entries(QUEUE_TABLES).flatMap(([name, { columns }]) =>
    Object.keys(columns).map((one) => `${name}.${one}`),
  );
  const message = names.includes(value)
    ? `"${value}" is not sensitive: it is frozen anyway`
    : `"${value}" is no sensitive column; write it as Table.Column${didYouMean(value, names)}`;
  context.addIssue({ code: 'custom', message });
}
