import { linksOfOrders, type OrderLink } from '../../queue/ledger/adopted.js';
import { effectsOfOrders, latestEffects, type PriorEffect } from '../../queue/ledger/effects.js';
import { readyGenerations } from '../../queue/ledger/items.js';
import type { Session } from '../../queue/ledger/session.js';

/** What was done for an order so far, as a newer version of it finds it. */
export interface Standing {
  /** The newest hand-over that stands: its file is on its way, delivered, held or given up. */
  readonly prior: PriorEffect | undefined;
  /** A hand-over in a file of which nothing has left: the newest version takes its place. */
  readonly replaced: PriorEffect | undefined;
  /** The newest effect of the step after it. */
  readonly later: PriorEffect | undefined;
  /** The generation of a version that waits to leave; a newer one goes in its stead, in the same generation. */
  readonly generation: number;
  /** That a 3PL got it, when only its link says so. */
  readonly link: OrderLink | undefined;
}

/** Reads where these orders stand at the first and the last step of a pipeline. */
export async function readStanding(
  session: Session,
  pipeline: string,
  steps: { readonly first: string; readonly last: string | undefined },
  ids: readonly number[],
): Promise<(orderId: number) => Standing> {
  const handOvers = await effectsOfOrders(session, pipeline, steps.first, ids);
  const laters =
    steps.last === undefined || handOvers.size === 0
      ? new Map<number, PriorEffect>()
      : await latestEffects(session, pipeline, steps.last, ids);
  const links = await linksOfOrders(
    session,
    ids.filter((id) => !handOvers.has(id)),
  );
  const waiting = await readyGenerations(session, pipeline, ids);
  return (orderId) => {
    const effects = handOvers.get(orderId) ?? [];
    const newest = effects.at(-1);
    const replaced = newest !== undefined && isReplaceable(newest) ? newest : undefined;
    return {
      prior: replaced === undefined ? newest : effects.at(-2),
      replaced,
      later: laters.get(orderId),
      generation: Math.max(replaced?.generation ?? 1, waiting.get(orderId) ?? 1),
      link: links.get(orderId)?.[0],
    };
  };
}

/** Still in a wave of which nothing has left: the newest version decides. */
export function isReplaceable(effect: PriorEffect): boolean {
  return effect.state === 'pending' && effect.wave_state === 'planned';
}
