/** Every interleaving of cancel, hand over, answer and ship, with the product's own decisions. */
import { describe, expect, it } from 'vitest';
import { wantedBy } from '../../../src/queue/ledger/cancellations.js';
import { ACTIONS, type Action, START, step, type World } from './model.js';

/** Worlds that are reached by so many actions; the same world is gone on with once. */
const DEPTH = 8;

const RUNS: readonly Action[] = ['run hand-over', 'run shipments', 'run cancellations', 'run ends'];

interface Path {
  readonly world: World;
  readonly actions: readonly Action[];
}

function* everyWorld(): Generator<{ readonly before: Path; readonly after: Path }> {
  const seen = new Set([JSON.stringify(START)]);
  let edge: Path[] = [{ world: START, actions: [] }];
  for (let depth = 0; depth < DEPTH; depth++) {
    const next: Path[] = [];
    for (const before of edge) {
      for (const action of ACTIONS) {
        const world = step(before.world, action);
        if (world === null) continue;
        const key = JSON.stringify(world);
        if (seen.has(key)) continue;
        seen.add(key);
        const after = { world, actions: [...before.actions, action] };
        yield { before, after };
        next.push(after);
      }
    }
    edge = next;
  }
}

/** Every pipeline runs until nothing changes any more. */
function settled(world: World): World {
  let last = world;
  for (let round = 0; round < 8; round++) {
    const before = JSON.stringify(last);
    for (const run of RUNS) last = step(last, run) ?? last;
    if (JSON.stringify(last) === before) return last;
  }
  throw new TypeError('it never comes to rest');
}

describe('all interleavings', () => {
  const wrong = new Map<string, string>();
  let worlds = 0;
  const check = (rule: string, holds: boolean, { actions, world }: Path) => {
    if (!holds && !wrong.has(rule)) wrong.set(rule, `${actions.join(' > ')}: ${JSON.stringify(world)}`);
  };

  it('leave no order both shipped and canceled by us, none stuck, and no answer changed unseen', () => {
    for (const { before, after } of everyWorld()) {
      worlds++;
      const { world } = after;
      const did = (what: string) => world.ours.includes(what) && !before.world.ours.includes(what);
      const { rows, asked } = before.world;
      check(
        'shipped and canceled',
        !(world.ours.includes('shipped') && world.ours.includes('canceled')),
        after,
      );
      check('canceled what left', !did('canceled') || !rows.includes('shipped'), after);
      const handed = before.world.hand === 'delivered' || before.world.hand === 'uploaded';
      check('canceled without an answer', !did('canceled') || !handed || asked?.answer === 'canceled', after);
      check('shipped what nobody shipped', !did('shipped') || rows.includes('shipped'), after);
      check('shipped what was canceled there', !did('shipped') || asked?.answer !== 'canceled', after);
      check('canceled what Exigo ships', !did('canceled') || before.world.exigo !== 'Shipped', after);

      const answered = asked?.answer !== 'canceled' && world.asked?.answer === 'canceled';
      check('answered as canceled, although it had left', !answered || !rows.includes('shipped'), after);

      const rest = { ...after, world: settled(world) };
      const { held, exigo, asked: final, notice, hand, rows: said, end } = rest.world;
      const codes = Object.values(held);
      const wants = final !== null && wantedBy(final).length > 0;
      const last = said.findLast((answer) => answer === 'canceled' || answer === 'not-canceled');
      check(
        'asked and neither sent nor held',
        !wants || final?.answer !== null || notice === 'sent' || codes.length > 0,
        rest,
      );
      check(
        'canceled in Exigo and not asked',
        exigo !== 'Canceled' || hand !== 'delivered' || rest.world.person || final !== null,
        rest,
      );
      check('too late, unseen', !wants || final?.answer !== 'too-late' || codes.includes('TOO_LATE'), rest);
      check(
        'shipped and canceled, unseen',
        !said.includes('shipped') || exigo !== 'Canceled' || codes.length > 0,
        rest,
      );
      check(
        'shipped there and canceled there, unseen',
        !said.includes('shipped') || !said.includes('canceled') || codes.length > 0,
        rest,
      );
      check(
        'an answer that was taken back, unseen',
        final?.answer !== 'canceled' || last === 'canceled' || codes.length > 0,
        rest,
      );
      check('ended and stuck', !rest.world.ended || end === 'done' || codes.length > 0, rest);
      check(
        'open, and canceled there, unseen',
        final?.answer !== 'canceled' || wants || codes.length > 0 || exigo === 'Canceled',
        rest,
      );
    }
    expect([...wrong]).toEqual([]);
    expect(worlds).toBeGreaterThan(50_000);
  }, 300_000);
});
