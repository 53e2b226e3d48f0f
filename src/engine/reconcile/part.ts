import { LeaseLostError, messageOf, OrderferryError, StoppedError } from '../../core/errors.js';

/** A system that is asked; once it has failed it is asked no more, and nothing is concluded from its silence. */
export class Part {
  /** Orders or files it told about. */
  told = 0;
  problem: OrderferryError | null = null;

  /** `absent`: the installation has none of this kind, and that is no trouble. */
  constructor(
    readonly name: string,
    readonly absent = false,
  ) {}

  get answers(): boolean {
    return this.problem === null && !this.absent;
  }

  /** What it says, or `not asked`. */
  async ask<T>(question: () => Promise<T>): Promise<T | 'not asked'> {
    if (!this.answers) return 'not asked';
    try {
      return await question();
    } catch (error) {
      this.fail(error);
      return 'not asked';
    }
  }

  /** A stream of it, up to where it fails. */
  async *stream<T>(pages: AsyncIterable<readonly T[]>): AsyncGenerator<readonly T[]> {
    if (!this.answers) return;
    try {
      for await (const page of pages) {
        this.told += page.length;
        yield page;
      }
    } catch (error) {
      this.fail(error);
    }
  }

  /** For people: why it was not compared; null where it was. */
  get trouble(): string | null {
    return this.problem === null ? null : messageOf(this.problem);
  }

  private fail(error: unknown): void {
    if (error instanceof StoppedError || error instanceof LeaseLostError) throw error;
    if (!(error instanceof OrderferryError) || error.code === 'INVARIANT') throw error;
    this.problem = error;
  }
}
