const EXTREMES = [[0x00], [0xff], [0x00, 0x00, 0x00, 0x00], [0x7f, 0xff, 0xff, 0xff]].map((bytes) =>
  Buffer.from(bytes),
);
const MAX_CHANGES = 8;
const MAX_PIECE = 64;
const HEADER_BYTES = 512;

/** Numbers from 0 to 2^32 - 1 (xorshift); the same for the same seed. */
export function randomNumbers(seed: number): () => number {
  // Spreads adjacent seeds, and avoids zero, at which xorshift would stay.
  let state = Math.imul(seed + 1, 0x9e3779b1) || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

/** Pseudo-random bytes, the same for the same seed. */
export function noise(bytes: number, seed: number): Buffer {
  const random = randomNumbers(seed);
  const words = new Uint32Array(Math.ceil(bytes / 4));
  for (let index = 0; index < words.length; index += 1) words[index] = random();
  return Buffer.from(words.buffer, 0, bytes);
}

/** The file truncated after 10 %, 20 % … 90 % of its bytes. */
export function truncations(file: Buffer): Buffer[] {
  return Array.from({ length: 9 }, (_, tenth) =>
    file.subarray(0, Math.floor((file.length * (tenth + 1)) / 10)),
  );
}

/** A corrupted copy, the same for the same seed; every second change is in the header. */
export function mutate(file: Buffer, seed: number): Buffer {
  const random = randomNumbers(seed);
  const below = (limit: number) => random() % Math.max(1, limit);
  let bytes = Buffer.from(file);
  for (let changes = 1 + below(MAX_CHANGES); changes > 0; changes -= 1) {
    const reach = below(2) === 0 ? Math.min(HEADER_BYTES, bytes.length) : bytes.length;
    const at = below(reach);
    bytes = changed(bytes, at, below);
  }
  return bytes;
}

function changed(bytes: Buffer<ArrayBuffer>, at: number, below: (limit: number) => number) {
  const extreme = EXTREMES[below(EXTREMES.length)] ?? Buffer.alloc(1);
  const end = at + 1 + below(MAX_PIECE);
  const ahead = bytes.subarray(0, at);
  switch (below(5)) {
    case 0:
      return Buffer.concat([ahead, bytes.subarray(end)]);
    case 1:
      return Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)]);
    case 2:
      return Buffer.concat([ahead, extreme, bytes.subarray(at)]);
    case 3:
      extreme.copy(bytes, at);
      return bytes;
    default:
      if (bytes.length > 0) bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << below(8)), at);
      return bytes;
  }
}
