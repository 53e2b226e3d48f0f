import type { Clock } from '../../core/clock.js';
import { type OrderStatus, statusId, statusName } from '../../core/exigo.js';
import { toExigoText } from '../../core/time.js';
import type { Database, Parameters, Session, Value } from '../../db/database.js';
import { quoteName, sql, sqlWithColumns } from '../../db/sql.js';
import type { OrderChange } from './change.js';
import type { StatusMove } from './journal.js';

export interface WriteRules {
  /** `whole` (default): one bad order fails the call and nothing changes. `good-orders`: the others change. */
  readonly batch: 'whole' | 'good-orders';
  /** Moves that are refused; which ones the vendor refuses is not documented, so none are by default. */
  readonly refusedMoves: readonly (readonly [OrderStatus, OrderStatus])[];
}

export interface Written {
  /** Empty for a Success. */
  readonly errors: readonly string[];
  readonly changes: readonly StatusMove[];
}

interface OrderState {
  readonly id: number;
  readonly order_key: string | null;
  readonly status_id: number;
}

const SHIPPED = statusId('Shipped');

/** Changes orders as the API does: one transaction per call, each changed row stamped with US Central now. */
export class OrderWriter {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly rules: WriteRules,
  ) {}

  /** What {@link write} would answer now; changes nothing. */
  async check(changes: readonly OrderChange[]): Promise<Written> {
    return this.judge(await this.states(this.database, changes), changes).written;
  }

  async write(changes: readonly OrderChange[]): Promise<Written> {
    return this.database.transaction(async (session) => {
      const { good, written } = this.judge(await this.states(session, changes), changes);
      await this.update(session, good);
      return written;
    });
  }

  private async states(session: Session, changes: readonly OrderChange[]): Promise<OrderState[]> {
    return session.all<OrderState>(sql(session.engine, 'standin/states_of'), {
      ids: JSON.stringify(changes.flatMap(({ orderId }) => orderId ?? [])),
      keys: JSON.stringify(changes.flatMap(({ orderKey }) => orderKey ?? [])),
    });
  }

  private judge(
    states: readonly OrderState[],
    changes: readonly OrderChange[],
  ): { good: { state: OrderState; columns: Parameters }[]; written: Written } {
    const byId = new Map(states.map((state) => [state.id, state]));
    const byKey = new Map(states.map((state) => [state.order_key, state]));
    const errors: string[] = [];
    const good: { state: OrderState; columns: Parameters }[] = [];
    for (const { orderId, orderKey, columns } of changes) {
      const state = orderId === null ? byKey.get(orderKey) : byId.get(orderId);
      if (state === undefined) errors.push(`Order ${orderId ?? orderKey} was not found`);
      else if (this.refuses(state, columns)) {
        errors.push(`Order ${state.id} cannot be changed from ${statusName(state.status_id)}`);
      } else good.push({ state, columns });
    }
    if (errors.length > 0 && this.rules.batch === 'whole') {
      return { good: [], written: { errors, changes: [] } };
    }
    const moves = good.map(({ state, columns }) => ({
      orderId: state.id,
      from: statusName(state.status_id),
      to: statusName(Number(columns.OrderStatusID ?? state.status_id)),
    }));
    return { good, written: { errors, changes: moves } };
  }

  private refuses(state: OrderState, columns: Parameters): boolean {
    const { OrderStatusID: to } = columns;
    return this.rules.refusedMoves.some(
      ([from, refused]) => state.status_id === statusId(from) && to === statusId(refused),
    );
  }

  /** One prepared statement for all orders of the call: what an order does not set stays as it is. */
  private async update(
    session: Session,
    good: readonly { state: OrderState; columns: Parameters }[],
  ): Promise<void> {
    const now = toExigoText(this.clock.now());
    const sets = good.map(({ state, columns }): Record<string, Value> => {
      const ships = columns.OrderStatusID === SHIPPED && state.status_id !== SHIPPED;
      return { ...(ships ? { ShippedDate: now } : {}), ...columns, id: state.id, now };
    });
    const names = [...new Set(sets.flatMap((one) => Object.keys(one)))].filter(
      (name) => name !== 'id' && name !== 'now',
    );
    if (names.length === 0) names.push('OrderStatusID');
    const assignments = names
      .map((name) => {
        const column = quoteName(session.engine, name);
        return `${column} = COALESCE(@${name}, ${column})`;
      })
      .join(', ');
    const nothing = Object.fromEntries(names.map((name) => [name, null]));
    await session.runMany(
      sqlWithColumns(session.engine, 'standin/update_order', { assignments }),
      sets.map((one) => ({ ...nothing, ...one })),
    );
  }
}
