import { HOUR } from '../../src/core/clock.js';
import type { World } from './world.js';

/** What was done at the systems, so that nothing is done twice. Read from their journals once a day, which are emptied. */
export class Calls {
  readonly findings: string[] = [];
  private readonly seen = new Set<string>();

  constructor(private readonly world: World) {}

  read(): void {
    const { house, market } = this.world;
    // What is late shows within seconds of the clock; by then it is in the journal.
    const before = house.clock.now() - HOUR;
    for (const { applied, changes } of take(house.standin.journal, before)) {
      if (!applied) continue;
      for (const { orderId, from, to } of changes) if (from !== to) this.note(`order ${orderId} to ${to}`);
    }
    for (const { applied, operation, orderNumber } of take(market.feed.journal, before)) {
      if (applied && operation === 'Acknowledge') this.note(`sale ${orderNumber} acknowledged`);
    }
  }

  private note(call: string): void {
    if (this.seen.has(call)) this.findings.push(`${call}: twice`);
    this.seen.add(call);
  }
}

/** The entries from before that instant, which the journal does not have any more. */
function take<T extends { readonly at: number }>(journal: readonly T[], before: number): T[] {
  const later = journal.findIndex(({ at }) => at >= before);
  return (journal as T[]).splice(0, later === -1 ? journal.length : later);
}
