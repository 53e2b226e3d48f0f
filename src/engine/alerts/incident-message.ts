import type { AlertMessage } from '../../core/alert.js';
import { describeDuration, fromUtcText } from '../../core/time.js';
import type { UntoldIncident } from '../../queue/ledger/alerts.js';

/** What to do about each kind. */
const REMEDY = {
  outage:
    'Nothing is lost: what waits for it goes on by itself when it answers. Look whether it is known to be down.',
  configuration: 'It stays so until somebody mends it: orderferry doctor says what is wrong.',
} as const;

/** The words of an incident, or of its end. Pure. */
export function incidentMessage(incident: UntoldIncident, installation: string): AlertMessage {
  const { incident_id, kind, system, what, opened_utc, closed_utc, times, news } = incident;
  const head = kind === 'outage' ? `${system} does not answer` : `${system} needs a person`;
  const lasted =
    closed_utc === null ? null : describeDuration(fromUtcText(closed_utc) - fromUtcText(opened_utc));
  const since = `since ${opened_utc.slice(0, 16)} UTC`;
  const over = kind === 'outage' ? `${system} answers again` : `${system} goes through again`;
  const subject = lasted === null ? `${head}, ${since}` : `${over}, after ${lasted}`;
  const lines =
    lasted === null
      ? [`${head}, ${since} (seen ${times} times).`, what, REMEDY[kind]]
      : [`${over}: it lasted ${lasted}, ${since}.`, `Last seen: ${what}`];
  return {
    subject: `[Orderferry] ${subject} (${installation})`,
    text: `${lines.join('\n\n')}\n`,
    data: {
      event: lasted === null ? 'incident-opened' : 'incident-closed',
      incident: incident_id,
      untold: news === 'opened' && closed_utc !== null,
      kind,
      system,
      what,
      opened: `${opened_utc.replace(' ', 'T')}Z`,
      closed: closed_utc === null ? null : `${closed_utc.replace(' ', 'T')}Z`,
      times,
    },
  };
}
