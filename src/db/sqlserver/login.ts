import type { Connection } from 'tedious';
import { ConfigurationError } from '../../core/errors.js';

/** What a server answered to a login that it did not accept: `4060`, then `18456`. */
export interface Refusal {
  readonly number: number;
  readonly message: string;
}

/** The driver keeps the text of the last refusal alone; the first is the one that says why. */
const REFUSALS = Symbol('refusals');

/**
 * To be called before a connection is opened. Keeps the numbers of a refused login for {@link refusalsOf}, and with
 * `encrypt` sends no login over a connection that is not encrypted: the driver would go on without when the server
 * says that it has no encryption, and whoever sits in between can say that.
 */
export function guardLogin(connection: Connection, encrypt: boolean): void {
  const refusals: Refusal[] = [];
  const note = ({ number, message }: Refusal) => refusals.push({ number, message });
  connection.on('errorMessage', note);
  connection.once('connect', (error?: Error) => {
    connection.off('errorMessage', note);
    if (error !== undefined) Object.assign(error, { [REFUSALS]: refusals });
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

/** Of an error that came from opening a connection, also wrapped by the pool; else none. */
export function refusalsOf(error: unknown): readonly Refusal[] {
  const { originalError = error } = error as { originalError?: unknown };
  return (originalError as { [REFUSALS]?: readonly Refusal[] })[REFUSALS] ?? [];
}
