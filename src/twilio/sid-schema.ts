import { z } from 'zod';

/** The sid of a media: `ME` and 32 hexadecimal digits. */
export const mediaSid = z.string().regex(/^ME[0-9a-fA-F]{32}$/, 'ME and 32 hexadecimal digits');

/** The sid of a message: `MM` or `SM` and 32 hexadecimal digits. */
export const messageSid = z
  .string()
  .regex(/^(MM|SM)[0-9a-fA-F]{32}$/, 'MM or SM and 32 hexadecimal digits');
