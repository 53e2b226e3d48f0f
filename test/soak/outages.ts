import { guardedDelivery } from '../../src/app/guarded.js';
import { SYSTEM } from '../../src/core/circuits.js';
import type { EngineContext } from '../../src/engine/context.js';
import { type FileSystem, realFileSystem } from '../../src/files/folder/file-system.js';
import { localFolder } from '../../src/files/folder/local-folder.js';
import { fileDelivery } from '../../src/load/files/delivery.js';
import type { ExigoOperation } from '../../src/standins/exigo/journal.js';
import type { FeedStandinOperation } from '../../src/standins/godatafeed/journal.js';
import { watchedFileSystem } from '../support/crash-files.js';
import type { Receiver } from './receiver.js';
import type { World } from './world.js';

/** What is out of order for some time. */
export type OutageKind =
  | 'exigo'
  | 'credentials'
  | 'godatafeed'
  | 'disk'
  | 'warehouse'
  | 'replica'
  | 'receiver';

export const OUTAGES: readonly [OutageKind, ...OutageKind[]] = [
  'exigo',
  'credentials',
  'godatafeed',
  'disk',
  'warehouse',
  'replica',
  'receiver',
];

/** One that was made, as the one who made it knows it. Instants in milliseconds. */
export interface Outage {
  readonly kind: OutageKind;
  readonly from: number;
  until: number;
  /** Calls, by system, that were refused in it. */
  readonly refused: Map<string, number>;
}

const FOREVER = 1e9;
const EXIGO_CALLS: readonly ExigoOperation[] = [
  'GetOrders',
  'GetCustomers',
  'ChangeOrderStatus',
  'ChangeOrderStatusBatch',
  'UpdateOrder',
  'ProcessTransaction',
];
const FEED_CALLS: readonly FeedStandinOperation[] = [
  'Authorize',
  'Count',
  'List',
  'Get',
  'Acknowledge',
  'UpdateStatus',
];

/** Begins and ends outages, and keeps what was made of them. */
export class Outages {
  readonly made: Outage[] = [];
  private readonly lasting = new Map<OutageKind, { readonly outage: Outage; readonly calls: number }>();

  constructor(
    private readonly world: World,
    private readonly receiver: Receiver,
  ) {}

  lasts(kind: OutageKind): boolean {
    return this.lasting.has(kind);
  }

  begin(kind: OutageKind, warehouse: string): void {
    // Both are answers of one system: one at a time.
    if (this.lasting.has(kind) || (isExigo(kind) && (this.lasts('exigo') || this.lasts('credentials'))))
      return;
    const { house, market } = this.world;
    const now = house.clock.now();
    const outage: Outage = { kind, from: now, until: now, refused: new Map() };
    this.made.push(outage);
    this.lasting.set(kind, { outage, calls: this.callsOf(kind) });
    // A single call that was to go wrong later would be answered in the middle of it.
    if (isExigo(kind)) house.standin.clearFaults();
    if (kind === 'godatafeed') market.feed.clearFaults();
    if (kind === 'exigo') house.standin.fail({ kind: 'status-503', times: FOREVER });
    if (kind === 'credentials') house.standin.fail({ kind: 'unauthorized', times: FOREVER });
    if (kind === 'godatafeed') {
      market.feed.fail({ kind: 'status-503', times: FOREVER });
      market.feed.fail({ kind: 'status-503', times: FOREVER, operation: 'Authorize' });
    }
    if (kind === 'warehouse') this.world.closed.add(warehouse);
    if (kind === 'replica') this.world.stall();
    if (kind === 'receiver') this.receiver.down = true;
  }

  async end(kind: OutageKind): Promise<void> {
    const ending = this.lasting.get(kind);
    if (ending === undefined) return;
    this.lasting.delete(kind);
    const { house, market } = this.world;
    const { outage, calls } = ending;
    outage.until = house.clock.now();
    const system = SYSTEM_OF[kind];
    if (system !== undefined) outage.refused.set(system, this.callsOf(kind) - calls);
    if (isExigo(kind)) house.standin.clearFaults();
    if (kind === 'godatafeed') market.feed.clearFaults();
    if (kind === 'warehouse') this.world.closed.clear();
    if (kind === 'replica') await this.world.catchUp();
    if (kind === 'receiver') this.receiver.down = false;
  }

  async endAll(): Promise<void> {
    for (const kind of [...this.lasting.keys()]) await this.end(kind);
  }

  /** Where a process leaves its files, on disks that are full while that lasts. */
  readonly disks = (context: EngineContext): EngineContext['delivery'] => {
    const { config } = this.world.house;
    return (target) => {
      if (target === 'tables') return fileDelivery(localFolder(config.tableCsv.directory));
      const system = SYSTEM.threePl(target.name);
      const { path } = target.delivery;
      return guardedDelivery(
        context.circuits,
        system,
        fileDelivery(localFolder(path, this.disk(path, system))),
      );
    };
  };

  private disk(folder: string, system: string): FileSystem {
    const full = this.lasting.get('disk')?.outage;
    if (full === undefined) return realFileSystem;
    return watchedFileSystem(folder, {
      before: (act) => {
        if (!act.startsWith('write')) return;
        full.refused.set(system, (full.refused.get(system) ?? 0) + 1);
        throw Object.assign(new TypeError('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
      },
    });
  }

  private callsOf(kind: OutageKind): number {
    const { house, market } = this.world;
    if (isExigo(kind)) return sum(EXIGO_CALLS.map((operation) => house.standin.count(operation)));
    return kind === 'godatafeed' ? sum(FEED_CALLS.map((operation) => market.feed.count(operation))) : 0;
  }
}

const SYSTEM_OF: Partial<Record<OutageKind, string>> = {
  exigo: SYSTEM.exigoApi,
  credentials: SYSTEM.exigoApi,
  godatafeed: SYSTEM.store('main'),
};

function isExigo(kind: OutageKind): boolean {
  return kind === 'exigo' || kind === 'credentials';
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
