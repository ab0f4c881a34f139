import { computed, signal } from '@preact/signals';
import { address } from '../address.ts';

/** What a moderator works on, at an address that names no attachment. */
export const sidAtDesk = signal<string>();

/** Which attachment is open. */
export const openSid = computed(() => sidAtDesk.value ?? address.value.sid);
