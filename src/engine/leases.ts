import type { Config } from '../core/config.js';
import { placesOf } from '../core/hand-over.js';

export const pipelineLease = (name: string): string => `pipeline/${name}`;

/** A takeover waits for the longest request that a process that was stopped may have begun. */
export function requestDeadline({ exigoApi, godatafeed, threePls, mail }: Config): number {
  return Math.max(
    exigoApi?.deadlineMs ?? 0,
    mail?.deadlineMs ?? 0,
    ...godatafeed.stores.map(({ deadlineMs }) => deadlineMs),
    ...threePls.flatMap(placesOf).map((place) => (place.kind === 'folder' ? 0 : place.deadlineMs)),
  );
}

/** The pipelines that get a batch of every change set of the sync database. */
