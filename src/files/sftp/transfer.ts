import type { SFTPWrapper } from 'ssh2';
import type { Act } from './act.js';

/** What every server takes in one request (OpenSSH: 256 KiB, the standard: 32 KiB), in bytes. */
const PIECE = 32 * 1024;
/** Requests under way at a time: 8 make 5 MB/s at 50 ms there and back. */
const WINDOW = 8;

/** Writes the source to an open file. Returns how many bytes that were. */
export async function writeAll(act: Act, handle: Buffer, source: AsyncIterable<Uint8Array>): Promise<number> {
  let position = 0;
  for await (const bytes of source) {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let from = 0; from < buffer.length; from += PIECE * WINDOW) {
      const pieces = slices(from, Math.min(buffer.length, from + PIECE * WINDOW));
      const start = position;
      await all(
        pieces.map(([at, length]) =>
          act((sftp, done) => sftp.write(handle, buffer, at, length, start + at, done)),
        ),
      );
    }
    position += buffer.length;
  }
  return position;
}

/** Reads an open file to its end; a server may answer with less than it was asked for. */
export async function* readAll(act: Act, handle: Buffer): AsyncGenerator<Uint8Array> {
  for (let position = 0; ; ) {
    const start = position;
    const pieces = await all(
      slices(0, PIECE * WINDOW).map(([at, length]) => readAt(act, handle, start + at, length)),
    );
    let whole = true;
    for (const piece of pieces) {
      if (!whole) break; // What comes after a short piece is asked for again, from where that one ended.
      if (piece.length === 0) return;
      position += piece.length;
      whole = piece.length === PIECE;
      yield piece;
    }
  }
}

function readAt(act: Act, handle: Buffer, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  return act<Buffer>((sftp: SFTPWrapper, done) =>
    sftp.read(handle, buffer, 0, length, position, (error, bytesRead) => {
      if (error && !isEnd(error)) done(error);
      else done(undefined, buffer.subarray(0, error ? 0 : bytesRead));
    }),
  );
}

/** Status 1: the end of a file or of a listing. */
export function isEnd(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === 1;
}

/** Waits for all, also when one fails: no request may outlive the act that made it. */
async function all<T>(works: readonly Promise<T>[]): Promise<T[]> {
  const settled = await Promise.allSettled(works);
  const failed = settled.find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return settled.map((one) => (one as PromiseFulfilledResult<T>).value);
}

function slices(from: number, to: number): [at: number, length: number][] {
  const all: [number, number][] = [];
  for (let at = from; at < to; at += PIECE) all.push([at, Math.min(PIECE, to - at)]);
  return all;
}
