import { closeSync, fstatSync, mkdirSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { Writable } from 'node:stream';
import { codeOf, messageOf } from '../core/errors.js';

export interface LogFileOptions {
  /** `.../orderferry.log`; older files are `orderferry1.log` (the youngest), `orderferry2.log` ... */
  readonly path: string;
  readonly maxBytes: number;
  readonly maxFiles: number;
  /** Told once when lines cannot be written, and again only after some could. */
  readonly onFault: (message: string) => void;
}

/**
 * A log file that is rotated by size. Each line (one write, with its line end) is written synchronously, so that it is there when the
 * call returns: nothing is buffered that an exit could lose. winston's own File transport writes later
 * and, in 3.19.0, drops what its buffer holds when it rotates (329 of 5,000 lines in one rotation).
 *
 * Several processes may write to the same file: lines are appended whole, and a process whose file was
 * put aside by another one goes on in the new file.
 */
export class LogFile extends Writable {
  private descriptor: number | null = null;
  private faulty = false;

  constructor(private readonly options: LogFileOptions) {
    super({ decodeStrings: true });
    this.attempt(() => {
      mkdirSync(dirname(options.path), { recursive: true });
      this.open();
    });
  }

  override _write(line: Buffer, _encoding: string, next: () => void): void {
    this.attempt(() => {
      const descriptor = this.descriptor ?? this.open();
      const file =
        fstatSync(descriptor).size + line.length > this.options.maxBytes ? this.rotate() : descriptor;
      for (let written = 0; written < line.length; ) written += writeSync(file, line, written);
    });
    next();
  }

  override _final(done: () => void): void {
    if (this.descriptor !== null) closeSync(this.descriptor);
    this.descriptor = null;
    done();
  }

  private open(): number {
    this.descriptor = openSync(this.options.path, 'a');
    return this.descriptor;
  }

  /** Puts the full file aside, unless another process has done so already. */
  private rotate(): number {
    const { path, maxFiles } = this.options;
    if (this.descriptor !== null) {
      const mine = fstatSync(this.descriptor).ino;
      closeSync(this.descriptor);
      this.descriptor = null;
      if (mine === inodeOf(path) && statSync(path).size > 0) {
        for (let i = maxFiles - 1; i > 0; i--) renameIfThere(this.numbered(i - 1), this.numbered(i));
      }
    }
    return this.open();
  }

  private numbered(number: number): string {
    return number === 0 ? this.options.path : this.options.path.replace(/(\.log)?$/, `${number}$1`);
  }

  private attempt(work: () => void): void {
    try {
      work();
      this.faulty = false;
    } catch (error) {
      if (!this.faulty) this.options.onFault(messageOf(error));
      this.faulty = true;
    }
  }
}

function inodeOf(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.ino ?? null;
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}
