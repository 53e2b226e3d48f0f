import type { MailConfig } from '../../core/config.js';
import { messageOf } from '../../core/errors.js';
import { checkMail } from '../../mail/smtp.js';
import { EXIT, exitCodeOf } from '../process.js';
import { type Check, failed, passed } from './check.js';

/** Whether the mail server lets us in; no mail is sent. */
export async function checkMailServer(config: MailConfig): Promise<Check> {
  try {
    return passed(
      'mail',
      `${await checkMail(config)}: connected${config.user === null ? '' : ', logged in'}`,
    );
  } catch (error) {
    const isUnreachable = exitCodeOf(error) === EXIT.unreachable;
    const remedy = isUnreachable ? 'check host, port and the network' : 'mend mail in orderferry.yaml';
    return failed('mail', messageOf(error), remedy, isUnreachable ? EXIT.unreachable : EXIT.usage);
  }
}
