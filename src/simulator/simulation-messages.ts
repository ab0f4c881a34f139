import { SAMPLE_NAMES, sampleAttachment } from './samples/sample-attachments.ts';
import type { CreateMessageInput, SimulatedAttachment } from './simulated-message.ts';
import { type SimulationFaults, withSimulationFaults } from './simulation-faults.ts';

const MAX_ATTACHMENTS = 3;
/** So many variants of each sample are drawn; after that they come again. */
const VARIANTS = 12;
const SENDERS = ['+14155550101', '+14155550112', '+14155550123', '+14155550134', '+14155550145'];
const BODIES = ['Look at this!', 'From this morning', '', 'As promised', 'Which one do you like?'];

/** Makes the messages of a simulation: one to three sample attachments each, by number from 0. */
export function createSimulationMessages(options: {
  /** Default: five senders in turn. */
  from?: string | undefined;
  faults: SimulationFaults;
}): (index: number) => Promise<CreateMessageInput> {
  const drawn = new Map<string, Promise<SimulatedAttachment>>();

  function sample(position: number): Promise<SimulatedAttachment> {
    const name = SAMPLE_NAMES[position % SAMPLE_NAMES.length] ?? 'landscape';
    const seed = Math.floor(position / SAMPLE_NAMES.length) % VARIANTS;
    const key = `${name} ${seed}`;
    const attachment = drawn.get(key) ?? sampleAttachment(name, seed);
    drawn.set(key, attachment);
    return attachment;
  }

  return async (index) => {
    const count = (index % MAX_ATTACHMENTS) + 1;
    // Three messages have six attachments: where those before this one end, this one starts.
    const first = Math.floor(index / MAX_ATTACHMENTS) * 6 + (count * (count - 1)) / 2;
    const attachments = await Promise.all(
      Array.from({ length: count }, (_, offset) => sample(first + offset)),
    );
    return {
      from: options.from ?? SENDERS[index % SENDERS.length] ?? '+14155550123',
      body: BODIES[index % BODIES.length] ?? '',
      attachments: attachments.map((item) => withSimulationFaults(item, options.faults)),
    };
  };
}
