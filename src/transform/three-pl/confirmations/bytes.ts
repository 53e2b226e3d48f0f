import { createGunzip } from 'node:zlib';
import { NotReadable } from '../../../core/confirmation.js';
import { codeOf } from '../../../core/errors.js';

/** What a file begins with that is no text, whatever its name says. */
const SIGNATURES: readonly (readonly [string, string])[] = [
  ['504b0304', 'a ZIP archive or an Excel workbook'],
  ['504b0506', 'an empty ZIP archive'],
  ['25504446', 'a PDF'],
  ['d0cf11e0a1b11ae1', 'an old Excel or Word file'],
  ['89504e47', 'a PNG image'],
  ['ffd8ff', 'a JPEG image'],
  ['377abcaf271c', 'a 7z archive'],
  ['526172211a07', 'a RAR archive'],
  ['425a68', 'a bzip2 file'],
  ['28b52ffd', 'a zstd file'],
  ['fd377a585a00', 'an xz file'],
  ['7f454c46', 'a program'],
  ['4d5a9000', 'a program'],
];
const LONGEST = 8;

/** Of the compressed stream, so that what comes out of one piece stays below 4 MB: deflate grows by 1,032 at most. */
const PIECE = 4_096;

/** The bytes of a file, unpacked where it is gz by its first bytes. */
export class Unpacked {
  /** Set at the end: the gz stream ends before its own end. */
  cut = false;

  constructor(private readonly bytes: AsyncIterable<Uint8Array>) {}

  /** Throws {@link NotReadable} for a signature of something else, and for a gz stream that is damaged. */
  async *pieces(): AsyncGenerator<Uint8Array, void, undefined> {
    const source = this.bytes[Symbol.asyncIterator]();
    try {
      yield* this.from(source);
    } finally {
      await source.return?.(); // a file that is not read to its end is closed all the same
    }
  }

  private async *from(source: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
    const head = await beginning(source);
    const whole = joined(head, source);
    if (head[0] !== 0x1f || head[1] !== 0x8b) {
      refuseSignature(head);
      yield* whole;
      return;
    }
    const inside = this.gunzip(whole);
    const start = await beginning(inside);
    if (start[0] === 0x1f && start[1] === 0x8b) {
      throw new NotReadable('NOT_CSV', 'is a gz file inside a gz file; it has to be packed once');
    }
    refuseSignature(start);
    yield* joined(start, inside);
  }

  /** By hand and not by a pipeline of streams: when one of those fails, what it had unpacked so far is thrown away. */
  private async *gunzip(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
    const stream = createGunzip();
    let out: Uint8Array[] = [];
    let failure: unknown = null;
    let ended = false;
    stream.on('data', (piece: Uint8Array) => out.push(piece));
    stream.on('end', () => {
      ended = true;
    });
    stream.on('error', (error) => {
      failure = error;
    });
    try {
      for await (const chunk of bytes) {
        for (let at = 0; at < chunk.length && failure === null && !ended; at += PIECE) {
          // A copy, since whoever reads the file may use its buffer again.
          const piece = Buffer.from(chunk.subarray(at, at + PIECE));
          await settled(stream, (done) => stream.write(piece, done));
          yield* out;
          out = [];
        }
      }
      if (failure === null && !ended) await settled(stream, () => stream.end(), 'end');
      yield* out;
      if (failure === null) return;
      this.cut = codeOf(failure) === 'Z_BUF_ERROR';
      if (!this.cut) {
        throw new NotReadable(
          'DAMAGED',
          'is a gz file that was damaged on its way: nothing in it can be trusted; ask for it again',
        );
      }
    } finally {
      stream.destroy();
    }
  }
}

/** When the stream has done it, or has failed: a write that fails calls nobody back. */
function settled(
  stream: NodeJS.EventEmitter,
  act: (done: () => void) => void,
  event = 'settled',
): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      stream.off('close', done);
      stream.off(event, done);
      resolve();
    };
    stream.once('close', done);
    stream.once(event, done);
    act(done);
  });
}

/** The first bytes, as many as the longest signature has, and what came with them. */
async function beginning(source: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  while (length < LONGEST) {
    const next = await source.next();
    if (next.done === true) break;
    pieces.push(Buffer.from(next.value));
    length += next.value.length;
  }
  return Buffer.concat(pieces);
}

async function* joined(
  head: Uint8Array,
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (head.length > 0) yield head;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

function refuseSignature(head: Uint8Array): void {
  const start = Buffer.from(head.subarray(0, LONGEST)).toString('hex');
  const found = SIGNATURES.find(([signature]) => start.startsWith(signature));
  if (found !== undefined) throw new NotReadable('NOT_CSV', `is no text: it begins as ${found[1]}`);
}
