import type { Connection } from 'tedious';
import { ConfigurationError } from '../../core/errors.js';

/** What a server answered to a login that it did not accept: `4060`, then `18456`. */
export interface Refusal {
  readonly number: number;
  readonly message: string;
}

/** A login that failed. */
export interface FailedLogin {
  /** `host:port/database`. */
  readonly server: string;
  /** Where its settings are: `database.sqlserver`. */
  readonly key: string;
  /** The driver keeps the text of the last refusal alone; the first is the one that says why. */
  readonly refusals: readonly Refusal[];
}

const LOGIN = Symbol('login');

/**
 * To be called before a connection is opened. Keeps what a failed login was told for {@link failedLogin}, and with
 * `encrypt` sends no login over a connection that is not encrypted: the driver would go on without when the server
 * says that it has no encryption, and whoever sits in between can say that.
 */
export function guardLogin(
  connection: Connection,
  encrypt: boolean,
  where: Pick<FailedLogin, 'server' | 'key'>,
): void {
  const refusals: Refusal[] = [];
  const note = ({ number, message }: Refusal) => refusals.push({ number, message });
  connection.on('errorMessage', note);
  connection.once('connect', (error?: Error) => {
    connection.off('errorMessage', note);
    if (error !== undefined) Object.assign(error, { [LOGIN]: { ...where, refusals } });
  });
  if (!encrypt) return;
  const login = connection.sendLogin7Packet;
  connection.sendLogin7Packet = () => {
    if (!connection.messageIo.tlsNegotiationComplete) {
      throw new ConfigurationError('the server offers no encryption, so no password was sent to it');
    }
    login.call(connection);
  };
}

/** Of an error that came from opening a connection, also wrapped by the pool. */
export function failedLogin(error: unknown): FailedLogin | undefined {
  const { originalError = error } = error as { originalError?: unknown };
  return (originalError as { [LOGIN]?: FailedLogin })[LOGIN];
}
