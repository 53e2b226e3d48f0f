import { messageOf, TerminalError, TransientError } from '../../core/errors.js';
import { counted } from '../../core/text.js';

/** So many orders that fail alone, with none that succeeds, mean that the target is down, not the orders. */
const ALIKE = 5;

/**
 * Makes one call for all; when it is refused, halves them until the bad ones stand alone. Returns the reason
 * per effect that was refused alone. When one after the other is refused without a single success, some from all
 * over are tried: bad orders may stand in a row. If these are refused as well, it is no matter of the orders:
 * TransientError `TARGET_REFUSES_ALL`, and none of them is blamed. Other errors pass through; what was changed
 * before them shows when the state is read back.
 */
export async function changeByHalves<E extends { readonly effect_id: number }>(
  effects: readonly E[],
  change: (effects: readonly E[]) => Promise<void>,
): Promise<ReadonlyMap<number, string>> {
  const refused = new Map<number, string>();
  const changed = new Set<number>();

  async function attempt(part: readonly E[]): Promise<void> {
    const left = part.filter(({ effect_id }) => !changed.has(effect_id) && !refused.has(effect_id));
    const [only] = left;
    if (only === undefined) return;
    const refusal = await tryChange(left);
    if (refusal === null) return;
    if (left.length > 1) {
      const middle = Math.ceil(left.length / 2);
      await attempt(left.slice(0, middle));
      await attempt(left.slice(middle));
      return;
    }
    refused.set(only.effect_id, messageOf(refusal));
    if (changed.size > 0 || refused.size < ALIKE || (await probe())) return;
    throw new TransientError(
      'TARGET_REFUSES_ALL',
      `the target refused ${counted(refused.size, 'order')} one by one and accepted none: ${messageOf(refusal)}`,
    );
  }

  /** Whether one of a few orders from all over is accepted. */
  async function probe(): Promise<boolean> {
    for (let i = 0; i < ALIKE && changed.size === 0; i++) {
      const one = effects[Math.floor(((i + 0.5) * effects.length) / ALIKE)];
      if (one === undefined || refused.has(one.effect_id)) continue;
      const refusal = await tryChange([one]);
      if (refusal !== null) refused.set(one.effect_id, messageOf(refusal));
    }
    return changed.size > 0;
  }

  async function tryChange(part: readonly E[]): Promise<TerminalError | null> {
    try {
      await change(part);
    } catch (error) {
      if (error instanceof TerminalError) return error;
      throw error;
    }
    for (const { effect_id } of part) changed.add(effect_id);
    return null;
  }

  await attempt(effects);
  return refused;
}
