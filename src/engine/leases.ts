import type { Config } from '../core/config.js';

export const pipelineLease = (name: string): string => `pipeline/${name}`;

/** A takeover waits for the longest request that a process that was stopped may have begun. */
export function requestDeadline({ exigoApi, godatafeed, threePls }: Config): number {
  return Math.max(
    exigoApi?.deadlineMs ?? 0,
    ...godatafeed.stores.map(({ deadlineMs }) => deadlineMs),
    ...threePls.map(({ delivery }) => (delivery.kind === 'folder' ? 0 : delivery.deadlineMs)),
  );
}

/** The pipelines that get a batch of every change set of the sync database. */
