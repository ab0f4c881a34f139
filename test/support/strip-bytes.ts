import { type EditPlan, piecesWithin } from '../../src/files/edit-plan.ts';
import { planEdit } from '../../src/metadata/strip-metadata.ts';

/** What is sent of a file without metadata. */
export async function stripBytes(file: Buffer, contentType: string): Promise<Buffer> {
  return applyPlan(file, await planOf(file, contentType));
}

export function planOf(file: Buffer, contentType: string): Promise<EditPlan> {
  return planEdit(contentType, file.length, async (position, length) =>
    file.subarray(position, position + length),
  );
}

export function applyPlan(file: Buffer, plan: EditPlan): Buffer {
  const whole = { start: 0, end: plan.byteSize - 1 };
  const parts = [...piecesWithin(plan, whole)].map((piece) => {
    if ('bytes' in piece) return piece.bytes;
    if ('zeros' in piece) return Buffer.alloc(piece.zeros);
    if (piece.start + piece.length > file.length) throw new Error('outside of the file');
    return file.subarray(piece.start, piece.start + piece.length);
  });
  return Buffer.concat(parts);
}
