import { ConfigurationError, codeOf, messageOf } from '../core/errors.js';
import { toUtcText } from '../core/time.js';
import { closingIncidents, openIncident } from '../queue/ledger/incidents.js';
import type { EngineContext } from './context.js';

/**
 * What a run of a pipeline came to, as an incident: a fault of the configuration opens one, a run that is done closes it.
 * An outage is the system's, not the pipeline's. What cannot be noted is logged: the run is over either way.
 */
export async function notePipeline(
  { database, clock, log }: Pick<EngineContext, 'database' | 'clock' | 'log'>,
  pipeline: string,
  error: unknown,
): Promise<void> {
  const about = {
    kind: 'configuration',
    system: `pipeline/${pipeline}`,
    now: toUtcText(clock.now()),
  } as const;
  try {
    if (error instanceof ConfigurationError) {
      const what = messageOf(error);
      await database.transaction((session) => openIncident(session, { ...about, what }));
    } else if (error === null) {
      await database.atomically([closingIncidents(database.engine, about)]);
    }
  } catch (problem) {
    log.error(`an incident could not be noted: ${messageOf(problem)}`, { code: codeOf(problem) ?? null });
  }
}
