import { readFile } from 'node:fs/promises';
import {
  ConfigurationError,
  messageOf,
  OrderferryError,
  TerminalError,
  UnknownOutcomeError,
} from '../../core/errors.js';
import { faultPoint } from '../../core/fault-points.js';
import { RenderError } from '../../core/hand-over.js';
import type { LabelMail } from '../../core/label.js';
import type { Mailer, SentMail } from '../../core/mail.js';
import { toUtcText } from '../../core/time.js';
import { insertEvent } from '../../queue/ledger/events.js';
import {
  dropMail,
  intendMail,
  itemAsked,
  type MailIntent,
  mailOf,
  mailSent,
  mailUnknown,
} from '../../queue/ledger/mails.js';
import type { Session } from '../../queue/ledger/session.js';
import { type LabelFile, labelsToSend } from './labels.js';
import { UnrenderableMembers } from './render.js';
import type { Sending } from './sending.js';

const TYPES = { pdf: 'application/pdf', zpl: 'text/plain' } as const;

/** Why an order cannot go with the file. */
interface Refused {
  readonly itemId: number;
  readonly code: string;
  readonly reason: string;
}

/**
 * Mails the labels of a wave whose file is rendered and not fixed yet: an order whose mail fails can still leave it.
 * Each label of an order goes once per hand-over, whatever becomes of the wave. A mail that may have arrived is not sent
 * again by itself: its order leaves the wave and is held, and only a person's retry sends it once more. Throws
 * {@link UnrenderableMembers} for the orders that leave, when the others have gone. In shadow none is mailed.
 */
export async function mailLabels(sending: Sending): Promise<void> {
  if (sending.wave.shadow === 1) return;
  const refused: Refused[] = [];
  let isPlaceThere = false;
  for await (const label of labelsToSend(sending)) {
    if (label.mail === null) return;
    const bad = await unusable(label);
    if (bad !== null) {
      refused.push(bad);
      continue;
    }
    const mail = await openMail(sending, label, label.mail);
    if (mail === 'sent') continue;
    if ('code' in mail) {
      refused.push(mail);
      continue;
    }
    // While the place of the file cannot be reached, no label goes ahead of it.
    if (!isPlaceThere) await sending.delivery.inspect(sending.wave.file_name, sending.lease.token);
    isPlaceThere = true;
    const problem = await mailLabel(sending, label, mail);
    if (problem !== null) refused.push(problem);
  }
  if (refused.length > 0) throw new UnrenderableMembers(refused);
}

/** A file that was there a moment ago may be gone. */
async function unusable({ itemId, make }: LabelFile): Promise<Refused | null> {
  try {
    await make();
    return null;
  } catch (error) {
    if (!(error instanceof RenderError)) throw error;
    return { itemId, code: error.code, reason: messageOf(error) };
  }
}

interface OpenMail extends MailIntent {
  readonly again: boolean;
}

/** What is still to be done for a label. */
async function openMail(
  sending: Sending,
  { itemId, order, sha256 }: LabelFile,
  mail: LabelMail,
): Promise<OpenMail | 'sent' | Refused> {
  const { context, lease, wave } = sending;
  const { generation, kind } = await itemAsked(context.database, itemId);
  const key = `label/${wave.target}/${order.id}/${generation}/${sha256}`;
  const known = await mailOf(context.database, key);
  if (known?.state === 'sent') return 'sent';
  const isAsked = kind === 'retry' || kind === 'release' || kind === 'resend';
  const again = known?.state === 'unknown' && isAsked && known.item_id !== itemId;
  const subject = `${mail.subject(order, wave)}${again ? ' (sent once more)' : ''}`;
  if (known === undefined || again) {
    return { key, itemId, orderId: order.id, recipients: mail.to, subject, again };
  }
  const refused = mayHaveArrived(itemId, mail.to, subject, 'the process ended while it was being sent');
  if (known.state === 'sending') {
    await lease.transaction(async (session) => {
      await mailUnknown(session, key, refused.reason);
      await note(session, sending, order.id, refused.reason);
    });
  }
  return refused;
}

/** Intent, act, receipt. Null: it has gone. Throws what concerns all mails: server, login, passing faults. */
async function mailLabel(sending: Sending, label: LabelFile, mail: OpenMail): Promise<Refused | null> {
  const { context, lease, wave } = sending;
  const mailer = mailerOf(sending);
  const bytes = await readFile(await label.make());
  await lease.transaction((session) =>
    intendMail(session, mail, mail.again, lease.token, toUtcText(context.clock.now())),
  );
  await faultPoint('mail/after-intent');
  await lease.assertHeld();
  let sent: SentMail;
  try {
    sent = await mailer.send({
      to: mail.recipients,
      subject: mail.subject,
      text: `The shipping label of order ${label.order.id} is attached as ${label.name}. The order is in file ${wave.file_name}.\n`,
      attachments: [{ name: label.name, type: TYPES[label.kind], bytes }],
    });
  } catch (error) {
    return notSent(sending, label, mail, error);
  }
  await faultPoint('mail/after-send');
  const { receipt, refused } = sent;
  const missed = refused.length === 0 ? '' : `; ${refused.join(', ')} did not get it`;
  await lease.transaction(async (session) => {
    await mailSent(session, mail.key, receipt, toUtcText(context.clock.now()));
    await note(session, sending, label.order.id, `shipping label mailed: ${receipt}${missed}`);
  });
  if (missed !== '')
    context.log.warn(`order ${label.order.id}: shipping label mailed${missed}`, { order: label.order.id });
  return null;
}

/** By the class: an order's own matter leaves the wave, anything else concerns all mails and is thrown. */
async function notSent(
  sending: Sending,
  { itemId, order }: LabelFile,
  { key, subject, recipients }: OpenMail,
  error: unknown,
): Promise<Refused> {
  if (error instanceof UnknownOutcomeError) {
    const refused = mayHaveArrived(itemId, recipients, subject, messageOf(error));
    await sending.lease.transaction(async (session) => {
      await mailUnknown(session, key, refused.reason);
      await note(session, sending, order.id, refused.reason);
    });
    return refused;
  }
  // What is no answer of the mailer proves nothing: the intent stays, and a person looks.
  if (error instanceof OrderferryError) await sending.lease.transaction((session) => dropMail(session, key));
  if (!(error instanceof TerminalError)) throw error;
  return { itemId, code: 'LABEL_MAIL_REFUSED', reason: messageOf(error) };
}

function mailerOf({ context, wave }: Sending): Mailer {
  if (context.mailer !== null) return context.mailer;
  throw new ConfigurationError(
    `${wave.target} gets its labels by mail, and orderferry.yaml has no section mail; its files wait`,
  );
}

function mayHaveArrived(itemId: number, to: readonly string[], subject: string, why: string): Refused {
  const reason = `whether the mail "${subject}" to ${to.join(', ')} arrived is not known (${why}); it is not sent again by itself, and the order waits`;
  return { itemId, code: 'LABEL_MAIL_UNKNOWN', reason };
}

async function note(
  session: Session,
  { context, pipeline, wave }: Sending,
  orderId: number,
  message: string,
) {
  const at = toUtcText(context.clock.now());
  const { name } = pipeline;
  await insertEvent(session, { at, kind: 'mailed', pipeline: name, waveId: wave.wave_id, orderId, message });
}
