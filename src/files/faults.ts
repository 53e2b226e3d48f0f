import { ConfigurationError, TerminalError, TransientError, UnknownOutcomeError } from '../core/errors.js';

/*
 * What every kind of folder says alike. `act` is where and what: `sftp ferry@host:22/in: writing a.csv`.
 */

export function fileExists(act: string): TerminalError {
  return new TerminalError('FILE_EXISTS', `${act}: a file of that name is there already; it was left alone`);
}

/** A rename that may have been done. */
export function renameUnknown(
  act: string,
  code: string,
  reason: string,
  cause?: unknown,
): UnknownOutcomeError {
  return new UnknownOutcomeError(
    code,
    `${act}: ${reason}; whether the file has its name is looked up before anything else`,
    { cause },
  );
}

export function folderInTheWay(act: string): ConfigurationError {
  return new ConfigurationError(`${act}: there is a folder of that name; move it away`);
}

/** A server that took less than was sent, or something in between that did. */
export function writtenShort(act: string, written: number, shown: number | undefined): TransientError {
  return new TransientError(
    'SIZE_DIFFERS',
    `${act}: ${written} bytes were written, the server shows ${shown ?? 'no file'}; the next run writes it again`,
  );
}

/** The server does not let this login do it. */
export function notPermitted(act: string, words: string, cause?: unknown): ConfigurationError {
  return new ConfigurationError(
    `${act}: the server refuses it (${words}); ask the 3PL for the permission to read, write, rename and remove there`,
    { cause },
  );
}

/** The server could not do it now. */
export function serverFailed(act: string, code: string, words: string, cause: unknown): TransientError {
  return new TransientError(
    code,
    `${act}: the server says ${JSON.stringify(words)}; nothing was changed, the next run tries again`,
    { cause },
  );
}
