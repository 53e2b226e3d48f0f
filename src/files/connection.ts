import { type Clock, MINUTE, SECOND } from '../core/clock.js';
import { ConfigurationError, codeOf, messageOf, OrderferryError, TransientError } from '../core/errors.js';

/** The connection was lost, or an answer did not come in time: whether the act was done is not known. */
export class CutError extends TransientError {}

/** How a kind of server is spoken to. */
export interface Protocol<Client> {
  readonly description: string;
  /** Connects and logs in. Rejects with a ConfigurationError or anything else, which then counts as passing. */
  connect(): Promise<Client>;
  /** Whether a connection that was not used for a while still is one. */
  isAlive(client: Client, idleMs: number): Promise<boolean>;
  /** Says good-bye. */
  end(client: Client): Promise<void>;
  /** Ends it without a word. */
  drop(client: Client): void;
}

/**
 * Within this time after it failed to connect, no other try is made: a run with many files to a server that is down
 * waits for it once, and a wrong password is tried once, before the account is locked.
 */
const PAUSE = MINUTE;

/** How long good-bye may take. */
const END_LIMIT = 5 * SECOND;

/** One connection, opened by the first act that needs it and kept for those after it. */
export class Connection<Client> {
  private client: Client | null = null;
  private opening: Promise<Client> | null = null;
  private usedAt = 0;
  private failure: { readonly error: OrderferryError; readonly until: number } | null = null;

  constructor(
    private readonly protocol: Protocol<Client>,
    private readonly clock: Clock,
  ) {}

  /** The open connection, or a new one. */
  async get(): Promise<Client> {
    const now = this.clock.now();
    const idleMs = now - this.usedAt;
    this.usedAt = now;
    const { client } = this;
    if (client !== null) {
      if (await this.protocol.isAlive(client, idleMs)) return client;
      this.drop(client);
    }
    if (this.failure !== null && now < this.failure.until) throw this.failure.error;
    this.opening ??= this.open();
    return this.opening;
  }

  /** Forgets a connection that is cut; the next act makes another. */
  drop(client: Client): void {
    this.protocol.drop(client);
    if (this.client === client) this.client = null;
  }

  async close(): Promise<void> {
    const { client } = this;
    this.client = null;
    this.failure = null;
    if (client === null) return;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, END_LIMIT);
    });
    // Everything has been done: a good-bye that fails changes nothing.
    const ended = this.protocol.end(client).then(
      () => undefined,
      () => undefined,
    );
    await Promise.race([ended, late]);
    clearTimeout(timer);
    this.protocol.drop(client);
  }

  private async open(): Promise<Client> {
    try {
      this.client = await this.protocol.connect();
      this.failure = null;
      return this.client;
    } catch (cause) {
      const error = connectError(this.protocol.description, cause);
      this.failure = { error, until: this.clock.now() + PAUSE };
      throw error;
    } finally {
      this.opening = null;
    }
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing answers at this port',
  ENOTFOUND: 'its name is not known; mend the host in the template of the 3PL if it stays so',
  EAI_AGAIN: 'its name could not be looked up',
  ETIMEDOUT: 'no answer in time',
  EHOSTUNREACH: 'no way there',
  ENETUNREACH: 'no way there',
  ECONNRESET: 'it ended the connection',
};

function connectError(description: string, cause: unknown): OrderferryError {
  if (cause instanceof OrderferryError) return cause;
  const code = codeOf(cause);
  const reason = (code === undefined ? undefined : REASONS[code]) ?? messageOf(cause);
  const known = code !== undefined && REASONS[code] !== undefined;
  return new TransientError(
    known ? code : 'NO_CONNECTION',
    `${description}: no connection: ${reason}; nothing was changed, the next run tries again`,
    { cause },
  );
}

/** Nobody answered a try to connect. */
export function unanswered(description: string, deadlineMs: number): TransientError {
  return new TransientError(
    'ETIMEDOUT',
    `${description}: no connection: no answer within ${deadlineMs / SECOND} s; nothing was changed, the next run tries again`,
  );
}

/** An act that was cut before it could be seen by a reader. */
export function cut(description: string, what: string, cause: unknown): CutError {
  return new CutError(
    'CONNECTION_CUT',
    `${description}: ${what}: the connection was cut (${messageOf(cause)}); the next run goes on from what is there`,
    { cause },
  );
}

/** Login refused: the user, the password or key. */
export function loginRefused(description: string, words: string): ConfigurationError {
  return new ConfigurationError(
    `${description}: the login was refused (${words}); check user and password or key in the template of the 3PL and the environment`,
  );
}
