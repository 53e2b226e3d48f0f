import type { Clock } from '../../core/clock.js';
import { codeOf, LeaseLostError } from '../../core/errors.js';
import { fromUtcText, toUtcText } from '../../core/time.js';
import { type Database, isDuplicateKey, type Session } from '../../db/database.js';
import { repeatTransient } from '../../db/repeat.js';
import { sql } from '../../db/sql.js';
import { describeHolder, isProvablyDead, nameHolder } from './holder.js';

interface LeaseRow {
  readonly holder: string;
  readonly token: number;
  readonly expires_utc: string;
  readonly released: number;
  readonly now_utc: string;
}

export interface LeaseOptions {
  readonly name: string;
  readonly ttlMs: number;
  /**
   * A process that was stopped finishes at most the one request it had begun, so a takeover waits for the
   * lease's end plus this deadline.
   */
  readonly requestDeadlineMs: number;
}

/** What {@link acquireLease} answers when somebody else works: not an error, the caller says so and leaves. */
export interface LeaseHeld {
  readonly heldBy: string;
  readonly until: number;
}

/**
 * The right to work on one pipeline or source, with a fencing token. Every transaction of the holder begins
 * by renewing the lease under its token; one that lost it writes nothing. The database's clock decides when
 * a lease ends; the process clock only decides when to stop trusting one.
 */
export class Lease {
  private trustedUntil: number;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly options: LeaseOptions,
    readonly token: number,
    acquiredAt: number,
  ) {
    this.trustedUntil = acquiredAt + options.ttlMs;
  }

  get name(): string {
    return this.options.name;
  }

  /** One transaction under the fence. Throws {@link LeaseLostError}, rolled back, when the lease was taken. */
  async transaction<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.database.transaction(async (session) => {
      await this.renewIn(session);
      return work(session);
    });
  }

  /** The same, repeated after a deadlock or a lock time-out. The work must be repeatable: see {@link repeatTransient}. */
  async repeatable<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return repeatTransient(this.clock, () => this.transaction(work));
  }

  /**
   * Call right before every outward act: makes sure that the lease outlives it. A process that was stopped
   * beyond its lease and wakes up ends here.
   */
  async assertHeld(): Promise<void> {
    if (this.clock.now() + this.options.ttlMs / 2 < this.trustedUntil) return;
    await this.database.transaction((session) => this.renewIn(session));
  }

  /** Waits in pieces, renewing in between. */
  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const end = this.clock.now() + ms;
    for (let left = ms; left > 0; left = end - this.clock.now()) {
      await this.clock.sleep(Math.min(left, this.options.ttlMs / 3), signal);
      await this.assertHeld();
    }
  }

  async release(): Promise<void> {
    await this.database.transaction(async (session) => {
      await session.run(sql(session.engine, 'lease/release'), { name: this.options.name, token: this.token });
    });
  }

  private async renewIn(session: Session): Promise<void> {
    const now = this.clock.now();
    const renewed = await session.run(sql(session.engine, 'lease/renew'), {
      name: this.options.name,
      token: this.token,
      expires_utc: toUtcText(now + this.options.ttlMs),
    });
    if (renewed === 0) {
      throw new LeaseLostError(
        `lease "${this.options.name}": another process took it while this one was away; nothing more is written or sent here`,
      );
    }
    this.trustedUntil = now + this.options.ttlMs;
  }
}

/** Takes a lease that is free, was given back, has run out (plus the request deadline), or whose holder is dead. */
export async function acquireLease(
  database: Database,
  clock: Clock,
  options: LeaseOptions,
): Promise<Lease | LeaseHeld> {
  try {
    return await tryAcquire(database, clock, options);
  } catch (error) {
    // On a server with locks its holder keeps the row while it freezes, and that may take longer than we wait.
    if (codeOf(error) === 'MSSQL_1222')
      return { heldBy: 'another process, which is writing just now', until: clock.now() + options.ttlMs };
    // Two first holders at once, on an engine without a lock on what is not there yet: one row, one holder.
    if (!isDuplicateKey(error)) throw error;
    return tryAcquire(database, clock, options);
  }
}

async function tryAcquire(
  database: Database,
  clock: Clock,
  options: LeaseOptions,
): Promise<Lease | LeaseHeld> {
  return database.transaction(async (session) => {
    const row = await readLease(session, options.name);
    const now = row === undefined ? clock.now() : fromUtcText(row.now_utc);
    const values = {
      name: options.name,
      holder: describeHolder(),
      expires_utc: toUtcText(now + options.ttlMs),
    };
    if (row === undefined) {
      await session.run(sql(session.engine, 'lease/create'), values);
      return new Lease(database, clock, options, 1, clock.now());
    }
    const free = fromUtcText(row.expires_utc) + options.requestDeadlineMs;
    if (row.released === 0 && now < free && !isProvablyDead(row.holder)) return held(row, options);
    const taken = await session.run(sql(session.engine, 'lease/take'), { ...values, token: row.token });
    // Somebody else took it since it was read.
    if (taken === 0) return held((await readLease(session, options.name)) ?? row, options);
    return new Lease(database, clock, options, row.token + 1, clock.now());
  });
}

async function readLease(session: Session, name: string): Promise<LeaseRow | undefined> {
  return session.get<LeaseRow>(sql(session.engine, 'lease/read'), { name });
}

function held(row: LeaseRow, options: LeaseOptions): LeaseHeld {
  return {
    heldBy: nameHolder(row.holder),
    until: fromUtcText(row.expires_utc) + options.requestDeadlineMs,
  };
}
