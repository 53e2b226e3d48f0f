import type { Clock } from '../../core/clock.js';
import { codeOf, InvariantError, LeaseLostError } from '../../core/errors.js';
import { fromUtcText, toUtcText } from '../../core/time.js';
import { type Answer, type Database, isDuplicateKey, type Request, type Session } from '../../db/database.js';
import { repeatTransient } from '../../db/repeat.js';
import { sql } from '../../db/sql.js';
import { describeHolder, isProvablyDead, nameHolder } from './holder.js';

/** What `lease/renew` throws on SQL Server when the token is not the newest. */
const LEASE_TAKEN = 'MSSQL_51010';

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
    const now = this.clock.now();
    try {
      const done = await this.database.transaction(async (session) => {
        await this.renewIn(session, now);
        return work(session);
      });
      this.trustedUntil = Math.max(this.trustedUntil, now + this.options.ttlMs);
      return done;
    } catch (error) {
      throw codeOf(error) === LEASE_TAKEN ? this.lost() : error;
    }
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
    await this.transaction(async () => undefined);
  }

  /** Waits in pieces, renewing in between. */
  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const end = this.clock.now() + ms;
    for (let left = ms; left > 0; left = end - this.clock.now()) {
      await this.clock.sleep(Math.min(left, this.options.ttlMs / 3), signal);
      await this.assertHeld();
    }
  }

  /**
   * Gives it back after what else is to be run, in one transaction; gives the answers. `lost`: it was another's
   * already; statements that write name the lease and the token, and wrote nothing then.
   */
  async release(
    before: readonly Request[] = [],
  ): Promise<{ readonly answers: readonly Answer[]; readonly lost: LeaseLostError | null }> {
    const parameters = { name: this.options.name, token: this.token };
    const statement = sql(this.database.engine, 'lease/release');
    const answers = await this.database.atomically([...before, { statement, parameters }]);
    return { answers: answers.slice(0, -1), lost: answers.at(-1)?.changes === 0 ? this.lost() : null };
  }

  private async renewIn(session: Session, now: number): Promise<void> {
    const statement = sql(session.engine, 'lease/renew');
    const parameters = {
      name: this.options.name,
      token: this.token,
      expires_utc: toUtcText(now + this.options.ttlMs),
    };
    // The statement refuses by itself where it can, and so costs no round trip of its own.
    if (session.engine === 'sqlserver') await session.later(statement, parameters);
    else if ((await session.run(statement, parameters)) === 0) throw this.lost();
  }

  lost(): LeaseLostError {
    return new LeaseLostError(
      `lease "${this.options.name}": another process took it while this one was away; nothing more is written or sent here`,
    );
  }
}

/** Takes a lease that is free, was given back, has run out (plus the request deadline), or whose holder is dead. */
export async function acquireLease(
  database: Database,
  clock: Clock,
  options: LeaseOptions,
): Promise<Lease | LeaseHeld> {
  return (await acquireLeaseAnd(database, clock, options, [])).lease;
}

/** The same, and what the statements answer that run right after, also when it is held by another. */
export async function acquireLeaseAnd(
  database: Database,
  clock: Clock,
  options: LeaseOptions,
  after: readonly Request[],
): Promise<{ readonly lease: Lease | LeaseHeld; readonly answers: readonly Answer[] }> {
  const at = clock.now();
  const parameters = { name: options.name, holder: describeHolder(), ttl_ms: options.ttlMs };
  const wait_ms = options.requestDeadlineMs;
  const requests: Request[] = [
    { statement: sql(database.engine, 'lease/take_free'), parameters: { ...parameters, wait_ms } },
    { statement: sql(database.engine, 'lease/create'), parameters },
    ...after,
  ];
  try {
    const [taken, made, ...answers] = await firstOrSecond(() => database.atomically(requests));
    const token = taken?.rows[0]?.token ?? made?.rows[0]?.token;
    const lease =
      typeof token === 'number'
        ? new Lease(database, clock, options, token, at)
        : await takeFromDead(database, clock, options);
    return { lease, answers };
  } catch (error) {
    // On a server with locks its holder keeps the row while it freezes, and that may take longer than we wait.
    if (codeOf(error) !== 'MSSQL_1222') throw error;
    const heldBy = 'another process, which is writing just now';
    const lease = { heldBy, until: clock.now() + options.ttlMs };
    return { lease, answers: await database.atomically(after) };
  }
}

/** Two first holders at once, on an engine without a lock on what is not there yet: one row, one holder. */
async function firstOrSecond<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    return work();
  }
}

/** A lease that is not free: its holder may have ended without giving it back. */
async function takeFromDead(
  database: Database,
  clock: Clock,
  options: LeaseOptions,
): Promise<Lease | LeaseHeld> {
  return database.transaction(async (session) => {
    const row = await readLease(session, options.name);
    const now = fromUtcText(row.now_utc);
    const free = fromUtcText(row.expires_utc) + options.requestDeadlineMs;
    if (row.released === 0 && now < free && !isProvablyDead(row.holder)) return held(row, options);
    const taken = await session.run(sql(session.engine, 'lease/take'), {
      name: options.name,
      holder: describeHolder(),
      expires_utc: toUtcText(now + options.ttlMs),
      token: row.token,
    });
    // Somebody else took it since it was read.
    if (taken === 0) return held(await readLease(session, options.name), options);
    return new Lease(database, clock, options, row.token + 1, clock.now());
  });
}

async function readLease(session: Session, name: string): Promise<LeaseRow> {
  const row = await session.get<LeaseRow>(sql(session.engine, 'lease/read'), { name });
  if (row === undefined) throw new InvariantError(`lease "${name}" has no row; leases are never deleted`);
  return row;
}

function held(row: LeaseRow, options: LeaseOptions): LeaseHeld {
  return {
    heldBy: nameHolder(row.holder),
    until: fromUtcText(row.expires_utc) + options.requestDeadlineMs,
  };
}
