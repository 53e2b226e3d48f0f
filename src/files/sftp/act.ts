import type { SFTPWrapper } from 'ssh2';
import type { Session } from './session.js';

/** `code`: a status of the protocol (2: no such file, 3: no permission, 4: failure ...). */
export interface StatusError extends Error {
  readonly code: number;
}

export type Done<T> = (error?: Error | null, value?: T) => void;

/** One request and its answer, within the deadline. */
export type Act = <T = void>(start: (sftp: SFTPWrapper, done: Done<T>) => unknown) => Promise<T>;

/** The connection ended, or the deadline passed, before the answer came. */
export class NoAnswer extends Error {}

/** Acts on one session. A request without an answer in time ends the session: nothing after it could be trusted. */
export function actsOn(session: Session, deadlineMs: number, drop: (session: Session) => void): Act {
  return <T>(start: (sftp: SFTPWrapper, done: Done<T>) => unknown) =>
    new Promise<T>((resolve, reject) => {
      const lost = (reason: string) => {
        clearTimeout(timer);
        session.sftp.removeListener('close', closed);
        drop(session);
        reject(new NoAnswer(reason));
      };
      const closed = () => lost(session.ended ?? 'the server closed the session');
      const timer = setTimeout(() => lost(`no answer within ${deadlineMs / 1000} s`), deadlineMs);
      if (session.ended !== null) return lost(session.ended);
      session.sftp.once('close', closed);
      const done: Done<T> = (error, value) => {
        clearTimeout(timer);
        session.sftp.removeListener('close', closed);
        if (!error) resolve(value as T);
        else if (isStatus(error)) reject(error);
        else lost(error.message);
      };
      start(session.sftp, done);
    });
}

/** Whether the server said so; 6 and 7 are the client's own words for a connection that is gone. */
export function isStatus(error: unknown): error is StatusError {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'number' && code !== 6 && code !== 7;
}
