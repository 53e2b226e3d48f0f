import { generateKeyPairSync, sign } from 'node:crypto';

/** A server's key and the certificate it has signed itself, both PEM. */
export interface SelfSigned {
  readonly key: string;
  readonly cert: string;
}

const DER = {
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  oid: 0x06,
  utf8: 0x0c,
  time: 0x17,
  seq: 0x30,
  set: 0x31,
};
const ECDSA_WITH_SHA256 = '2a8648ce3d040302';
const COMMON_NAME = '550403';
const SUBJECT_ALT_NAME = '551d11';
const BASIC_CONSTRAINTS = '551d13';
const DNS_NAME = 0x82;

/** Valid for the given host from 2020 to 2049, and as its own authority (RFC 5280). */
export function selfSigned(host: string): SelfSigned {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = seq(oid(ECDSA_WITH_SHA256));
  const name = seq(der(DER.set, seq(oid(COMMON_NAME), der(DER.utf8, Buffer.from(host)))));
  const extensions = seq(
    seq(oid(BASIC_CONSTRAINTS), der(DER.octets, seq(der(0x01, Buffer.from([0xff]))))),
    seq(oid(SUBJECT_ALT_NAME), der(DER.octets, seq(der(DNS_NAME, Buffer.from(host))))),
  );
  const body = seq(
    der(0xa0, der(DER.integer, Buffer.from([2]))), // version 3
    der(DER.integer, Buffer.from([1])),
    algorithm,
    name,
    seq(time('200101000000Z'), time('491231235959Z')),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, extensions),
  );
  const signature = der(DER.bits, Buffer.from([0]), sign('sha256', body, privateKey));
  const base64 = seq(body, algorithm, signature)
    .toString('base64')
    .replace(/.{64}(?=.)/g, '$&\n');
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`,
  };
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const size = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function seq(...parts: readonly Buffer[]): Buffer {
  return der(DER.seq, ...parts);
}

function oid(hex: string): Buffer {
  return der(DER.oid, Buffer.from(hex, 'hex'));
}

function time(text: string): Buffer {
  return der(DER.time, Buffer.from(text));
}
