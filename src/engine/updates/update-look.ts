import { messageOf, TerminalError, TransientError, UnknownOutcomeError } from '../../core/errors.js';
import type { ShownUpdate } from '../../core/targets.js';
import type { OpenUpdate } from '../../queue/ledger/updates.js';
import { type UpdateRequest, updatedOrder } from './update-request.js';
import { MOST_TROUBLES, type UpdateWork } from './update-work.js';

export type Look =
  /** Null: the store does not know the order. */
  | { readonly looked: 'shown'; readonly shown: ShownUpdate | null }
  /** It will say the same again: a person has to look. */
  | { readonly looked: 'refused'; readonly error: TerminalError }
  /** It may pass. */
  | { readonly looked: 'failed'; readonly error: TransientError | UnknownOutcomeError };

/**
 * The order of an update as its store shows it. An order that cannot be read is its own trouble and holds no other up.
 * Throws what concerns the whole store, such as a refused key.
 */
export async function lookAt(
  work: UpdateWork,
  update: OpenUpdate,
  request: UpdateRequest,
  why: 'read-back' | 'watch',
): Promise<Look> {
  try {
    const shown = await work.target.look(updatedOrder(update, request), why);
    work.troubles.inARow = 0;
    return { looked: 'shown', shown };
  } catch (error) {
    if (error instanceof TerminalError) return { looked: 'refused', error };
    if (!(error instanceof TransientError || error instanceof UnknownOutcomeError)) throw error;
    work.context.log.warn(`${messageOf(error)}; looked up again later`, { order: update.order_id });
    work.troubles.inARow++;
    return { looked: 'failed', error };
  }
}

/** Throws the failure when so many came in a row that the store must be down. */
export function assertStoreAnswers({ troubles }: UpdateWork, error: Error): void {
  if (troubles.inARow >= MOST_TROUBLES) throw error;
}
