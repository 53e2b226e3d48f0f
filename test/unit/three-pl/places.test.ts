import { describe, expect, it } from 'vitest';
import { confirmationsValue, kindValue } from './confirmations/reading.js';
import { faultsOf, threePl } from './sample.js';

const HOST_KEY = 'SHA256:uNiVztksCsDhcc0u9e8BrqKNVZ8VaPI4wLJ1VzV5R2I';
const PRINT = Array.from({ length: 32 }, (_, i) => (i + 160).toString(16).toUpperCase()).join(':');
const sftp = {
  kind: 'sftp',
  host: 'sftp.atlas.example',
  user: 'ferry',
  password: reference('ATLAS_PASSWORD'),
  hostKey: HOST_KEY,
  folder: '/in',
};
const ftp = {
  kind: 'ftp',
  host: 'ftp.atlas.example',
  user: 'ferry',
  password: reference('ATLAS_PASSWORD'),
  folder: '/in',
};

function reference(name: string): string {
  return `\${${name}}`;
}

const deliveryOf = (delivery: object) => threePl({ delivery }).delivery;

describe('delivery', () => {
  it('to a folder is what it was, and may say so', () => {
    expect(deliveryOf({ folder: '../out' })).toEqual({ kind: 'folder', path: '/out' });
    expect(deliveryOf({ kind: 'folder', folder: '/srv/out' })).toEqual({ kind: 'folder', path: '/srv/out' });
  });

  it('by SFTP has its defaults, and keeps references as they are written', () => {
    expect(deliveryOf(sftp)).toEqual({
      kind: 'sftp',
      host: 'sftp.atlas.example',
      port: 22,
      user: 'ferry',
      password: reference('ATLAS_PASSWORD'),
      key: null,
      hostKeys: [HOST_KEY],
      path: '/in',
      deadlineMs: 30_000,
    });
  });

  it('by SFTP takes a key, several host keys, and none (the server is then refused with what it offers)', () => {
    const { password: _, hostKey: __, ...rest } = sftp;
    const passphrase = reference('PHRASE');
    expect(
      deliveryOf({ ...rest, key: 'keys/atlas', passphrase, hostKey: [HOST_KEY, `${HOST_KEY}=`] }),
    ).toMatchObject({
      password: null,
      key: { text: null, file: 'keys/atlas', passphrase },
      hostKeys: [HOST_KEY, HOST_KEY],
    });
    expect(deliveryOf({ ...rest, key: 'keys/atlas' })).toMatchObject({ hostKeys: [] });
  });

  it('by FTP has its defaults, and takes a fingerprint as it is printed', () => {
    expect(deliveryOf(ftp)).toMatchObject({ secure: 'explicit', port: 21, certificates: [], caFile: null });
    expect(deliveryOf({ ...ftp, secure: 'implicit' })).toMatchObject({ port: 990 });
    expect(deliveryOf({ ...ftp, certificate: PRINT, deadline: '2m' })).toMatchObject({
      certificates: [PRINT.replaceAll(':', '').toLowerCase()],
      deadlineMs: 120_000,
    });
  });

  it('by FTP without encryption needs to be asked for, but on this machine', () => {
    expect(faultsOf({ delivery: { ...ftp, secure: 'none' } })[0]).toContain(
      'delivery.secure: none sends login and files in the clear to ftp.atlas.example',
    );
    expect(deliveryOf({ ...ftp, secure: 'none', insecure: true })).toMatchObject({ secure: 'none' });
    expect(deliveryOf({ ...ftp, secure: 'none', host: '127.0.0.1' })).toMatchObject({ secure: 'none' });
  });

  it.each([
    [{ ...sftp, kind: 'sfpt' }, 'delivery.kind: "sfpt" is not one of folder, sftp, ftp'],
    [{ ...sftp, password: 'hunter2' }, 'delivery.password: a secret is never written into a template'],
    [{ ...sftp, password: undefined }, 'delivery: needs either a password or a key, not both'],
    [{ ...sftp, key: 'keys/atlas' }, 'delivery: needs either a password or a key, not both'],
    [{ ...sftp, passphrase: reference('P') }, 'delivery.passphrase: belongs to a key'],
    [{ ...sftp, host: 'sftp://atlas' }, 'delivery.host: a name or address'],
    [{ ...sftp, port: 70_000 }, 'delivery.port: a port is a number'],
    [{ ...sftp, deadline: '0s' }, 'delivery.deadline: a time such as'],
    [{ ...sftp, hostkey: HOST_KEY }, 'delivery.hostkey: unknown key; did you mean "hostKey"?'],
    [{ ...sftp, hostKey: '16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48' }, 'MD5'],
    [{ ...sftp, hostKey: 'ssh-ed25519 AAAA' }, 'is no fingerprint'],
    [{ ...ftp, certificate: 'AA:BB' }, 'is no SHA-256 fingerprint'],
    [{ ...ftp, certificate: PRINT, caFile: 'ca.pem' }, 'delivery.caFile: is not used where'],
    [{ ...ftp, secure: 'none', insecure: true, certificate: PRINT }, 'there is no certificate'],
    [{ ...ftp, secure: 'tls' }, 'delivery.secure: "tls" is not one of explicit, implicit, none'],
    [{ ...ftp, password: undefined }, 'delivery.password: is missing'],
  ])('with a fault says which: %#', (delivery, words) => {
    const faults = faultsOf({ delivery }).join('\n');
    expect(faults).toContain(words);
    expect(faults).not.toContain('hunter2');
  });
});

describe('an inbox', () => {
  const confirmations = (inbox: unknown) => ({
    confirmations: { ...confirmationsValue(kindValue()), inbox },
  });
  const inboxOf = (inbox: object) => threePl(confirmations(inbox)).confirmations?.inbox;

  it('has the forms of a delivery', () => {
    expect(inboxOf({ folder: '../in' })).toEqual({ kind: 'folder', path: '/in' });
    for (const place of [sftp, ftp]) expect(inboxOf(place)).toEqual(deliveryOf(place));
  });

  it.each([
    [undefined, 'confirmations.inbox: is missing'],
    [{ kind: 'sfpt' }, 'confirmations.inbox.kind: "sfpt" is not one of folder, sftp, ftp'],
    [{ ...sftp, password: 'hunter2' }, 'confirmations.inbox.password: a secret is never written'],
    [{ ...ftp, secure: 'none' }, 'confirmations.inbox.secure: none sends login and files in the clear'],
  ])('with a fault says which: %#', (inbox, words) => {
    const faults = faultsOf(confirmations(inbox)).join('\n');
    expect(faults).toContain(words);
    expect(faults).not.toContain('hunter2');
  });
});
