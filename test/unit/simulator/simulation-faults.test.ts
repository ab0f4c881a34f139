import { expect, it } from 'vitest';
import { withSimulationFaults } from '../../../src/simulator/simulation-messages.ts';

const picture = { bytes: new Uint8Array(100), contentType: 'image/jpeg', name: 'a.jpg' };

it.each([
  [{}, []],
  [{ notFound: 2 }, [{ kind: 'not-found', times: 2 }]],
  [{ serverErrors: 3 }, [{ kind: 'status', status: 503, times: 3 }]],
  [{ rateLimited: 1 }, [{ kind: 'status', status: 429, retryAfterSeconds: 2, times: 1 }]],
  [{ slow: 1000 }, [{ kind: 'slow', bytesPerSecond: 1000 }]],
  [
    { cut: true, notFound: 1 },
    [
      { kind: 'not-found', times: 1 },
      { kind: 'cut', afterBytes: 50, times: 1 },
    ],
  ],
])('turns %o into faults', (flags, faults) => {
  expect(withSimulationFaults(picture, flags)).toEqual({ ...picture, faults });
});

it('lies about the type in the webhook and in the answer', () => {
  expect(withSimulationFaults(picture, { wrongTypes: true })).toMatchObject({
    contentType: 'application/octet-stream',
    declaredContentType: 'image/png',
  });
});
