import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { advanceSampleTenant, loadSampleTenant } from '../../src/app/sample-tenant.js';
import { MINUTE } from '../../src/core/clock.js';
import type { DatabaseConfig } from '../../src/core/config.js';
import type { Database, Engine } from '../../src/db/database.js';
import { type ExigoStandin, startExigoStandin } from '../../src/standins/exigo/server.js';
import { TestClock } from './clock.js';
import { buildChild } from './crash-build.js';
import { type Child, type Lived, liveThrough, startChild } from './crash-child.js';
import { SharedClock } from './crash-clock.js';
import { CREDENTIALS, crashConfig } from './crash-config.js';
import type { ChildSpec, PointPass, RunEnd } from './crash-protocol.js';
import { NOON } from './house.js';
import { createTables, forEngine, makePlace, type Place } from './place.js';

const BOTH = ['exigo-orders-to-3pl', 'exigo-snapshot-to-csv'];
/** The tenant as it is, what happens to it in between, and a cycle in which nothing has changed. */
const CYCLES = 3;

/** What every case begins with. */
export interface CrashTemplate {
  readonly engine: Engine;
  /** An installation to be copied, the sample tenant in its embedded database. */
  readonly folder: string;
  /** The compiled child. */
  readonly build: string;
}

/** An installation on disk for child processes, with the Exigo stand-in in this process: it outlives them. */
export class CrashSite {
  private cycle = 0;

  private constructor(
    readonly folder: string,
    private readonly build: string,
    /** The children's time. */
    readonly clock: SharedClock,
    /** The stand-in's: it stands still within a cycle, so that the stamps it leaves are always the same. */
    readonly exigoClock: TestClock,
    readonly database: Database,
    readonly standin: ExigoStandin,
    private readonly place: Place,
  ) {}

  static async prepare(engine: Engine): Promise<CrashTemplate> {
    const folder = await mkdtemp(join(tmpdir(), 'orderferry-crash-'));
    const file: DatabaseConfig = { engine: 'sqlite', file: join(folder, 'orderferry.db') };
    if (engine === 'sqlite') await makeTenant(await makePlace(engine, file.file));
    const { threePls, tableCsv } = crashConfig(folder, 'http://127.0.0.1:1/3.0', file);
    for (const path of [...threePls.map(({ delivery }) => delivery.path), tableCsv.directory])
      await mkdir(path, { recursive: true });
    return { engine, folder, build: await buildChild() };
  }

  static async remove({ folder, build }: CrashTemplate): Promise<void> {
    for (const path of [folder, build]) await rm(path, { recursive: true, force: true });
  }

  static async open(template: CrashTemplate): Promise<CrashSite> {
    const folder = await mkdtemp(join(tmpdir(), 'orderferry-crash-'));
    await cp(template.folder, folder, { recursive: true });
    const place = await makePlace(template.engine, join(folder, 'orderferry.db'));
    if (template.engine !== 'sqlite') await makeTenant(place); // a file was copied with its rows
    const clock = SharedClock.make(join(folder, 'clock'), NOON);
    const exigoClock = new TestClock(NOON);
    const database = await place.open(exigoClock);
    const standin = await startExigoStandin({ database, clock: exigoClock, ...CREDENTIALS });
    return new CrashSite(folder, template.build, clock, exigoClock, database, standin, place);
  }

  /** `onCycle`: what happens after a cycle of the child; else the tenant's life goes on. */
  start(spec: Partial<ChildSpec> = {}, onCycle = (_runs: readonly RunEnd[]) => this.advance()): Child {
    const whole: ChildSpec = {
      folder: this.folder,
      database: this.place.config.engine === 'sqlite' ? null : this.place.config.database,
      baseUrl: this.standin.url,
      pipelines: BOTH,
      cycles: CYCLES - this.cycle,
      ...spec,
    };
    return startChild(this.build, whole, onCycle);
  }

  /**
   * Runs all cycles to their end, killed at each of `kills` in turn and started again a second later.
   * Returns how many of them came to pass, and the points passed by the last process.
   */
  async live(kills: readonly PointPass[] = []): Promise<Lived> {
    return liveThrough(kills, this.clock, (killAt) =>
      this.start({ trace: true, ...(killAt === undefined ? {} : { killAt }) }),
    );
  }

  async all<T>(text: string): Promise<T[]> {
    return this.database.all<T>({ name: 'test', text: forEngine(this.database.engine, text) });
  }

  async close(): Promise<void> {
    await this.standin.close();
    await this.database.close();
    await this.place.remove();
    this.clock.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** What happens in the tenant between two cycles. */
  private async advance(): Promise<void> {
    this.cycle++;
    this.exigoClock.set(NOON + this.cycle * 15 * MINUTE);
    this.clock.set(this.exigoClock.now());
    if (this.cycle === 1) await advanceSampleTenant(this.database, this.exigoClock);
  }
}

async function makeTenant(place: Place): Promise<void> {
  const clock = new TestClock(NOON);
  const database = await place.open(clock);
  await createTables(database);
  await loadSampleTenant(database, clock);
  await database.close();
}
