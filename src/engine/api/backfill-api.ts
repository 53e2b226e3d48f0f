import { InvariantError } from '../../core/errors.js';
import { faultPoint } from '../../core/fault-points.js';
import type { ChangeSet, Subscriber } from '../../queue/freeze/change-set.js';
import { freezeListedSlice } from '../../queue/freeze/listed.js';
import { type Range, readClocks } from '../../queue/freeze/source.js';
import type { Lease } from '../../queue/lease/lease.js';
import type { EngineContext } from '../context.js';
import { assertGoingOn } from '../stop.js';
import { spoolPath } from '../waves/spool.js';
import { apiOf, instantBefore, listed, problemOf } from './listing.js';
import { Staged } from './staged.js';

/**
 * The slices of a backfill, of one listing since the first of them: GetOrders has no end for ModifiedDate, so that a
 * listing per slice would list the later ones over and over. Under the pipeline's lease; remove it afterwards.
 */
export class ApiBackfill {
  private constructor(
    private readonly context: EngineContext,
    private readonly lease: Lease,
    private readonly stages: ReadonlyMap<string, Staged>,
    readonly problem: Error | null,
  ) {}

  static async list(
    context: EngineContext,
    lease: Lease,
    pipeline: string,
    slices: readonly Range[],
  ): Promise<ApiBackfill> {
    const stages = new Map<string, Staged>();
    const [first] = slices;
    const between = async () => {
      assertGoingOn(context.signal);
      await lease.assertHeld();
    };
    const unreadable: string[] = [];
    try {
      for (const [i, { startAt }] of slices.entries()) {
        stages.set(
          startAt,
          await Staged.make(
            await spoolPath(context, lease, pipeline, `slice-${i}.jsonl`),
            context.config.source.allowSensitive,
          ),
        );
      }
      await listed(async () => {
        if (first === undefined) return;
        const changedAfter = instantBefore(first.startAt);
        for await (const page of apiOf(context).list({ changedAfter }, between)) {
          unreadable.push(...page.unreadable);
          for (const { startAt, endAt } of slices) {
            const within = page.orders.filter(
              ({ modifiedAt }) => modifiedAt >= startAt && modifiedAt < endAt,
            );
            if (within.length > 0) await stages.get(startAt)?.add(within);
          }
        }
      });
    } catch (error) {
      for (const stage of stages.values()) await stage.remove();
      throw error;
    }
    return new ApiBackfill(context, lease, stages, problemOf(unreadable));
  }

  async freeze(slice: Range, subscriber: Subscriber): Promise<ChangeSet> {
    const { database, config } = this.context;
    const staged = this.stages.get(slice.startAt);
    if (staged === undefined) throw new InvariantError(`slice ${slice.startAt} was not listed`);
    const { utc_now } = await readClocks(database);
    const changeSet = await this.lease.repeatable(async (session) => {
      const done = await freezeListedSlice(session, staged, config.source, slice, utc_now, subscriber);
      await faultPoint('freeze/before-commit');
      return done;
    });
    await faultPoint('freeze/after-commit');
    return changeSet;
  }

  async remove(): Promise<void> {
    for (const stage of this.stages.values()) await stage.remove();
  }
}
