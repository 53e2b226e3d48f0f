import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { freezeConfig } from '../../src/app/config/frozen.js';
import { findPipeline } from '../../src/app/pipelines.js';
import { makeContext } from '../../src/app/runtime.js';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/core/clock.js';
import type { Config } from '../../src/core/config.js';
import type { AnyPipeline } from '../../src/core/pipeline.js';
import type { Database, Engine, SyncDatabase } from '../../src/db/database.js';
import { migrate } from '../../src/db/migrate.js';
import type { EngineContext } from '../../src/engine/context.js';
import { type RunReport, runPipeline } from '../../src/engine/run.js';
import { type ExigoStandin, startExigoStandin } from '../../src/standins/exigo/server.js';
import { makeThreePl, parseTemplate } from '../../src/transform/three-pl/index.js';
import { TestClock } from './clock.js';
import { createTenantTables, forEngine, makePlace, type Place } from './place.js';
import { TestDatabase } from './test-server.js';

export const NOON = Date.parse('2026-03-11T17:00:00Z'); // 12:00 in US Central

export interface HouseOptions {
  /** Default: the embedded one. */
  readonly engine?: Engine;
  /** The sync tables are in a SQL Server database of their own; `engine` is that of the state. */
  readonly hosted?: boolean;
  /** `api`: there is no sync database; the stand-in has a tenant of its own behind it. */
  readonly source?: 'queue' | 'api';
  /** False leaves the schema of the state to the test. */
  readonly migrated?: boolean;
  readonly now?: number;
  /** Template values in routing order; default: the shipped atlas and borealis, which are told of cancellations by a person. */
  readonly templates?: readonly unknown[];
  readonly config?: Partial<Config>;
  readonly api?: boolean;
  /** Smallest id of an order that the stand-in makes; default: above what is there. */
  readonly firstId?: number;
}

/** A whole installation in a temporary folder: database, templates, stand-in, real files. */
export class House {
  private constructor(
    readonly folder: string,
    readonly clock: TestClock,
    readonly database: Database,
    readonly config: Config,
    readonly standin: ExigoStandin,
    /** Where the sync tables are. */
    readonly tenant: SyncDatabase | Database,
    private readonly place: Place,
    private readonly syncPlace: TestDatabase | null,
    private readonly tenantPlace: Pick<Place, 'open'> | null,
    private readonly others: Database[],
  ) {}

  static async open(options: HouseOptions = {}): Promise<House> {
    const folder = await mkdtemp(join(tmpdir(), 'orderferry-'));
    const clock = new TestClock(options.now ?? NOON);
    const place = await makePlace(options.engine ?? 'sqlite', join(folder, 'orderferry.db'));
    const database = await place.open(clock);
    if (options.migrated !== false) await migrate(database);
    const syncPlace = options.hosted === true ? await TestDatabase.create() : null;
    const behindApi = options.source === 'api' ? await makePlace('sqlite', join(folder, 'tenant.db')) : null;
    const tenantPlace = syncPlace ?? behindApi;
    const tenant = tenantPlace === null ? database : await tenantPlace.open(clock);
    await createTenantTables(tenant);
    const standinDatabase = await (tenantPlace ?? place).open(clock);
    const standin = await startExigoStandin({
      database: standinDatabase,
      clock,
      login: 'ferry',
      company: 'sample',
      password: 'not-a-secret',
      ...(options.firstId === undefined ? {} : { firstId: options.firstId }),
    });
    const templates = options.templates ?? ['atlas', 'borealis'].map(silentTemplate);
    const config: Config = {
      database: place.config,
      syncDatabase: syncPlace?.config ?? null,
      godatafeed: { stores: [] },
      stateDirectory: join(folder, 'state'),
      exigoApi:
        options.api === false
          ? null
          : {
              baseUrl: standin.url,
              login: 'ferry',
              company: 'sample',
              password: 'not-a-secret',
              maxOrders: 200,
              // The stand-in works on the database, and a busy server takes its time.
              deadlineMs: (place.config.engine === 'sqlserver' ? 20 : 5) * SECOND,
              unknownWaitMs: 30 * SECOND,
            },
      source: {
        orders: options.source ?? 'queue',
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
      frozen: freezeConfig(templates),
      ...options.config,
    };
    const others = [standinDatabase];
    const house = new House(
      folder,
      clock,
      database,
      config,
      standin,
      tenant,
      place,
      syncPlace,
      tenantPlace,
      others,
    );
    await house.makeFolders();
    return house;
  }

  context(overrides: Partial<EngineContext> = {}): EngineContext {
    return {
      ...makeContext({
        config: this.config,
        database: this.database,
        sync: this.syncPlace === null ? null : (this.tenant as SyncDatabase),
        clock: this.clock,
        random: () => 0,
      }),
      ...overrides,
    };
  }

  async run(name = 'exigo-orders-to-3pl', overrides: Partial<EngineContext> = {}): Promise<RunReport> {
    const context = this.context(overrides);
    const pipeline: AnyPipeline = context.pipelines.find((one) => one.name === name) ?? findPipeline(name);
    return runPipeline(context, { pipeline, slices: [] });
  }

  /** Files a 3PL would see, by name, manifests left out. */
  async files(threePl: string): Promise<Map<string, string>> {
    const folder = this.config.threePls.find(({ name }) => name === threePl)?.delivery.path ?? '';
    const names = (await readdir(folder)).filter(
      (name) => !name.endsWith('.part') && !name.endsWith('.manifest.json'),
    );
    const texts = await Promise.all(names.sort().map((name) => readFile(join(folder, name), 'utf8')));
    return new Map(names.map((name, i) => [name, texts[i] ?? '']));
  }

  async all<T>(text: string, parameters = {}): Promise<T[]> {
    const database = this.placeOf(text);
    return database.all<T>({ name: 'test', text: forEngine(database.engine, text) }, parameters);
  }

  async exec(text: string, parameters = {}): Promise<number> {
    const database = this.placeOf(text);
    return database.transaction((session) =>
      session.run({ name: 'test', text: forEngine(database.engine, text) }, parameters),
    );
  }

  /** Another connection to the same database, closed with the house. */
  async openAnother(): Promise<Database> {
    const other = await this.place.open(this.clock);
    this.others.push(other);
    return other;
  }

  /** Another connection to the sync tables, closed with the house. */
  async openTenant(): Promise<Database> {
    const other = await (this.tenantPlace ?? this.place).open(this.clock);
    this.others.push(other);
    return other;
  }

  async close(): Promise<void> {
    await this.standin.close();
    for (const other of this.others) await other.close();
    if (this.tenant !== this.database) await this.tenant.close();
    await this.database.close();
    await this.syncPlace?.drop();
    await this.place.remove();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** A statement that names the sync tables goes where they are. */
  private placeOf(text: string): Database {
    return /"(dbo|queue)\./.test(text) ? this.tenant : this.database;
  }

  private async makeFolders(): Promise<void> {
    for (const threePl of this.config.threePls) await mkdir(threePl.delivery.path, { recursive: true });
    await mkdir(this.config.tableCsv.directory, { recursive: true });
  }
}

export function shippedTemplate(name: string): unknown {
  return parse(readFileSync(new URL(`../../config/3pl/${name}.yaml`, import.meta.url), 'utf8'));
}

/** The same of a 3PL that takes no files of cancellations. */
export function silentTemplate(name: string): unknown {
  const { cancellations: _told, ...template } = shippedTemplate(name) as Record<string, unknown>;
  return template;
}
