import type { Config } from '../../core/config.js';
import { placesOf } from '../../core/hand-over.js';
import type { Place } from '../../core/places.js';

/**
 * What must never be seen in a log, message or output: the secrets themselves and what is made of them. Not
 * the login by itself: as a word like any other (`orderferry`) it would garble paths and commands. The API
 * client hides it in whatever Exigo answers, and fields of that name are hidden everywhere.
 */
export function secretsOf(
  config: Pick<
    Config,
    | 'database'
    | 'syncDatabase'
    | 'exigoApi'
    | 'godatafeed'
    | 'threePls'
    | 'mail'
    | 'alerts'
    | 'schedule'
    | 'dashboard'
  >,
): string[] {
  const secrets: string[] = [];
  for (const secret of [config.dashboard?.password, config.dashboard?.metricsToken]) {
    if (secret !== undefined) secrets.push(secret);
  }
  if (config.database.engine === 'sqlserver') secrets.push(config.database.password);
  if (config.syncDatabase !== null) secrets.push(config.syncDatabase.password);
  if (config.exigoApi !== null) {
    const { login, company, password } = config.exigoApi;
    const basic = Buffer.from(`${login}@${company}:${password}`, 'utf8').toString('base64');
    secrets.push(password, basic);
  }
  // The address of a chat's webhook is all that it takes to write there.
  if (config.alerts?.webhook) {
    const { url, secret } = config.alerts.webhook;
    secrets.push(secret, new URL(url).pathname.slice(1));
  }
  if (config.mail?.password != null) {
    const { user, password } = config.mail;
    secrets.push(password, Buffer.from(`\u0000${user}\u0000${password}`, 'utf8').toString('base64'));
  }
  for (const { consumerKey, token } of config.godatafeed.stores) secrets.push(consumerKey ?? '', token ?? '');
  if (config.schedule?.webhook) secrets.push(config.schedule.webhook.secret);
  for (const threePl of config.threePls) {
    for (const place of placesOf(threePl)) secrets.push(...secretsOfPlace(place));
  }
  return secrets;
}

function secretsOfPlace(place: Place): string[] {
  if (place.kind === 'folder') return [];
  if (place.kind === 'ftp') return [place.password];
  const { password, key } = place;
  return [password ?? '', key?.passphrase ?? '', key?.text ?? ''];
}
