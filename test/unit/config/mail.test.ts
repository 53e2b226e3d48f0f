import { expect, test } from 'vitest';
import { faultLines } from '../../../src/app/config/faults.js';
import { configSchema } from '../../../src/app/config/schema.js';

function check(mail: unknown) {
  return configSchema({ MAIL_PASSWORD: 'horse-battery' }, '/srv/ferry').safeParse({
    database: { sqlite: 'a.db' },
    mail,
  });
}

const RIGHT = { host: 'smtp.example.com', from: 'ferry@example.com' };
const LOGIN = { user: 'ferry', password: `\${MAIL_PASSWORD}` };

test('TLS unless told otherwise, the usual ports, and nothing to log in with', () => {
  expect(check(RIGHT).data?.mail).toEqual({
    host: 'smtp.example.com',
    port: 587,
    secure: 'starttls',
    user: null,
    password: null,
    from: 'ferry@example.com',
    caFile: null,
    deadlineMs: 60_000,
  });
  expect(check({ ...RIGHT, secure: 'tls' }).data?.mail?.port).toBe(465);
  expect(check({ ...RIGHT, host: '127.0.0.1', secure: 'none' }).data?.mail?.port).toBe(25);
  const whole = {
    ...RIGHT,
    ...LOGIN,
    from: 'Order Ferry <ferry@example.com>',
    caFile: 'ca.pem',
    deadline: '5s',
  };
  expect(check(whole).data?.mail).toMatchObject({ password: 'horse-battery', caFile: '/srv/ferry/ca.pem' });
  expect(check(undefined).data?.mail).toBeUndefined();
});

test.each([
  [
    { ...RIGHT, secure: 'none' },
    'mail.secure: none would send mails and password in the clear to smtp.example.com; write starttls or tls',
  ],
  [{ ...RIGHT, user: 'ferry' }, 'mail.password: is missing; it goes with user'],
  [{ ...RIGHT, password: LOGIN.password }, 'mail.user: is missing; it goes with password'],
  [{ ...RIGHT, from: 'nobody' }, 'mail.from: "nobody" is no address such as ferry@example.com'],
  [
    { ...RIGHT, ...LOGIN, password: 'horse' },
    `mail.password: a secret is never written into this file; write \${MAIL_PASSWORD} and set that variable in the environment`,
  ],
  [{ ...RIGHT, secur: 'tls' }, 'mail.secur: unknown key; did you mean "secure"?'],
])('%j', (mail, fault) => {
  expect(faultLines(check(mail).error?.issues ?? [])).toEqual([fault]);
});
