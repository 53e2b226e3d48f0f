import { mkdirSync } from 'node:fs';
import { type Circuits, SYSTEM } from '../core/circuits.js';
import { type Clock, systemClock } from '../core/clock.js';
import { type Config, shadowPath } from '../core/config.js';
import { InvariantError } from '../core/errors.js';
import type { OrderRules } from '../core/godatafeed.js';
import type { NoticeFile, NoticeKind, ThreePl } from '../core/hand-over.js';
import type { LabelRule } from '../core/label.js';
import { type Logger, silentLogger } from '../core/log.js';
import type { AnyPipeline } from '../core/pipeline.js';
import { CIRCUIT_RULE, type Random } from '../core/retry.js';
import type { UpdateTarget } from '../core/targets.js';
import type { Database, Session, SyncDatabase } from '../db/database.js';
import { openSqlite } from '../db/sqlite.js';
import { openSqlServer } from '../db/sqlserver/pool.js';
import type { EngineContext, Progress, TransformKit } from '../engine/context.js';
import { frozenOrders } from '../extract/frozen-orders.js';
import { frozenTables } from '../extract/frozen-tables.js';
import { inboxPlace } from '../extract/inbox-place.js';
import { localFolder } from '../files/folder/local-folder.js';
import { openFolders } from '../files/folders.js';
import type { GoDataFeedClient } from '../godatafeed/client.js';
import { createExigoClient } from '../load/exigo-api/client.js';
import { exigoOrderSource } from '../load/exigo-api/order-source.js';
import { exigoOrderTarget } from '../load/exigo-api/order-target.js';
import { exigoReturnTarget } from '../load/exigo-api/return-target.js';
import { exigoShipmentTarget } from '../load/exigo-api/shipment-target.js';
import { exigoStatusTarget } from '../load/exigo-api/status-target.js';
import { fileDelivery } from '../load/files/delivery.js';
import { godatafeedUpdateTarget } from '../load/godatafeed/update-target.js';
import { chromiumPrinter } from '../load/labels/chromium.js';
import { smtpMailer } from '../mail/smtp.js';
import { StateCircuits } from '../queue/ledger/circuits.js';
import { zplLabels } from '../transform/labels/decode.js';
import { pdfPages } from '../transform/labels/pdf.js';
import { orderMapper, type StoreRules } from '../transform/marketplace/new-order.js';
import { makeReporter, type ReportingStore } from '../transform/marketplace/report.js';
import { judgeReturned } from '../transform/returns/judge-returned.js';
import { returnOrderOf } from '../transform/returns/return-order.js';
import { collectShipment } from '../transform/shipments/collect.js';
import { tableCsvEncoder } from '../transform/table-csv.js';
import {
  diffRendered,
  fingerprint,
  makeRouter,
  makeThreePl,
  parseTemplate,
} from '../transform/three-pl/index.js';
import { marketplaceStore, openStores } from './godatafeed.js';
import { guarded, guardedDelivery, guardedOrders } from './guarded.js';
import { namelessTargets } from './nameless.js';
import { pipelinesFor } from './pipelines.js';

export interface RuntimeOptions {
  readonly config: Config;
  readonly database: Database;
  /** Where the sync tables are, when that is another database. */
  readonly sync?: SyncDatabase | null;
  /** Where frozen rows are read; the database, or the one transaction of a dry run. */
  readonly session?: Session;
  readonly clock?: Clock;
  /** For the pauses between tries; default Math.random. */
  readonly random?: Random;
  readonly log?: Logger;
  readonly signal?: AbortSignal;
  readonly progress?: Progress;
  readonly pipelines?: readonly AnyPipeline[];
  /** Every token of a store as soon as it is known: keep it out of logs. */
  readonly onToken?: (token: string) => void;
}

/** SQL Server goes by its own clock; the embedded engine, which has none, by the one given. */
export async function openDatabase(
  { database }: Pick<Config, 'database'>,
  clock: Clock = systemClock,
  stop: AbortSignal | null = null,
): Promise<Database> {
  if (database.engine === 'sqlite') return openSqlite(database.file, clock);
  return openSqlServer(database, null, stop);
}

/** The database with the sync tables, when it is another one. */
export async function openSyncDatabase(
  config: Config,
  stop: AbortSignal | null = null,
): Promise<SyncDatabase | null> {
  return config.syncDatabase === null
    ? null
    : openSqlServer(config.syncDatabase, null, stop, 'syncDatabase.sqlserver');
}

