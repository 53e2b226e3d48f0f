import type { AlertChannel, AlertMessage } from '../../core/alert.js';
import { type Clock, DAY, MINUTE, SECOND } from '../../core/clock.js';
import { codeOf, messageOf, TransientError, UnknownOutcomeError } from '../../core/errors.js';
import type { Logger } from '../../core/log.js';
import { type Random, type RetryLimits, retryDelay } from '../../core/retry.js';
import { toUtcText } from '../../core/time.js';
import {
  type AlertEnd,
  claimAlert,
  dueAlerts,
  intendAlerts,
  settleAlert,
  untoldIncidents,
} from '../../queue/ledger/alerts.js';
import type { Database } from '../../queue/ledger/session.js';
import { incidentMessage } from './incident-message.js';

/** What is needed to tell somebody. */
export interface AlertDesk {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly random: Random;
  /** Where the installation says who it is, in subjects: `orders at db.example.com`. */
  readonly installation: string;
  readonly channels: readonly AlertChannel[];
}

/** An incident that ended before somebody was told and before that is history. */
const HISTORY = DAY;
const RETRY: RetryLimits = { firstMs: 30 * SECOND, mostMs: 30 * MINUTE };
/** After so many tries an alert is old news; a day of pauses. */
const MOST_TRIES = 50;

/**
 * Tells every channel of the incidents that have begun or ended since, once each, and what could not be sent before. Any
 * process may call it at any time; what cannot be told is logged and never stops anything.
 */
export async function tellIncidents(desk: AlertDesk): Promise<void> {
  for (const channel of desk.channels) {
    try {
      await tellAgain(desk, channel);
      await tellNews(desk, channel);
    } catch (error) {
      desk.log.error(`nobody could be told of incidents by ${channel.name}: ${messageOf(error)}`, {
        code: codeOf(error) ?? null,
      });
    }
  }
}

/** Tells one thing by one channel, unless that key was told, or tried, before. */
export async function tellOnce(
  desk: AlertDesk,
  channel: AlertChannel,
  key: string,
  message: AlertMessage,
): Promise<boolean> {
  const now = toUtcText(desk.clock.now());
  const intended = await intendAlerts(
    desk.database,
    [{ key: `${key}/${channel.name}`, message: JSON.stringify(message) }],
    now,
  );
  if (intended) await send(desk, channel, `${key}/${channel.name}`, message, 1);
  return intended;
}

async function tellNews(desk: AlertDesk, channel: AlertChannel): Promise<void> {
  const nowMs = desk.clock.now();
  const untold = await untoldIncidents(desk.database, channel.name, toUtcText(nowMs - HISTORY));
  for (const incident of untold) {
    const message = incidentMessage(incident, desk.installation);
    const stored = JSON.stringify(message);
    const keyOf = (news: string) => `incident/${incident.incident_id}/${news}/${channel.name}`;
    const alerts = [{ key: keyOf(incident.news), message: stored }];
    // Over before it could be told: one message says both.
    const both = incident.news === 'opened' && incident.closed_utc !== null;
    const more = both ? [{ key: keyOf('closed'), message: stored, told: true }] : [];
    if (await intendAlerts(desk.database, [...alerts, ...more], toUtcText(nowMs))) {
      await send(desk, channel, keyOf(incident.news), message, 1);
    }
  }
}

async function tellAgain(desk: AlertDesk, channel: AlertChannel): Promise<void> {
  const now = toUtcText(desk.clock.now());
  for (const { alert_key, message, attempts } of await dueAlerts(desk.database, channel.name, now)) {
    if (!(await claimAlert(desk.database, alert_key, now))) continue;
    await send(desk, channel, alert_key, JSON.parse(message) as AlertMessage, attempts + 1);
  }
}

async function send(
  desk: AlertDesk,
  channel: AlertChannel,
  key: string,
  message: AlertMessage,
  attempt: number,
): Promise<void> {
  let end: AlertEnd;
  try {
    end = { state: 'done', receipt: await channel.tell(message) };
  } catch (error) {
    end = endOf(desk, attempt, error);
    const what = end.state === 'waiting' ? 'is tried again' : 'is not sent again';
    desk.log.warn(
      `"${message.subject}" could not be told by ${channel.name} and ${what}: ${messageOf(error)}`,
      {
        code: codeOf(error) ?? null,
      },
    );
  }
  await settleAlert(desk.database, key, end, toUtcText(desk.clock.now()));
}

/** Only what surely did not leave is sent again. */
function endOf({ clock, random }: AlertDesk, attempt: number, error: unknown): AlertEnd {
  const lastError = messageOf(error);
  if (error instanceof TransientError && attempt < MOST_TRIES) {
    const pause = retryDelay(attempt, RETRY, random, error);
    return { state: 'waiting', lastError, nextTryUtc: toUtcText(clock.now() + pause) };
  }
  return { state: error instanceof UnknownOutcomeError ? 'unknown' : 'failed', lastError };
}
