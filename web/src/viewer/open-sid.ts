import { computed } from '@preact/signals';
import { address } from '../address.ts';

/** Which attachment is open. */
export const openSid = computed(() => address.value.sid);