/** Puts the rooms together: the one place where stages, engine and ledger meet. */
export function makeContext(options: RuntimeOptions): EngineContext {
  const { config, database } = options;
  const clock = options.clock ?? systemClock;
  const random = options.random ?? Math.random;
  const session = options.session ?? database;
  const log = options.log ?? silentLogger;
  const rule = config.circuit ?? CIRCUIT_RULE;
  const circuits = new StateCircuits({ database, clock, rule, random, log });
  const client =
    config.exigoApi === null
      ? null
      : createExigoClient(config.exigoApi, {
          clock,
          ...(options.signal === undefined ? {} : { signal: options.signal }),
        });
  const stores = openStores({
    stores: config.godatafeed.stores,
    database,
    clock,
    signal: options.signal,
    onToken: options.onToken ?? (() => undefined),
  });
  const folders = openFolders({ clock });
  const nameless = namelessTargets(database);
  const labelPrinter = chromiumPrinter(config.labels?.chromium ?? null);
  return {
    database,
    apiOrders:
      client === null || config.exigoApi === null
        ? null
        : guardedOrders(circuits, SYSTEM.exigoApi, exigoOrderSource(client, config.exigoApi, clock, random)),
    hosted: options.sync == null ? null : { database: options.sync, refresh: true },
    clock,
    random,
    log,
    circuits,
    config,
    orders: frozenOrders(session),
    tables: frozenTables(session),
    kit: transformKit(config),
    delivery: (target, shadow = false) => {
      if (shadow) {
        return fileDelivery(localFolder(shadowFolder(config, target === 'tables' ? target : target.name)));
      }
      return target === 'tables'
        ? fileDelivery(localFolder(config.tableCsv.directory))
        : guardedDelivery(
            circuits,
            SYSTEM.threePl(target.name),
            fileDelivery(folders.of(target.name, target.delivery)),
          );
    },
    labelPrinter,
    mailer: config.mail === undefined ? null : smtpMailer(config.mail, clock),
    inbox: (threePl) => {
      const { name, confirmations } = threePl;
      if (confirmations !== null) {
        const place = inboxPlace(folders.of(name, confirmations.inbox));
        return guarded(circuits, SYSTEM.inbox(name), place);
      }
      throw new InvariantError(`the template of ${name} has no confirmations`);
    },
    statusTarget:
      client === null || config.exigoApi === null
        ? null
        : guarded(circuits, SYSTEM.exigoApi, nameless.status(exigoStatusTarget(client, config.exigoApi))),
    shipmentTarget:
      client === null || config.exigoApi === null
        ? null
        : guarded(circuits, SYSTEM.exigoApi, nameless.shipment(exigoShipmentTarget(client, config.exigoApi))),
    orderTarget:
      client === null || config.exigoApi === null
        ? null
        : guarded(circuits, SYSTEM.exigoApi, nameless.order(exigoOrderTarget(client, config.exigoApi))),
    returnTarget:
      client === null || config.exigoApi === null
        ? null
        : guarded(circuits, SYSTEM.exigoApi, nameless.returns(exigoReturnTarget(client, config.exigoApi))),
    stores: new Map(
      [...stores].map(([name, store]) => [
        name,
        guarded(circuits, SYSTEM.store(name), nameless.store(marketplaceStore(store))),
      ]),
    ),
    updateTargets: updateTargets(config, stores, circuits, nameless.update),
    pipelines: options.pipelines ?? pipelinesFor(config),
    signal: options.signal ?? new AbortController().signal,
    progress: options.progress ?? (() => undefined),
    async close() {
      client?.close();
      for (const store of stores.values()) store.close();
      await labelPrinter.close();
      await folders.close();
    },
  };
}

/** Where files made in shadow lie; it is our own, so it is made. */
export function shadowFolder(config: Pick<Config, 'stateDirectory'>, target: string): string {
  const folder = shadowPath(config, target);
  mkdirSync(folder, { recursive: true });
  return folder;
}

function updateTargets(
  { godatafeed }: Config,
  clients: ReadonlyMap<string, GoDataFeedClient>,
  circuits: Circuits,
  nameless: (target: UpdateTarget) => UpdateTarget,
): ReadonlyMap<string, UpdateTarget> {
  return new Map(
    godatafeed.stores.flatMap((store) => {
      const client = clients.get(store.name);
      if (client === undefined) return [];
      const target = godatafeedUpdateTarget(client, store);
      return [[store.name, guarded(circuits, SYSTEM.store(store.name), nameless(target))]];
    }),
  );
}

function transformKit(config: Config): TransformKit {
  return {
    router: makeRouter,
    fingerprint,
    diff: diffRendered,
    tableEncoder: tableCsvEncoder,
    pdfPages,
    zplLabels,
    threePlsOf: (json) => storedThreePls(json, config),
    reporter: (json) =>
      makeReporter((JSON.parse(json) as { readonly stores?: readonly ReportingStore[] }).stores ?? []),
    collect: collectShipment,
    judgeReturned,
    returnOrder: returnOrderOf,
    orderMapper: (json) => orderMapper(storedRules(json)),
  };
}

/** How each store's orders are mapped, by a stored configuration. */
function storedRules(json: string): StoreRules {
  const { stores = [] } = JSON.parse(json) as {
    readonly stores?: readonly { readonly name: string; readonly orders: OrderRules | null }[];
  };
  return Object.fromEntries(stores.map(({ name, orders }) => [name, orders]));
}

/**
 * The 3PLs of a stored configuration. Where files go is today's setting; what is in them is as stored. One that
 * is not configured any more gets no file (its waves wait, its orders are held as NO_TARGET), so nobody reads its
 * folder; it has one here only because every ThreePl has.
 */
function storedThreePls(json: string, config: Config): readonly ThreePl[] {
  const stored = JSON.parse(json) as { readonly threePls: readonly unknown[] };
  return stored.threePls.map((value) => {
    const threePl = makeThreePl(parseTemplate(value, 'stored configuration'), config.stateDirectory);
    const today = config.threePls.find(({ name }) => name === threePl.name);
    if (today === undefined) return threePl;
    const noticeOf = (kind: NoticeKind): NoticeFile | null => {
      const notice = threePl.notices[kind];
      return notice && { ...notice, delivery: today.notices[kind]?.delivery ?? today.delivery };
    };
    const notices = { cancellations: noticeOf('cancellations'), returns: noticeOf('returns') };
    const labels = placedAsToday(threePl.labels, today.labels);
    return { ...threePl, delivery: today.delivery, labels, notices };
  });
}

/** Where labels come from and how they go is as stored; which folder, and who gets mail, is today's setting. */
function placedAsToday(stored: LabelRule | null, today: LabelRule | null): LabelRule | null {
  if (stored === null || today === null) return stored;
  return {
    ...stored,
    folder: stored.folder && today.folder ? { ...stored.folder, path: today.folder.path } : stored.folder,
    mail: stored.mail && (today.mail ?? stored.mail),
  };
}
