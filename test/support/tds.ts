/** The few parts of MS-TDS that a peer of the driver has to speak in tests. */
export const TDS = { batch: 1, rpc: 3, answer: 4, attention: 6, transaction: 14, login: 16, prelogin: 18 };

const HEADER = 8;
const END_OF_MESSAGE = 0x01;

export interface TdsMessage {
  readonly type: number;
  readonly payload: Buffer;
  /** With its headers, as it came. */
  readonly packets: Buffer;
}

/** One message as one packet (MS-TDS 2.2.3.1). */
export function packetOf(type: number, payload: Buffer): Buffer {
  const header = Buffer.from([type, END_OF_MESSAGE, 0, 0, 0, 0, 1, 0]);
  header.writeUInt16BE(HEADER + payload.length, 2);
  return Buffer.concat([header, payload]);
}

/** Takes bytes as they come, and gives whole messages. */
export class TdsReader {
  private rest: Buffer = Buffer.alloc(0);
  private packets: Buffer[] = [];

  read(chunk: Buffer): TdsMessage[] {
    this.rest = Buffer.concat([this.rest, chunk]);
    const messages: TdsMessage[] = [];
    while (this.rest.length >= HEADER) {
      const length = this.rest.readUInt16BE(2);
      if (this.rest.length < length) break;
      const packet = this.rest.subarray(0, length);
      this.rest = this.rest.subarray(length);
      this.packets.push(packet);
      if ((packet.readUInt8(1) & END_OF_MESSAGE) === 0) continue;
      messages.push({
        type: packet.readUInt8(0),
        payload: Buffer.concat(this.packets.map((one) => one.subarray(HEADER))),
        packets: Buffer.concat(this.packets),
      });
      this.packets = [];
    }
    return messages;
  }
}

/** An ERROR token (2.2.7.10), as the server tells what went wrong. */
export function errorToken(number: number, text: string, severity = 16): Buffer {
  const message = Buffer.from(text, 'utf16le');
  const body = Buffer.alloc(8 + message.length + 2 + 4);
  body.writeInt32LE(number, 0);
  body.writeUInt8(1, 4); // state
  body.writeUInt8(severity, 5);
  body.writeUInt16LE(text.length, 6);
  message.copy(body, 8);
  const head = Buffer.alloc(3);
  head.writeUInt8(0xaa, 0);
  head.writeUInt16LE(body.length, 1);
  return Buffer.concat([head, body]); // no names of server and procedure, line 0
}

/** A batch in the transaction of another request: ALL_HEADERS (2.2.5.3) come first and name it. */
export function batchLike(request: Buffer, text: string): Buffer {
  const headers = request.subarray(0, request.readUInt32LE(0));
  return packetOf(TDS.batch, Buffer.concat([headers, Buffer.from(text, 'utf16le')]));
}

/** A DONE token (2.2.7.6) of a statement that failed. */
export function failedToken(): Buffer {
  const token = Buffer.alloc(13);
  token.writeUInt8(0xfd, 0);
  token.writeUInt16LE(0x0002, 1);
  return token;
}

/** A pre-login or the answer to one (2.2.6.5): version 16, and what this side says of encryption. */
export function prelogin(encryption: 'off' | 'on' | 'not supported' | 'required'): Buffer {
  const code = { off: 0, on: 1, 'not supported': 2, required: 3 }[encryption];
  const version = [16, 0, 0, 0, 0, 0];
  return Buffer.from([0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xff, ...version, code]);
}
