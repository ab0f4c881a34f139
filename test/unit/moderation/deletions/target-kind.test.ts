import { expect, test } from 'vitest';
import { openTestQueue } from '../../../support/test-queue.ts';

test('targets that the previous release inserts have their kind, too', async () => {
  const { database, close } = await openTestQueue();
  const { id } = await database.prisma.deletion.create({
    data: { requestedBy: 'test', scope: 'message', withMessages: true },
  });
  await database.prisma.$executeRaw`
    INSERT INTO deletion_target (sid, deletion_id, message_sid, account_sid)
    VALUES ('ME1', ${id}, 'MM1', 'AC1'), ('MM1', ${id}, 'MM1', 'AC1')`;
  const targets = await database.prisma.deletionTarget.findMany({
    select: { sid: true, kind: true },
    orderBy: { sid: 'asc' },
  });
  expect(targets).toEqual([
    { sid: 'ME1', kind: 'media' },
    { sid: 'MM1', kind: 'message' },
  ]);
  await close();
});
