import { messageOf, TerminalError, TransientError } from '../core/errors.js';

/** So many orders that fail alone, with none that succeeds, mean that the target is down, not the orders. */
const ALIKE = 5;

/**
 * Makes one call for all; when it is refused, halves them until the bad ones stand alone. Returns the reason
 * per effect that was refused alone. A refusal that hits one after the other without a single success is no
 * matter of the orders: TransientError `TARGET_REFUSES_ALL`, and none of them is blamed. Other errors pass
 * through; what was changed before them shows when the state is read back.
 */
export async function changeByHalves<E extends { readonly effect_id: number }>(
  effects: readonly E[],
  change: (effects: readonly E[]) => Promise<void>,
): Promise<ReadonlyMap<number, string>> {
  const refused = new Map<number, string>();
  let succeeded = false;

  async function attempt(part: readonly E[]): Promise<void> {
    if (part.length === 0) return;
    try {
      await change(part);
      succeeded = true;
    } catch (error) {
      if (!(error instanceof TerminalError)) throw error;
      const [only] = part;
      if (part.length === 1 && only !== undefined) {
        refused.set(only.effect_id, messageOf(error));
        if (!succeeded && refused.size >= ALIKE) {
          throw new TransientError(
            'TARGET_REFUSES_ALL',
            `the target refused ${refused.size} orders one by one and accepted none: ${messageOf(error)}`,
          );
        }
        return;
      }
      const middle = Math.ceil(part.length / 2);
      await attempt(part.slice(0, middle));
      await attempt(part.slice(middle));
    }
  }

  await attempt(effects);
  return refused;
}
