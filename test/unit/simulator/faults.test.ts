import { describe, expect, it } from 'vitest';
import { createFaultScript } from '../../../src/simulator/faults.ts';

describe('createFaultScript', () => {
  it('has nothing to say without faults', () => {
    const script = createFaultScript([]);
    expect([script.nextAtApi(), script.nextAtMedia(), script.nextOnDelete()]).toEqual([
      null,
      null,
      null,
    ]);
  });

  it('uses up the faults of the API in order', () => {
    const script = createFaultScript([
      { kind: 'not-found', times: 2 },
      { kind: 'status', status: 503, times: 1 },
    ]);
    const kinds = [1, 2, 3, 4].map(() => script.nextAtApi()?.kind);
    expect(kinds).toEqual(['not-found', 'not-found', 'status', undefined]);
  });

  it('holds a later fault back until those before it are used up, on either server', () => {
    const script = createFaultScript([
      { kind: 'cut', afterBytes: 1, times: 1 },
      { kind: 'not-found', times: 1 },
      { kind: 'media-status', status: 500, times: 1 },
    ]);
    expect(script.nextAtApi()).toBeNull();
    expect(script.nextAtMedia()?.kind).toBe('cut');
    expect(script.nextAtMedia()).toBeNull();
    expect(script.nextAtApi()?.kind).toBe('not-found');
    expect(script.nextAtMedia()?.kind).toBe('media-status');
  });

  it('ends a fault after its time, however often it was met', () => {
    let now = 5000;
    const faults = [
      { kind: 'not-found', seconds: 30 },
      { kind: 'cut', afterBytes: 1, times: 1 },
    ] as const;
    const script = createFaultScript(faults, () => now);
    now += 29_999;
    expect(script.nextAtApi()?.kind).toBe('not-found');
    expect(script.nextAtMedia()).toBeNull();
    now += 1;
    expect(script.nextAtApi()).toBeNull();
    expect(script.nextAtMedia()?.kind).toBe('cut');
  });

  it('lets an endless fault hold back only its own server', () => {
    const script = createFaultScript([
      { kind: 'slow', bytesPerSecond: 10 },
      { kind: 'wrong-type', contentType: 'text/html', times: 1 },
      { kind: 'not-found', times: 1 },
    ]);
    expect(script.nextAtMedia()?.kind).toBe('slow');
    expect(script.nextAtMedia()?.kind).toBe('slow');
  });

  it('keeps the faults of deletion apart', () => {
    const script = createFaultScript([
      { kind: 'delete-status', status: 409, code: 20009, times: 1 },
      { kind: 'not-found', times: 1 },
    ]);
    expect(script.nextAtApi()?.kind).toBe('not-found');
    expect(script.nextOnDelete()?.kind).toBe('delete-status');
    expect(script.nextOnDelete()).toBeNull();
  });
});
