import { DAY } from '../../core/clock.js';
import { duesBetween } from '../../core/cron.js';
import { codeOf, messageOf } from '../../core/errors.js';
import { toUtcText } from '../../core/time.js';
import { type AlertDesk, tellIncidents, tellOnce } from '../../engine/alerts/tell.js';
import type { EngineContext } from '../../engine/context.js';
import { readDigest } from '../../engine/digest/digest.js';
import { digestMessage } from '../../engine/digest/digest-message.js';
import { isKnownAlert } from '../../queue/ledger/alerts.js';
import { openChannels } from './channels.js';

/** A digest that is later than this is left out: the next one has the same and more. */
const LATEST = DAY;

/**
 * Tells whoever is to be told, by what the configuration names, and does nothing without it: of incidents and their ends, and
 * of the digest when it is due. Every process may call it after its work; each thing is told once. Never throws.
 */
export async function tell(context: EngineContext): Promise<void> {
  await withDesk(context, async (desk) => {
    await tellIncidents(desk);
    const due = lastDue(context);
    if (due !== null) await sendDigest(context, desk, due.since, due.at, `digest/${toUtcText(due.at)}`);
  });
}

/** Sends a digest of that time now, by every channel. Gives how many took it. */
export async function sendDigestNow(context: EngineContext, since: number): Promise<number> {
  let sent = 0;
  await withDesk(context, async (desk) => {
    const now = context.clock.now();
    sent = await sendDigest(context, desk, since, now, `digest/asked ${toUtcText(now)}`);
  });
  return sent;
}

/** When the newest digest was due, and the one before it; null where none is due any more. */
function lastDue({ config, clock }: EngineContext): { readonly at: number; readonly since: number } | null {
  const cron = config.alerts?.digest ?? null;
  if (cron === null) return null;
  const now = clock.now();
  const at = duesBetween(cron, now - LATEST, now).at(-1);
  if (at === undefined) return null;
  // Mondays have the weekend in them.
  return { at, since: duesBetween(cron, at - 8 * DAY, at - 1).at(-1) ?? at - DAY };
}

async function sendDigest(
  context: EngineContext,
  desk: AlertDesk,
  since: number,
  until: number,
  key: string,
): Promise<number> {
  let sent = 0;
  let message: ReturnType<typeof digestMessage> | null = null;
  for (const channel of desk.channels) {
    if (await isKnownAlert(context.database, `${key}/${channel.name}`)) continue;
    message ??= digestMessage(await readDigest(context, since, until), desk.installation);
    if (await tellOnce(desk, channel, key, message)) sent++;
  }
  return sent;
}

async function withDesk(context: EngineContext, work: (desk: AlertDesk) => Promise<void>): Promise<void> {
  const { config, database, clock, log, mailer } = context;
  if (config.alerts === undefined) return;
  const { channels, close } = openChannels(config.alerts, { mailer, clock });
  try {
    await work({ database, clock, log, random: Math.random, installation: config.alerts.name, channels });
  } catch (error) {
    log.error(`nobody could be told: ${messageOf(error)}`, { code: codeOf(error) ?? null });
  } finally {
    close();
  }
}
