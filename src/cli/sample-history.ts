import { type SampleName, sampleAttachment } from '../simulator/samples/sample-attachments.ts';

interface PastMessage {
  /** Before now. */
  hoursAgo: number;
  from: string;
  body: string;
  samples: SampleName[];
}

const FAMILY = '+15550100001';
const SHOP = '+15550100002';
const CLUB = '+15550100005';
const TRAVEL = '+15550100006';
const STREET = '+15550100007';

const MESSAGES: PastMessage[] = [
  { hoursAgo: 2, from: TRAVEL, body: 'Last evening here 🌇', samples: ['skyline', 'landscape'] },
  { hoursAgo: 5, from: SHOP, body: 'New colours for the window', samples: ['tiles'] },
  {
    hoursAgo: 21,
    from: FAMILY,
    body: 'Up they go 🎈',
    samples: ['balloons', 'balloons', 'balloons'],
  },
  { hoursAgo: 23, from: STREET, body: '', samples: ['landscape'] },
  { hoursAgo: 26, from: CLUB, body: 'شارة الموسم الجديد', samples: ['badge'] },
  { hoursAgo: 47, from: TRAVEL, body: 'Day 9, on the ridge', samples: ['landscape', 'landscape'] },
  { hoursAgo: 49, from: SHOP, body: 'Is this the right list?', samples: ['note'] },
  { hoursAgo: 72, from: FAMILY, body: 'what she wrote', samples: ['chat', 'chat'] },
  { hoursAgo: 74, from: STREET, body: 'Seen from the bridge', samples: ['skyline', 'skyline'] },
  { hoursAgo: 99, from: CLUB, body: 'Spinning again', samples: ['orbit'] },
  { hoursAgo: 124, from: TRAVEL, body: 'Day 6', samples: ['landscape', 'balloons', 'landscape'] },
  { hoursAgo: 171, from: SHOP, body: 'The new contact for deliveries', samples: ['contact'] },
  { hoursAgo: 240, from: FAMILY, body: 'Zum Vergleich 👀', samples: ['tiles', 'badge'] },
  { hoursAgo: 343, from: STREET, body: 'Night shift', samples: ['skyline'] },
  { hoursAgo: 506, from: TRAVEL, body: 'On the way!', samples: ['landscape', 'skyline'] },
  {
    hoursAgo: 770,
    from: CLUB,
    body: 'Which one do you like?',
    samples: ['badge', 'badge', 'badge'],
  },
  { hoursAgo: 1032, from: FAMILY, body: 'from the attic', samples: ['balloons', 'chat'] },
  { hoursAgo: 1480, from: SHOP, body: 'Samples as promised', samples: ['tiles', 'tiles'] },
  { hoursAgo: 2205, from: STREET, body: 'Same place, in spring', samples: ['landscape'] },
];

/**
 * Imports messages of the last months, with drawings of the simulator. They are stored a little later.
 *
 * @param key of a moderator
 * @returns how many attachments there are
 * @throws Error for an answer that is not 201
 */
export async function importSampleHistory(
  baseUrl: string,
  key: string,
  now = new Date(),
): Promise<number> {
  let attachments = 0;
  // The oldest first, as they would have come.
  for (const { hoursAgo, from, body, samples } of MESSAGES.toReversed()) {
    const form = new FormData();
    form.set('from', from);
    form.set('to', '+15550109999');
    form.set('body', body);
    form.set('receivedAt', new Date(now.getTime() - hoursAgo * 3_600_000).toISOString());
    for (const name of samples) {
      attachments += 1;
      const { bytes, contentType, name: fileName } = await sampleAttachment(name, attachments);
      form.append('files', new Blob([Buffer.from(bytes)], { type: contentType }), fileName);
    }
    const headers = { Authorization: `Bearer ${key}` };
    const answer = await fetch(`${baseUrl}/api/v1/media`, { method: 'POST', headers, body: form });
    if (answer.status !== 201) throw new Error(`an import was answered ${answer.status}`);
  }
  return attachments;
}
